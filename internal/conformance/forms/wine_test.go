//go:build wine

package forms

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/value"
)

// wine is the program of Debian's package wine64. Its starter, /usr/bin/wine, only asks for the 32-bit part.
const wine = "/usr/lib/wine/wine64"

// key is where the client looks for its policy.
const key = `HKLM\SOFTWARE\Policies\ClaudeCode`

// registered prints a value as programs get it, with all but letters and digits escaped: the console has a code page of its own.
const registered = `WScript.Echo(escape(new ActiveXObject("WScript.Shell").RegRead("HKLM\\SOFTWARE\\Policies\\ClaudeCode\\" + WScript.Arguments(0))));`

// prefix is the folder of a Windows machine that lasts from run to run: making one takes longer than all tests.
func prefix(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(wine); err != nil {
		t.Fatalf("%v: install the Debian package wine64, as .ci/packages wine does", err)
	}
	dir := os.Getenv("POLICYGEN_WINE_PREFIX")
	if dir == "" {
		t.Fatal("POLICYGEN_WINE_PREFIX names no folder for the Windows machine: run make conformance-wine")
	}
	if _, err := os.Stat(filepath.Join(dir, "system.reg")); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if said, err := windows(t, dir, "wineboot", "-i"); err != nil {
			t.Fatalf("wine cannot make a machine: %v\n%s", err, said)
		}
	}
	return dir
}

// windows runs a program of the machine, without a display and without what Wine would like to download.
func windows(t *testing.T, prefix string, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), wine, args...)
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); name != "DISPLAY" && name != "WAYLAND_DISPLAY" {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "WINEPREFIX="+prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=")
	// Into a file: Wine's server lives on for some seconds and would keep a pipe open.
	output, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	command.Stdout, command.Stderr = output, output
	failed := command.Run()
	said, err := os.ReadFile(output.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(said), failed
}

// must is windows for what has to succeed.
func must(t *testing.T, prefix string, args ...string) string {
	t.Helper()
	said, err := windows(t, prefix, args...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said
}

// dos returns a path of this machine as Windows programs take it.
func dos(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }

// imported imports a registry file into an empty key, and returns one of its values as programs get it.
func imported(t *testing.T, prefix, file, name string) (string, error) {
	t.Helper()
	_, _ = windows(t, prefix, "reg", "delete", key, "/f") // fails where there is none
	if said, err := windows(t, prefix, "reg", "import", dos(file)); err != nil {
		return "", fmt.Errorf("reg import: %w: %s", err, said)
	}
	return read(t, prefix, name)
}

// read returns a value of the key, which must be text on one line, in ASCII, that Windows does not expand.
func read(t *testing.T, prefix, name string) (string, error) {
	t.Helper()
	script := filepath.Join(t.TempDir(), "read.js")
	if err := os.WriteFile(script, []byte(registered), 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := windows(t, prefix, "cscript", "//nologo", dos(script), name)
	if err != nil {
		return "", fmt.Errorf("RegRead: %w: %s", err, said)
	}
	text, err := url.PathUnescape(strings.TrimRight(said, "\r\n")) // what is not ASCII would be %uXXXX, an error
	if err != nil {
		return "", err
	}
	shown, err := windows(t, prefix, "reg", "query", key, "/v", name)
	if want := "    " + name + "    REG_SZ    " + text; err != nil || !strings.Contains(strings.ReplaceAll(shown, "\r", "")+"\n", want+"\n") {
		return "", fmt.Errorf("reg query shows %.300s and not the value, %w", shown, err)
	}
	return text, nil
}

// checkRegistry imports each registry file of a built folder, and compares the values with what the manifest promises.
func checkRegistry(t *testing.T, dir string) {
	t.Helper()
	machine := prefix(t)
	m, err := out.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	revisions := map[string]string{}
	for _, a := range m.Audiences {
		revisions[a.Folder] = a.Revision
	}
	seen := 0
	for _, a := range m.Artifacts {
		if a.Target != "reg" {
			continue
		}
		seen++
		text, err := imported(t, machine, filepath.Join(absolute(t, dir), filepath.FromSlash(a.Path)), "Settings")
		if err != nil {
			t.Errorf("%s: %v", a.Path, err)
			continue
		}
		settings, err := value.Parse("registry", []byte(text), value.MaxDepth)
		if err != nil || value.Digest(settings) != a.ResolvedSHA256 {
			t.Errorf("%s: %v: the registry holds other settings: %.300s", a.Path, err, text)
		}
		if got, err := read(t, machine, "PolicyRevision"); err != nil || got != revisions[strings.TrimSuffix(a.Path, "/windows/ClaudeCode.reg")] {
			t.Errorf("%s: revision %q, %v", a.Path, got, err)
		}
	}
	if seen == 0 {
		t.Fatalf("%s has no registry file", dir)
	}
	t.Logf("imported %d registry files", seen)
}

func absolute(t *testing.T, dir string) string {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestWineImports gives what is committed to Windows' own programs.
func TestWineImports(t *testing.T) { checkRegistry(t, "../../../out") }

// TestWineImportsNasty sends text that breaks things, and a megabyte of it, through the registry.
func TestWineImportsNasty(t *testing.T) {
	checkRegistry(t, buildNasty(t, 1<<20, "admx", "intune-remediation"))
}

// TestWineRefuses breaks a registry file: a reader that takes it proves nothing.
func TestWineRefuses(t *testing.T) {
	machine := prefix(t)
	good, err := os.ReadFile("../../../out/default/windows/ClaudeCode.reg")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, instead string }{
		{"header", "Windows Registry", "Windoze Registry"},
		{"key", `Policies\ClaudeCode]`, `Policies\Claude]`},
		{"name", `"Settings"`, `"Setting"`},
		{"line break", `"Settings"="{`, "\"Settings\"=\"{\r\n"},
		{"type", `"Settings"="{`, `"Settings"=dword:"{`},
		{"not ASCII", `"Settings"="{`, `"Settings"="{ü`},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "broken.reg")
			changed := strings.Replace(string(good), string(encode(test.old, true)), string(encode(test.instead, true)), 1)
			if changed == string(good) {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			if text, err := imported(t, machine, file, "Settings"); err == nil {
				t.Errorf("it is taken: %.100s", text)
			}
		})
	}
}

// TestWineInstalls builds packages with wixl and takes a machine through them: each audience's package replaces the one before, and the last one
// leaves nothing behind.
func TestWineInstalls(t *testing.T) {
	machine := prefix(t)
	installed := filepath.Join(machine, "drive_c", "Program Files", "ClaudeCode")
	for name, dir := range map[string]string{"example": build(t, "../../../policies"), "nasty": buildNasty(t, 1<<20, "admx", "intune-remediation")} {
		t.Run(name, func(t *testing.T) {
			sources, err := filepath.Glob(filepath.Join(dir, "*", "windows", "ClaudeCodePolicy.wxs"))
			if err != nil || len(sources) < 2 {
				t.Fatalf("%d packages, %v", len(sources), err)
			}
			last := ""
			for i, source := range sources {
				last = filepath.Join(t.TempDir(), "policy.msi")
				wixl := exec.CommandContext(t.Context(), "wixl", "-a", "x64", "-D", fmt.Sprintf("Version=1.0.%d", i+1), "-o", last, filepath.Base(source))
				wixl.Dir = filepath.Dir(source)
				if said, err := wixl.CombinedOutput(); err != nil {
					t.Fatalf("wixl: %v: %s", err, said)
				}
				must(t, machine, "msiexec", "/i", dos(last), "/qn")
				if diff := cmp.Diff(tree(t, filepath.Join(wixl.Dir, "file")), tree(t, installed)); diff != "" {
					t.Fatalf("%s installs something else:\n%.2000s", source, diff)
				}
			}
			must(t, machine, "msiexec", "/x", dos(last), "/qn")
			if left := tree(t, installed); len(left) > 0 {
				t.Errorf("removing it leaves %v", left)
			}
		})
	}
}
