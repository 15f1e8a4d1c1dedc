package shell_test

import (
	"testing"

	"github.com/policygen/policygen/internal/agent/hook/shell"
)

func TestPowerShellLines(t *testing.T) {
	runReadings(t, shell.PowerShell, []reading{
		{`Get-ChildItem C:\x | Remove-Item -Recurse`, []string{`Get-ChildItem C:\x`, "Remove-Item -Recurse"}, ""},
		{`Get-Content "C:\a b\c.txt"`, []string{`Get-Content C:\a b\c.txt`}, ""},
		{"Write-Output \"a`\"b\"; Remove-Item x", []string{`Write-Output a"b`, "Remove-Item x"}, ""},
		{"Write-Output 'a`'; Remove-Item x", []string{"Write-Output a`", "Remove-Item x"}, ""},
		{"Remove-Item `\n  x", []string{"Remove-Item x"}, ""},
		{"R`em`ove-Item x", []string{"Remove-Item x"}, ""},
		{"Get-Item x | % { Remove-Item $_ }", []string{"Get-Item x", "%", "Remove-Item $_"}, ""},
		{"Write-Output $(Remove-Item x)", []string{"Remove-Item x", "Write-Output "}, ""},
		{"Write-Output (Remove-Item x)", []string{"Write-Output", "Remove-Item x"}, ""},
		{"Write-Output \"$(Remove-Item x)\"", []string{"Remove-Item x", "Write-Output "}, ""},
		{"Write-Output '$(Remove-Item x)'", []string{"Write-Output $(Remove-Item x)"}, ""},
		{"if (Test-Path x) { a } else { b }", []string{"if", "Test-Path x", "a", "else", "b"}, ""},
		{"a && b || c", []string{"a", "b", "c"}, ""},
		{"# Remove-Item x\nls", []string{"ls"}, ""},
		{"cmd /c 'del x'", []string{"cmd /c del x", "del x"}, ""},
		{`pwsh -c "Remove-Item x"`, []string{"pwsh -c Remove-Item x", "Remove-Item x"}, ""},
		{"Write-Output 'open", []string{"Write-Output open"}, "a quote is not closed"},
	})
}

// TestDialectsDiffer: the same text means something else in each shell.
func TestDialectsDiffer(t *testing.T) {
	const backquotes, backslash, group = "echo `rm x`", `dir C:\x`, "{ rm x }"
	runReadings(t, shell.Posix, []reading{
		{backquotes, []string{"rm x", "echo "}, ""},
		{backslash, []string{"dir C:x"}, ""},
		{group, []string{"rm x }"}, ""},
	})
	runReadings(t, shell.PowerShell, []reading{
		{backquotes, []string{"echo rm x"}, ""},
		{backslash, []string{`dir C:\x`}, ""},
		{group, []string{"rm x"}, ""},
	})
}
