<#
.SYNOPSIS
@DESCRIPTION@
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
$bytes = [System.Convert]::FromBase64String('@PAYLOAD@')

if ($Form -eq 'Registry') {
    # The 64-bit view by name: a 32-bit PowerShell would be led to WOW6432Node, where the client does not look.
    $hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
    $key = $hive.CreateSubKey('SOFTWARE\Policies\ClaudeCode')
    $key.SetValue('Settings', [System.Text.Encoding]::ASCII.GetString($bytes), [Microsoft.Win32.RegistryValueKind]::String)
    $key.SetValue('PolicyRevision', '@REVISION@', [Microsoft.Win32.RegistryValueKind]::String)
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
