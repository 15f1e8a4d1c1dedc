package importer

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

func TestCompile(t *testing.T) {
	settings := `{
  "model": "opus",
  "permissions": {"deny": ["Bash(curl *)", "bash(rm *)"], "disableBypassPermissionsMode": "disable"},
  "env": {"A": "1", "API_KEY": "sk-ant-REDACTED-for-this-test-0123456789"},
  "colour": "blue"
}`
	r, err := imported(t, loadCatalog(t), map[string][]byte{"etc/managed-settings.json": []byte(settings)}, Options{Organization: "Acme"})
	if err != nil {
		t.Fatal(err, details(err))
	}
	want := `# Imported from etc/managed-settings.json (managed-settings).
# client.minimum_version is the oldest client that knows every key below: set it to that of your fleet.
#
# Left out, each with its place there:
#   etc/managed-settings.json:4:32: settings.env.API_KEY: the value looks like a secret: the key says so, and the value refers to nothing (every user of the machine can read managed settings)
#   etc/managed-settings.json:5:13: settings.colour: unknown settings key "colour" (claude keeps the key and does nothing with it, and tells nobody)
#   etc/managed-settings.json:3:44: settings.permissions.deny[1]: the tool name "bash" starts with a lower-case letter (claude drops this entry and says so only in doctor: the rule would silently not apply)

version: "1.0"
organization: Acme
client:
  minimum_version: 2.1.240
delivery:
  targets:
    - managed-settings
settings:
  model: opus
  permissions:
    deny:
      - Bash(curl *)
    disableBypassPermissionsMode: disable
  env:
    A: "1"
`
	if diff := cmp.Diff(want, string(r.Text)); diff != "" {
		t.Error(diff)
	}
	if r.Leaves != 4 {
		t.Errorf("%d leaves", r.Leaves)
	}
}

func TestLeftOut(t *testing.T) {
	tests := []struct {
		name, file, in string
		paths          []string // left out
		has, hasNot    string   // of the text
	}{
		{"a secret of a server", "managed-mcp.json", `{"mcpServers":{"a b":{"type":"http","url":"https://x.example.com","headers":{"X-Api":"Bearer abcdefghijklmnopqrstuvwxyz"}}}}`,
			[]string{"mcp_servers.a b.headers.X-Api"}, `X-Api: ${A_B_X_API}`, "abcdefghij"},
		{"the only variable", "a.json", `{"env":{"API_KEY":"abcdefgh12345678"},"model":"opus"}`, []string{"settings.env.API_KEY"}, "model: opus", "abcdefgh"},
		{"a secret among arguments", "managed-mcp.json", `{"mcpServers":{"a":{"command":"/x","args":["--key","sk-ant-REDACTED0123456789abcdef"]},"b":{"command":"/y"}}}`,
			[]string{"mcp_servers.a"}, "/y", "sk-ant"},
		{"a hook that never fires goes as a whole", "a.json", `{"hooks":{"PreToolUse":[{"matcher":"Bash(","hooks":[{"type":"command","command":"/x","timeout":60}]},{"matcher":"Bash","hooks":[{"type":"command","command":"/y","timeout":60}]}]}}`,
			[]string{"settings.hooks.PreToolUse[0]"}, "/y", "/x"},
		{"a server of two names", "a.json", `{"allowedMcpServers":[{"serverName":"a","serverUrl":"https://a"},{"serverName":"b"}]}`,
			[]string{"settings.allowedMcpServers[0]"}, "serverName: b", "https://a"},
		{"several rules of one list", "a.json", `{"permissions":{"deny":["a(","Bash(x *)","b("]}}`,
			[]string{"settings.permissions.deny[0]", "settings.permissions.deny[2]"}, "Bash(x *)", "- a("},
		{"keys that need a newer client", "a.json", `{"requiredMinimumVersion":"2.1.100","dialogExpiry":"5m"}`, nil, "minimum_version: 2.1.329", "Left out"},
		{"a version that is none", "a.json", `{"requiredMinimumVersion":"abc","model":"opus"}`, []string{"settings.requiredMinimumVersion"}, "minimum_version: 2.1.240", "abc\n"},
		{"line breaks that would end a comment", "a.json", `{"x\ny: z":1,"model":"opus"}`, []string{"settings.x\ny: z"}, "model: opus", "\ny: z"},
		{"texts of many kinds", "a.json", `{"env":{"A":"yes","B":"1.0","C":"a: b # c","D":"x\ny\n","E":" lead","F":"2026-01-01","G":"null","H":"~","I":"tab\there","J":"x\n  y\nz"}}`, nil, "", "Left out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := imported(t, loadCatalog(t), map[string][]byte{tt.file: []byte(tt.in)}, Options{})
			if err != nil {
				t.Fatal(err, details(err))
			}
			var paths []string
			for _, l := range r.Left {
				paths = append(paths, l.Path)
			}
			if diff := cmp.Diff(tt.paths, paths); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(string(r.Text), tt.has) || strings.Contains(string(r.Text), tt.hasNot) {
				t.Errorf("got\n%s", r.Text)
			}
		})
	}
}

func TestGuidance(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string // titles
	}{
		{"a heading becomes the title", map[string]string{"CLAUDE.md": "# Rules\n\nBe kind.\n"}, []string{"Rules"}},
		{"without a heading", map[string]string{"CLAUDE.md": "Be kind.\r\nAlways.\n"}, []string{"Imported guidance"}},
		{"beside the key", map[string]string{"CLAUDE.md": "Be kind.", "a.json": `{"claudeMd":"Be brief."}`}, []string{"Imported guidance", "Imported guidance from settings"}},
		{"what policygen wrote", map[string]string{"CLAUDE.md": "# Acme: guidance for Claude Code\n\nManaged by policygen from git; changes made here are overwritten.\n\n## A\n\nx\n\n## B\n\ny\n"}, []string{"A", "B"}},
		{"the key that policygen wrote", map[string]string{"a.json": `{"claudeMd":"# Acme: guidance for Claude Code\n\nManaged by policygen from git; changes made here are overwritten.\n\n## A\n\nx\n"}`}, []string{"A"}},
		{"the key that somebody else wrote", map[string]string{"a.json": `{"claudeMd":"# Rules\nBe kind."}`}, nil},
		{"the key of another group", map[string]string{"a.json": `{"claudeMd":"# Acme: guidance for Claude Code\n\nManaged by policygen from git for the group x; changes made here are overwritten.\n\n## A\n\nx\n"}`}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string][]byte{}
			for name, text := range tt.files {
				files[name] = []byte(text)
			}
			r, err := imported(t, loadCatalog(t), files, Options{})
			if err != nil {
				t.Fatal(err, details(err))
			}
			var titles []string
			for _, s := range built(t, r.Text).Guidance {
				titles = append(titles, s.Title)
			}
			if diff := cmp.Diff(tt.want, titles); diff != "" {
				t.Errorf("%s\n%s", diff, r.Text)
			}
		})
	}
}

const organization = `version: "1.0"
organization: Acme
groups:
  - name: payments
settings:
  model: opus
  permissions:
    deny: [Bash(curl *), Read(//etc/shadow)]
`

func TestOverlay(t *testing.T) {
	tests := []struct {
		name, in string
		want     string // below the comments
		fails    string
	}{
		{"only what is new", `{"model":"opus","permissions":{"deny":["Bash(curl *)","Bash(psql *)","Read(//etc/shadow)"]},"cleanupPeriodDays":7}`,
			"group: payments\nsettings:\n  permissions:\n    deny:\n      - Bash(psql *)\n  cleanupPeriodDays: 7\n", ""},
		{"nothing new", `{"model":"opus","permissions":{"deny":["Bash(curl *)","Read(//etc/shadow)"]}}`, "group: payments\n", ""},
		{"something missing", `{"permissions":{"deny":["Bash(curl *)"]}}`, "", "permissions.deny: 1 entries are built and were not imported"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := source.Memory([]source.File{{Path: "organization.yaml", Data: []byte(organization)}})
			r, err := imported(t, loadCatalog(t), map[string][]byte{"a.json": []byte(tt.in)}, Options{Group: "payments", File: "groups/payments.yaml", Base: base})
			if tt.fails != "" {
				var u *Unproved
				if !errors.As(err, &u) || !strings.Contains(strings.Join(u.Differences, "\n"), tt.fails) {
					t.Fatalf("got %v%s", err, details(err))
				}
				return
			}
			if err != nil {
				t.Fatal(err, details(err))
			}
			_, body, _ := strings.Cut(string(r.Text), "\n\n")
			if diff := cmp.Diff(tt.want, body); diff != "" {
				t.Error(diff)
			}
		})
	}
	base := source.Memory([]source.File{{Path: "organization.yaml", Data: []byte(organization)}})
	_, err := imported(t, loadCatalog(t), map[string][]byte{"a.json": []byte(`{}`)}, Options{Group: "nobody", File: "groups/nobody.yaml", Base: base})
	var u *Unproved
	if !errors.As(err, &u) || !u.List.HasErrors() {
		t.Errorf("a group that is not declared: %v", err)
	}
}

// TestRandomSettings: any choice of the catalogue's examples that compiles comes back unchanged.
func TestRandomSettings(t *testing.T) {
	cat := loadCatalog(t)
	bundle := example(t)
	for _, g := range bundle.Resolved.Groups {
		settings := nodeIn(bundle.Resolved.Bundles(g)[0].Settings)
		for k := range settings.Members { // every second key, and each alone
			part := value.Object(settings.Pos)
			for n, m := range settings.Members {
				if n == k || (n+k)%2 == 0 {
					part.Members = append(part.Members, m)
				}
			}
			if k%5 != 0 {
				continue
			}
			r, err := imported(t, cat, map[string][]byte{"a.json": value.AppendJSON(nil, part)}, Options{})
			if err != nil {
				t.Fatalf("%s: %v%s", g.Name, err, details(err))
			}
			if len(r.Left) == 0 && !value.Equal(part, nodeIn(built(t, r.Text).Settings)) {
				t.Errorf("%s: %s", g.Name, r.Text)
			}
		}
	}
}

func TestDifferent(t *testing.T) {
	parse := func(text string) *value.Node {
		n, err := value.Parse("", []byte(text), 10)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	tests := []struct {
		name, want, got string
		anyOrder        bool
		lines           []string
	}{
		{"the same", `{"a":[1]}`, `{"a":[1]}`, false, nil},
		{"another value", `{"a":1}`, `{"a":2}`, false, []string{"a builds another value"}},
		{"more and less", `{"a":1}`, `{"b.c":1}`, false, []string{"a was imported and is not built", `"b.c" is built and was not imported`}},
		{"entries", `{"a":[1,2]}`, `{"a":[2,3]}`, false, []string{"a: 1 entries were imported and are not built", "a: 1 entries are built and were not imported"}},
		{"order", `{"a":[1,2]}`, `{"a":[2,1]}`, false, []string{"a: the entries are built in another order"}},
		{"order where it is free", `{"a":[1,2]}`, `{"a":[2,1]}`, true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.lines, different(nil, "", parse(tt.want), parse(tt.got), tt.anyOrder)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWritten(t *testing.T) {
	if _, _, ok := written("# Rules\n\n## A\n"); ok {
		t.Error("a text of somebody else")
	}
	s := whole("# Only a heading\n", "T")
	if diff := cmp.Diff(policy.Section{Title: "T", Text: "# Only a heading"}, s); diff != "" {
		t.Error(diff)
	}
}
