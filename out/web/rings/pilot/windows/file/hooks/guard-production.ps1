# Blocks edits and commands that touch infra/prod: the counterpart of guard-production.sh for Windows.
# PreToolUse: the call arrives as JSON on stdin; exit 2 blocks it and stderr is the reason, exit 0 lets it through.
# Works with Windows PowerShell 5.1 and later. The limits are those of guard-production.sh.
$ErrorActionPreference = 'Stop'

function Block([string] $Why) {
    [Console]::Error.WriteLine($Why)
    exit 2
}

$reason = 'infra/prod is changed by the deployment pipeline only. Make the change in infra/staging and open a pull ' +
    'request; to look at production files use the Read tool. Help: https://docs.acme.com/ai/blocked'

try {
    # The client writes UTF-8, whatever code page the console has.
    $reader = New-Object System.IO.StreamReader([Console]::OpenStandardInput(), [System.Text.Encoding]::UTF8)
    $call = $reader.ReadToEnd() | ConvertFrom-Json
    $target = $call.tool_input

    $cwd = ([string] $call.cwd) -replace '\\', '/'
    $inside = '(^|/)infra/prod(/|$)'

    $path = [string] $target.file_path
    if (-not $path) { $path = [string] $target.notebook_path }
    $command = [string] $target.command
    if (-not $path -and -not $command) {
        Block 'guard-production: the call holds neither a path nor a command that can be checked'
    }

    if ($path) {
        # GetFullPath removes . and .. without asking the disk whether the file exists.
        $full = $path
        if (-not [System.IO.Path]::IsPathRooted($path)) { $full = [System.IO.Path]::Combine([string] $call.cwd, $path) }
        $full = [System.IO.Path]::GetFullPath($full) -replace '\\', '/'
        if ($full -match $inside) { Block $reason }
    }

    if ($command) {
        # Quotes and escape characters do not change which file a shell means.
        $plain = ($command -replace '["''`]', '') -replace '[\\/]+', '/'
        if ($cwd -match $inside) { Block "the working directory is inside infra/prod. $reason" }
        if ($plain -match '(^|[^a-z0-9_.-])infra/prod($|[^a-z0-9_.-])') { Block $reason }
        if ($cwd -match '(^|/)infra$' -and $plain -match '(^|[^a-z0-9_./-])(\./)?prod($|[^a-z0-9_.-])') { Block $reason }
    }
}
catch {
    # A check that failed has proved nothing.
    Block "guard-production: the call could not be read: $($_.Exception.Message)"
}
exit 0
