<#
.SYNOPSIS
Claude Code policy for group web, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision 0123456789abcdef.
.DESCRIPTION
Puts the policy in force on this machine. Run it as SYSTEM or as an administrator; the bitness of PowerShell does not matter.
.PARAMETER Form
Registry sets the values Settings and PolicyRevision in HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode, File writes managed-settings.json below Program Files.
A machine obeys the registry before files. To change the default for a tool that passes no parameters, change it here.
#>
[CmdletBinding()]
param(
    [ValidateSet('Registry', 'File')]
    [string]$Form = 'Registry'
)
$ErrorActionPreference = 'Stop'
$bytes = [System.Convert]::FromBase64String('eyJhbGxvd01hbmFnZWRQZXJtaXNzaW9uUnVsZXNPbmx5Ijp0cnVlLCJhdmFpbGFibGVNb2RlbHMiOltdLCJjbGF1ZGVNZCI6IiMgQWNtZSAmIFNcdTAwZjZobmU6IGd1aWRhbmNlIGZvciBDbGF1ZGUgQ29kZVxuXG5NYW5hZ2VkIGJ5IHBvbGljeWdlbiBmcm9tIGdpdCBmb3IgdGhlIGdyb3VwIHdlYjsgY2hhbmdlcyBtYWRlIGhlcmUgYXJlIG92ZXJ3cml0dGVuLlxuXG4jIyBTZWNyZXRzXG5cbk5ldmVyIHByaW50IGAkVE9LRU5gLlxuXG4tIG5vdCBpbiBsb2dzXG4tIG5vdCBpbiA8cHJlPiBibG9ja3NcblxuIyMgUmV2aWV3c1xuXG5Bc2sgZm9yIGEgcmV2aWV3ICYgd2FpdC5cbiIsImNsZWFudXBQZXJpb2REYXlzIjoxNCwiY29tcGFueUFubm91bmNlbWVudHMiOlsiR3JcdTAwZmNcdTAwZGZlIGF1cyBkZXIgSVQgXHUyMDEzIHNheSBcImhlbGxvXCIgXHVkODNkXHVkZTAwIl0sImVudiI6eyJESVNBQkxFX1RFTEVNRVRSWSI6IjEiLCJIVFRQU19QUk9YWSI6Imh0dHA6Ly93ZWItcHJveHkuYWNtZS5leGFtcGxlOjgwODAifSwiZmFsbGJhY2tNb2RlbCI6WyJzb25uZXQiLCJoYWlrdSJdLCJob29rcyI6eyJQcmVUb29sVXNlIjpbeyJob29rcyI6W3siY29tbWFuZCI6IlwiJEhPTUVcIi9jaGVjay5zaCAlUEFUSCUiLCJ0aW1lb3V0Ijo2MCwidHlwZSI6ImNvbW1hbmQifV0sIm1hdGNoZXIiOiJCYXNoIn0seyJob29rcyI6W3siY29tbWFuZCI6IkM6XFxjaGVjay5leGUiLCJ0eXBlIjoiY29tbWFuZCJ9XSwibWF0Y2hlciI6IkVkaXQifV19LCJwZXJtaXNzaW9ucyI6eyJhbGxvdyI6WyJCYXNoKG5wbSB0ZXN0OiopIl0sImFzayI6WyJCYXNoKGdpdCBwdXNoOiopIl0sImRlbnkiOlsiQmFzaChjdXJsICopIiwiUmVhZCgvL2V0Yy8qKikiLCJXZWJGZXRjaChkb21haW46cGFzdGViaW4uZXhhbXBsZSkiLCJCYXNoKG5wbSBwdWJsaXNoOiopIl0sImRpc2FibGVCeXBhc3NQZXJtaXNzaW9uc01vZGUiOiJkaXNhYmxlIn0sInNhbmRib3giOnsiZW5hYmxlZCI6dHJ1ZSwibmV0d29yayI6eyJhbGxvd2VkRG9tYWlucyI6WyJnaXRodWIuY29tIiwiKi5hY21lLmV4YW1wbGUiXX19fQ==')

if ($Form -eq 'Registry') {
    # The 64-bit view by name: a 32-bit PowerShell would be led to WOW6432Node, where the client does not look.
    $hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
    $key = $hive.CreateSubKey('SOFTWARE\Policies\ClaudeCode')
    $key.SetValue('Settings', [System.Text.Encoding]::ASCII.GetString($bytes), [Microsoft.Win32.RegistryValueKind]::String)
    $key.SetValue('PolicyRevision', '0123456789abcdef', [Microsoft.Win32.RegistryValueKind]::String)
    $key.Close()
    $hive.Close()
    Write-Output 'The policy is in the registry.'
    exit 0
}

# ProgramW6432 is the 64-bit folder in every process; 32-bit systems have only ProgramFiles.
$programs = $env:ProgramW6432
if (-not $programs) { $programs = $env:ProgramFiles }
$folder = Join-Path $programs 'ClaudeCode'
New-Item -ItemType Directory -Path $folder -Force | Out-Null
$path = Join-Path $folder 'managed-settings.json'
$new = Join-Path $folder '.managed-settings.json.new'
[System.IO.File]::WriteAllBytes($new, $bytes)
if (Test-Path -LiteralPath $path) {
    # One step: the client never sees half a file, nor none. A file marked as read-only could not be replaced.
    [System.IO.File]::SetAttributes($path, [System.IO.FileAttributes]::Normal)
    [System.IO.File]::Replace($new, $path, [System.Management.Automation.Language.NullString]::Value)
} else {
    [System.IO.File]::Move($new, $path)
}
Write-Output "The policy is in $path."
exit 0
