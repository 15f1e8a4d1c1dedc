//go:build conformance

package forms

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/cli"
	"github.com/policygen/policygen/internal/render/all"
)

// texts break something somewhere: an escape, a template, an encoding, a line. A policy has no control characters but these.
var texts = []string{
	`say "hello" and 'good bye' and ` + "`tick`", `C:\Windows\ and \\server\share and \" \n \u0041`, `%PATH% %1 %% %{x}`, `$HOME ${VAR} $(id) $$ $SERIALNUMBER $FLEET_VAR_X`,
	`{{x}} {{ serialnumber }} {% x %} [[x]] [NAME]`, `<&> </string> ]]> <!-- --> &amp; --`, "\U0001F600 \U0001F468\u200d\U0001F469\u200d\U0001F467 \U00010000", "漢字 かな 한글", "שלום \u202eعربي\u202c \u200f",
	"a\u2028b\u2029c\u0085d\u00a0e", "e\u0301 é \ue000 \ufffd \u007f", "  two before and after  ", "a\tb\\tc", "one\ntwo\n\nthree", "- a: b # c", `{"a": [1, null]}`, "", "no", "1e3", "0123",
	"‘single’ ‚low‛ “double”", "''${nix} \"@ '@ @' EOF .", "../../etc/passwd", "-- */ ; DROP",
}

// numbers are as large, small and many-digited as JSON allows everybody to read.
const numbers = `{"zero": 0, "minus": -1, "half": 0.5, "safe": 9007199254740991, "least": -9007199254740991, "large": 1e21, "small": 1e-7, "tiny": 5e-324, "huge": 1.7976931348623157e308, "yes": true}`

// written is a policy as its author wrote it, before policygen read it.
type written struct {
	Settings map[string]any `json:"settings"`
	Guidance string         `json:"guidance"`
	Servers  map[string]any `json:"servers"`
	Script   []byte         `json:"script"`
	Message  string         `json:"message"`
}

// nastyPolicy returns a policy with every text as value, list entry and part of a rule, with guidance of some bytes more.
func nastyPolicy(t *testing.T, size int) written {
	t.Helper()
	env, rules := map[string]any{}, []any{"WebFetch"}
	for i, text := range texts {
		env["X_"+strconv.Itoa(i)] = text
		if oneLine := strings.Join(strings.Fields(text), " "); oneLine != "" && !strings.ContainsAny(oneLine, "()*\\") {
			rules = append(rules, "Bash(echo "+oneLine+" *)")
		}
	}
	options := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(numbers))
	decoder.UseNumber()
	if err := decoder.Decode(&options); err != nil {
		t.Fatal(err)
	}
	announcements := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == "" })
	return written{
		Settings: map[string]any{
			"env": env, "companyAnnouncements": announcements, "cleanupPeriodDays": 9007199254740991,
			"permissions": map[string]any{"allow": []any{}, "deny": rules}, "enabledPlugins": map[string]any{}, "strictKnownMarketplaces": []any{},
			"pluginConfigs": map[string]any{"p@m": map[string]any{"options": options}},
		},
		Guidance: strings.TrimSpace(strings.Join(texts, "\n\n") + "\n\n" + strings.Repeat("0123456789 <é> ", size/16+1)),
		Servers:  map[string]any{"docs": map[string]any{"type": "http", "url": "https://mcp.acme.example/${TEAM}?a=%20&b={{x}}"}},
		Script:   []byte("#!/bin/sh\n# " + strings.Join(texts, "\n# ") + "\r\nexit 0\n"),
		Message:  strings.Join(announcements, " "),
	}
}

// files returns the policy folder. Consoles and the gateway carry no scripts, whose paths differ between platforms.
func (w written) files(t *testing.T, targets []string, hooks bool) map[string][]byte {
	t.Helper()
	delivery := map[string]any{"targets": targets, "gateway": map[string]any{"domains": []string{"acme.example"}}}
	doc := map[string]any{
		"version": "1.0", "organization": "Acme", "settings": w.Settings, "mcp_servers": w.Servers,
		"groups":   []any{map[string]any{"name": "web", "match": map[string]any{"idp_groups": []string{"web-eng"}}}},
		"delivery": delivery,
		"guidance": []any{map[string]any{"title": "Texts", "text": w.Guidance}},
	}
	files := map[string][]byte{}
	if hooks {
		delivery["agent"] = map[string]any{"linux": "/opt/policygen/agent", "macos": "/opt/policygen/agent", "windows": `C:\Program Files\policygen\agent.exe`}
		doc["hooks"] = []any{map[string]any{"event": "PreToolUse", "matcher": "Bash", "script": "hooks/check.sh", "platforms": []string{"linux", "macos"}}}
		doc["policies"] = []any{map[string]any{
			"name": "p", "type": "pattern-deny", "target": "claudeMd", "pattern": "^psql", "severity": "error", "message": w.Message,
		}}
		files["hooks/check.sh"] = w.Script
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	files["organization.json"] = data
	return files
}

// releasedFrom makes a release of a policy folder and returns it unpacked.
func releasedFrom(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, "policies", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	code := cli.Run(t.Context(), cli.Env{
		Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said, Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) }, Getenv: func(string) string { return "" },
	}, []string{"release", "--dist", filepath.Join(dir, "dist"), "--name", "policy", "--version", "1", "--self-healing"})
	if code != 0 {
		t.Fatalf("exit code %d: %.3000s", code, said.String())
	}
	if unpacked, err := exec.CommandContext(context.WithoutCancel(t.Context()), "tar", "-xzf", filepath.Join(dir, "dist", "policy-1.tar.gz"), "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, unpacked)
	}
	return filepath.Join(dir, "policy-1")
}

// readEverywhere reads every target of a release with parsers of others, and returns what they said: "read: TARGET COUNT" and "wrong: TARGET: ...".
func readEverywhere(t *testing.T, dir string, w written, options ...string) (string, error) {
	t.Helper()
	wanted := filepath.Join(t.TempDir(), "written.json")
	data, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(wanted, data, 0o644); err != nil {
		t.Fatal(err)
	}
	readback, err := filepath.Abs("../../../conformance/readback")
	if err != nil {
		t.Fatal(err)
	}
	python := exec.CommandContext(t.Context(), "/usr/bin/python3", append([]string{"testdata/everywhere.py", dir, wanted}, options...)...)
	python.Env = append(os.Environ(), "PYTHONPATH="+readback, "PYTHONDONTWRITEBYTECODE=1")
	said, err := python.CombinedOutput()
	return string(said), err
}

// everyTarget returns the names of all back ends but some.
func everyTarget(t *testing.T, without ...string) []string {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range all.Backends(all.Deps{Catalog: cat}) {
		if !slices.Contains(without, b.Name()) {
			names = append(names, b.Name())
		}
	}
	return names
}

// linuxForms are what a release has beside the targets.
var linuxForms = []string{"deb", "rpm", "ansible", "cloud-init", "nix", "image", "development container"}

// TestEverywhere sends text that breaks things, empty objects and lists, and large numbers through every target, console and form for Linux, and
// has others read them back; then a megabyte of guidance through all that say no limit, and scripts and servers through all that carry files.
func TestEverywhere(t *testing.T) {
	files := []string{"agent", "hooks"}
	templates := []string{"admx", "intune-remediation", "intune", "terraform", "fleet"} // these hold a policy in a text box or a script, and say so where it is too long
	static := []string{"jamf"}                                                          // describes the keys, and carries no policy
	windows := []string{"registry-pol", "gpo", "lgpo", "admx", "powershell", "intune-remediation", "wix"}
	for _, test := range []struct {
		name    string
		size    int
		hooks   bool
		targets []string
	}{
		{"every target", 2_000, false, everyTarget(t, files...)},
		{"a megabyte", 1 << 20, false, everyTarget(t, append(files, templates...)...)},
		{"scripts", 2_000, true, []string{"managed-settings", "dropins", "claude-md", "managed-mcp", "hooks", "agent", "install-script", "wix"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := nastyPolicy(t, test.size)
			dir := releasedFrom(t, w.files(t, test.targets, test.hooks))
			said, err := readEverywhere(t, dir, w)
			if err != nil {
				t.Errorf("%v\n%.4000s", err, said)
			}
			for _, target := range slices.Concat(test.targets, linuxForms) {
				if !strings.Contains(said, "\nread: "+target+" ") && !slices.Contains(slices.Concat(windows, static), target) {
					t.Errorf("nobody reads %s", target)
				}
			}
			lint(t, filepath.Join(dir, "artifacts"))
			if said, err := check(t, filepath.Join(dir, "artifacts")); err != nil {
				t.Errorf("%v\n%.2000s", err, said)
			}
		})
	}
}

// lint gives all YAML of consoles to yamllint. What is left out is about taste.
func lint(t *testing.T, artifacts string) {
	t.Helper()
	var files []string
	for _, pattern := range []string{"consoles/*/*.yml", "gateway/*.yaml"} {
		found, err := filepath.Glob(filepath.Join(artifacts, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 { // a build without them
		return
	}
	const rules = "{extends: default, rules: {line-length: disable, document-start: disable, comments: disable, indentation: disable, commas: disable, braces: disable}}"
	if said, err := exec.CommandContext(t.Context(), "yamllint", append([]string{"--strict", "-d", rules}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("yamllint: %v\n%.2000s", err, said)
	}
}

// TestEverywhereFindsProblems changes what was written: every reader must see that its artifact holds something else.
func TestEverywhereFindsProblems(t *testing.T) {
	w := nastyPolicy(t, 0)
	whole := []string{"plist", "preference-file", "mobileconfig", "reg", "server-managed", "gateway", "iru", "intune", "fleet"} // forms that hold all settings and the guidance
	dir := releasedFrom(t, w.files(t, append([]string{"managed-settings", "claude-md", "managed-mcp", "dropins", "admx", "intune-remediation"}, whole...), false))
	for _, test := range []struct {
		name   string
		change func(*written)
		wrong  []string
	}{
		{"as written", func(*written) {}, nil},
		{"text", func(w *written) { w.Settings["companyAnnouncements"] = texts[1:] }, append([]string{"managed-settings", "dropins"}, whole...)},
		{"number", func(w *written) { w.Settings["cleanupPeriodDays"] = 9007199254740990 }, append([]string{"managed-settings", "dropins"}, whole...)},
		{"type", func(w *written) { w.Settings["cleanupPeriodDays"] = "9007199254740991" }, append([]string{"managed-settings", "dropins"}, whole...)},
		{"empty", func(w *written) { delete(w.Settings, "enabledPlugins") }, append([]string{"managed-settings", "dropins"}, whole...)},
		{"guidance", func(w *written) { w.Guidance += "." }, []string{"claude-md"}},
		{"server", func(w *written) { w.Servers["other"] = w.Servers["docs"] }, []string{"managed-mcp"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			other := nastyPolicy(t, 0)
			test.change(&other)
			said, err := readEverywhere(t, dir, other, "artifacts")
			if (err != nil) != (test.wrong != nil) {
				t.Errorf("%v\n%.4000s", err, said)
			}
			for _, target := range test.wrong {
				if !strings.Contains(said, "wrong: "+target+": ") {
					t.Errorf("%s is taken", target)
				}
			}
		})
	}
}
