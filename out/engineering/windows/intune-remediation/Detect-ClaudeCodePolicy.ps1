<#
.SYNOPSIS
Claude Code policy for group engineering, made by policygen. Valid until 2027-02-01T00:00:00Z; deliver a new release before then. Revision 1152454055c902d8.
.DESCRIPTION
Exits 0 if exactly this policy is in force on this machine, and 1 if another one is, none is or it cannot be read. The text that it prints
names the revision that was found.
.PARAMETER Form
Registry looks at HKEY_LOCAL_MACHINE, File at managed-settings.json below Program Files. It must be the same as in the script that repairs.
#>
[CmdletBinding()]
param(
    [ValidateSet('Registry', 'File')]
    [string]$Form = 'Registry'
)
$ErrorActionPreference = 'Stop'
$revision = '1152454055c902d8'
$expected = 'f1368e9ea1ecd02de03b194125f2c928fd7cd4042d2087c26ad12ed8ef8e30b1'

try {
    $bytes = $null
    if ($Form -eq 'Registry') {
        $hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        $key = $hive.OpenSubKey('SOFTWARE\Policies\ClaudeCode')
        if ($key -and ($key.GetValueNames() -contains 'Settings')) {
            if ($key.GetValueKind('Settings') -ne [Microsoft.Win32.RegistryValueKind]::String) {
                Write-Output 'The policy in the registry has the wrong type.'
                exit 1
            }
            $found = $key.GetValue('PolicyRevision')
            if ($found -ne $revision) {
                Write-Output "Revision $revision is expected, and '$found' is there."
                exit 1
            }
            $bytes = [System.Text.Encoding]::UTF8.GetBytes($key.GetValue('Settings'))
        }
    } else {
        $programs = $env:ProgramW6432
        if (-not $programs) { $programs = $env:ProgramFiles }
        $path = Join-Path (Join-Path $programs 'ClaudeCode') 'managed-settings.json'
        if (Test-Path -LiteralPath $path) { $bytes = [System.IO.File]::ReadAllBytes($path) }
    }
    if ($null -eq $bytes) {
        Write-Output "Revision $revision is expected, and there is no policy."
        exit 1
    }
    $sum = [System.Security.Cryptography.SHA256]::Create().ComputeHash($bytes)
    $actual = [System.BitConverter]::ToString($sum).Replace('-', '').ToLowerInvariant()
    if ($actual -ne $expected) {
        Write-Output "Revision $revision is expected, and the settings were changed: SHA-256 $actual."
        exit 1
    }
    Write-Output "Revision $revision is in force."
    exit 0
} catch {
    Write-Output "The policy cannot be read: $_"
    exit 1
}
