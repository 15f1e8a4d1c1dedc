//go:build conformance

package forms

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The grammar of PowerShell, as packages of npm. There is no PowerShell in Debian.
const (
	parserPackage  = "web-tree-sitter@0.26.13"
	grammarPackage = "tree-sitter-powershell@0.26.4"
)

// grammar installs the grammar of PowerShell, and returns the folder of the modules.
func grammar(t *testing.T) string { return npm(t, parserPackage, grammarPackage) }

// check runs the parsers over a built folder and returns what they said. Debian's own Python has the modules of Samba.
func check(t *testing.T, dir string) (string, error) {
	t.Helper()
	for _, program := range []string{"/usr/bin/python3", "xmllint", "wixl", "msiextract", "msiinfo", "node"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is missing: install what .ci/packages lists", program)
		}
	}
	readback, err := filepath.Abs("../../../conformance/readback")
	if err != nil {
		t.Fatal(err)
	}
	python := exec.CommandContext(t.Context(), "/usr/bin/python3", "testdata/windows.py", dir, grammar(t))
	python.Env = append(os.Environ(), "PYTHONPATH="+readback, "PYTHONDONTWRITEBYTECODE=1")
	said, err := python.CombinedOutput()
	return string(said), err
}

// TestExample reads every form of every audience of the example organization.
func TestExample(t *testing.T) {
	dir := build(t, "../../../policies")
	said, err := check(t, dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	machines, err := filepath.Glob(filepath.Join(dir, "*", "windows"))
	rings, _ := filepath.Glob(filepath.Join(dir, "*", "rings", "*", "windows"))
	if count := len(machines) + len(rings); err != nil || count == 0 || !strings.Contains(said, fmt.Sprintf("read: Registry.pol %d\n", count)) {
		t.Errorf("%d audiences have Windows, and this was read:\n%s", count, said)
	}
	t.Log(said)
}

// TestCommitted reads what is committed, as far as it holds forms of this package.
func TestCommitted(t *testing.T) {
	if said, err := check(t, "../../../out"); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestNasty sends text that breaks things, and a lot of it, through every form.
func TestNasty(t *testing.T) {
	for _, test := range []struct {
		name    string
		size    int      // of the guidance, in bytes
		without []string // forms for which it is too large
	}{
		{"everywhere", 50_000, nil},
		{"a megabyte", 1 << 20, []string{"admx", "intune-remediation"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if said, err := check(t, buildNasty(t, test.size, test.without...)); err != nil {
				t.Errorf("%v\n%.2000s", err, said)
			}
		})
	}
}

// TestBroken breaks one artifact after the other: a parser that lets it pass proves nothing.
func TestBroken(t *testing.T) {
	tests := []struct {
		name, file, old, instead string
		wide                     bool // the file is UTF-16
	}{
		{"signature", "Registry.pol", "PReg", "PREG", false},
		{"type", "Registry.pol", ";\x00\x01\x00\x00\x00", ";\x00\x02\x00\x00\x00", false},
		{"key", "Registry.pol", "Policies", "Policiez", true},
		{"settings", "Registry.pol", "permissions", "permission_", true},
		{"record cut", "Registry.pol", "\x00\x00]\x00", "", false},
		{"revision name", "Registry.pol", "PolicyRevision", "PolicyRevisioN", true},
		{"policy of the backup", "registry.pol", "permissions", "permission_", true},
		{"folder of the backup", "manifest.xml", "<ID><![CDATA[{", "<ID><![CDATA[{0", false},
		{"index of the backup", "bkupInfo.xml", "<GPOGuid>", "<GPOGuid> ", false},
		{"description of the backup", "Backup.xml", "</GroupPolicyObject>", "", false},
		{"rights of the backup", "Backup.xml", "01 00 04 9c", "01 00 04", false},
		{"line ends", "LGPO.txt", "\r\n", "\n", false},
		{"user", "LGPO.txt", "Computer", "User", false},
		{"expanded", "LGPO.txt", "SZ:{", "EXSZ:{", false},
		{"template order", "ClaudeCodePolicy.admx", "<resources minRequiredRevision=\"1.0\"/>", "", false},
		{"dot in a name", "ClaudeCodePolicy.admx", "Cat_ClaudeCode", "Cat.ClaudeCode", false},
		{"category", "ClaudeCodePolicy.admx", "parentCategory ref=\"Cat", "parentCategory ref=\"Dog", false},
		{"short box", "ClaudeCodePolicy.admx", "maxLength=\"1000000\"", "maxLength=\"10\"", false},
		{"text lost", "ClaudeCodePolicy.adml", "id=\"Cat_ClaudeCode\"", "id=\"Category\"", false},
		{"default", "ClaudeCodePolicy.adml", "permissions", "permission_", false},
		{"value", "default.txt", "<enabled/>", "<disabled/>", false},
		{"attribute", "default.txt", "&quot;", "\"", false},
		{"list", "oma-uri.txt", "default:", "other:", false},
		{"grammar", "Set-ClaudeCodePolicy.ps1", "exit 0\r\n}", "exit 0\r\n", false},
		{"quote", "Detect-ClaudeCodePolicy.ps1", "'Stop'", "'Stop", false},
		{"digest", "Detect-ClaudeCodePolicy.ps1", "$expected = '", "$expected = '0", false},
		{"payload", "Repair-ClaudeCodePolicy.ps1", "'ey", "'eyB", false},
		{"revision", "Set-ClaudeCodePolicy.ps1", "'PolicyRevision', '", "'PolicyRevision', '0", false},
		{"component", "ClaudeCodePolicy.wxs", "managed-settings.json", "managed-setting.json", false},
		{"64 bit", "ClaudeCodePolicy.wxs", "ProgramFiles64Folder", "ProgramFilesFolder", false},
	}
	policies := t.TempDir()
	if err := os.WriteFile(filepath.Join(policies, "organization.yaml"), []byte("version: \"1.0\"\norganization: Acme\nsettings:\n  permissions: {deny: [WebFetch]}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	good := build(t, policies)
	if said, err := check(t, good); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, test := range tests {
		t.Run(test.name+" in "+test.file, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			change(t, dir, test.file, encode(test.old, test.wide), encode(test.instead, test.wide))
			said, err := check(t, dir)
			if err == nil || !strings.Contains(said, "wrong: ") {
				t.Errorf("it passes: %v\n%s", err, said)
			}
		})
	}
}

// change replaces a text in the one file of that name.
func change(t *testing.T, dir, name string, old, instead []byte) {
	t.Helper()
	done := false
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != name {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		changed := bytes.ReplaceAll(data, old, instead)
		done = done || !bytes.Equal(changed, data)
		return os.WriteFile(path, changed, 0o644)
	})
	if err != nil || !done {
		t.Fatalf("%s: nothing was changed: %v", name, err)
	}
}
