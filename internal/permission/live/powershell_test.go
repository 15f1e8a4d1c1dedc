package live

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/permission/corpus"
)

func TestParsed(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"Get-Content -Tail 5 keep.txt": {"Get-Content:name Get-Content -Tail:parameter 5:number keep.txt:name keep.txt"},
		"foo x | rm y; ls":             {"foo:name foo x:name x", "rm:name rm y:name y", "; ls:name ls"},
		"-x 1.5 -2":                    {"-x:name -x 1.5:number -2:number"},
		"ls;":                          {"ls:name ls"},
		"gci | % { $_ }":               nil,
		"a && b":                       nil,
	}
	kinds := map[any]string{"CommandParameterAst": ":parameter", "ConstantExpressionAst": ":number", "StringConstantExpressionAst": ":name"}
	for line, want := range tests {
		tree := parsed(line)
		var got []string
		statements, _ := tree["statements"].([]ast)
		for i, statement := range statements {
			for _, command := range statement["elements"].([]ast) {
				text := map[bool]string{true: "; "}[i > 0]
				for _, e := range command["commandElements"].([]ast) {
					text += e["text"].(string) + kinds[e["type"]] + " "
					if e["value"] != nil {
						text += e["value"].(string) + " "
					}
				}
				got = append(got, strings.TrimSpace(text))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || tree["valid"] != (want != nil) {
			t.Errorf("%q: %v %s", line, tree["valid"], diff)
		}
	}
}

// encoded is a script as the client hands it over, in UTF-16.
func encoded(script string) string {
	var wide []byte
	for i := range len(script) {
		wide = append(wide, script[i], 0)
	}
	return "-NoProfile -EncodedCommand " + base64.StdEncoding.EncodeToString(wide)
}

func TestServePowerShell(t *testing.T) {
	t.Parallel()
	ask := base64.StdEncoding.EncodeToString([]byte("ls"))
	tests := []struct {
		name, args, in string
		code           int
		answers        bool
	}{
		{"parses", encoded("[Parser]::ParseInput($Command)"), ask, 0, true},
		{"runs nothing", encoded("rm x"), "", 0, false},
		{"something else", "-Version", "", 0, false},
		{"no line", encoded("ParseInput"), "%", 1, false},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		code := servePowerShell(tt.args, strings.NewReader(tt.in), &out)
		if code != tt.code || (out.Len() > 0) != tt.answers {
			t.Errorf("%s: code %d, printed %q", tt.name, code, &out)
		}
		if !tt.answers {
			continue
		}
		text, err := base64.StdEncoding.DecodeString(out.String())
		var tree ast
		if err != nil || json.Unmarshal(text, &tree) != nil || tree["originalCommand"] != "ls" || tree["valid"] != true {
			t.Errorf("%s: %q (%v)", tt.name, text, err)
		}
	}
}

// TestPowerShellProgram: the stand-in is put in place for groups that need it, and hands its arguments on.
func TestPowerShellProgram(t *testing.T) {
	t.Parallel()
	w := world{root: t.TempDir()}
	env, err := w.powerShell(corpus.Group{Calls: []corpus.Call{corpus.To("Bash", "ls")}}, "/none")
	if err != nil || env != nil {
		t.Errorf("without a call: %q (%v)", env, err)
	}
	self := filepath.Join(w.root, "self")
	if err := writeFile(self, "#!/bin/sh\necho \"$"+parserEnv+"\"\n", 0o755); err != nil {
		t.Fatal(err)
	}
	env, err = w.powerShell(corpus.Group{Calls: []corpus.Call{corpus.To("PowerShell", "ls")}}, self)
	if err != nil || !slices.Contains(env, "CLAUDE_CODE_USE_POWERSHELL_TOOL=1") {
		t.Fatalf("with one: %q (%v)", env, err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(w.root, "pwsh", "pwsh"), "-NoProfile", "a b")
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil || string(said) != "-NoProfile a b\n" {
		t.Errorf("%q (%v)", said, err)
	}
}

// TestCorpusIsPlain: the stand-in can read every line of the corpus.
func TestCorpusIsPlain(t *testing.T) {
	t.Parallel()
	groups, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range groups {
		for _, c := range g.Calls {
			if c.Tool != "PowerShell" {
				continue
			}
			n++
			if line := c.Input["command"].(string); parsed(line)["valid"] != true {
				t.Errorf("%s: %q is not plain", g.Name, line)
			}
		}
	}
	if n < 200 {
		t.Errorf("the corpus has %d lines of PowerShell", n)
	}
}
