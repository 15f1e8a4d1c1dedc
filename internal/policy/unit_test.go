package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

func TestParseDate(t *testing.T) {
	tests := []struct {
		text       string
		start, end string // as an interval's start and end; "" for no date
	}{
		{"2026-12-23", "2026-12-23T00:00:00Z", "2026-12-24T00:00:00Z"},
		{"2026-12-31", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"2024-02-28", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"},
		{"2026-12-23T00:00:00Z", "2026-12-23T00:00:00Z", "2026-12-23T00:00:00Z"},
		{"2026-12-23T01:30:00+02:00", "2026-12-22T23:30:00Z", "2026-12-22T23:30:00Z"},
		{"2026-12-23T00:00:00.25Z", "2026-12-23T00:00:00.25Z", "2026-12-23T00:00:00.25Z"},
		{"2026-02-29", "", ""},
		{"2026-13-01", "", ""},
		{"2026-12-23 00:00:00", "", ""},
		{"2026-12-23T00:00:00", "", ""},
		{"2026-12-23T24:00:00Z", "", ""},
		{" 2026-12-23", "", ""},
		{"2026-1-2", "", ""},
		{"23.12.2026", "", ""},
		{"tomorrow", "", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		for ends, want := range map[bool]string{false: tt.start, true: tt.end} {
			at, err := parseDate(tt.text, ends)
			got := ""
			if err == nil {
				got = at.Format(time.RFC3339Nano)
			}
			if got != want {
				t.Errorf("parseDate(%q, %t) = %q, want %q", tt.text, ends, got, want)
			}
		}
	}
	_, err := ParseDate("tomorrow")
	if want := `"tomorrow" is not a date: write 2026-12-23 or 2026-12-23T00:00:00Z`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDatesOfExceptions reads what intervals [start, end) a file states.
func TestDatesOfExceptions(t *testing.T) {
	got := load(t, map[string]string{"p.yaml": organizationYAML + `policies: [{name: p, type: denylist, target: tools, values: [Bash]}]
last_updated: 2026-11-01
exceptions:
  - {user: a@acme.com, exempt_from: [p], starts: 2026-11-20, expires: 2026-11-20}
  - {user: b@acme.com, exempt_from: [p], expires: 2026-12-23T00:00:00Z}
  - {user: c@acme.com, exempt_from: [p], expires: null}
`, "q.yaml": "last_updated: 2026-11-20T12:00:00Z\n", "r.yaml": "last_updated: 2026-11-19\n"}, mustDate(t, "2026-11-19"))
	var lines []string
	for _, e := range got.set.Exceptions {
		lines = append(lines, e.User+" "+e.Starts.Format(time.RFC3339)+" "+e.Expires.Format(time.RFC3339))
	}
	want := []string{"a@acme.com 2026-11-20T00:00:00Z 2026-11-21T00:00:00Z", "b@acme.com 0001-01-01T00:00:00Z 2026-12-23T00:00:00Z",
		"c@acme.com 0001-01-01T00:00:00Z 0001-01-01T00:00:00Z"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if got := got.set.LastUpdated.Format(time.RFC3339); got != "2026-11-20T12:00:00Z" {
		t.Errorf("last updated %s: the latest of all files counts", got)
	}
}

func TestMatchers(t *testing.T) {
	tests := []struct{ event, matcher, want string }{
		{"PreToolUse", "", ""},
		{"PreToolUse", "*", ""},
		{"PreToolUse", "Bash", ""},
		{"PreToolUse", "Edit|Write, NotebookEdit", ""},
		{"PreToolUse", "mcp__github__push", ""},
		{"PreToolUse", "mcp__github__.*", ""},
		{"PreToolUse", "mcp__github", "matches no tool: write mcp__github__.* for every tool of the server"},
		{"PreToolUse", "Edit|write", "matches no tool: tool names are case-sensitive, such as Bash or Edit"},
		{"PreToolUse", "Bash(git *)", "is a permission rule, not a tool name: put it into `if`"},
		{"PreToolUse", "(", "does not compile: missing closing ): `(`"},
		{"PreToolUse", "^(?!Bash).*$", ""}, // the client's expressions have it, ours do not
		{"PreToolUse", "|", ""},
		{"SessionStart", "startup", ""}, // not a tool event: the matcher is a source
		{"SessionStart", "[", "does not compile: missing closing ]: `[`"},
	}
	for _, tt := range tests {
		if got := matcherProblem(tt.event, tt.matcher); got != tt.want {
			t.Errorf("matcherProblem(%s, %q) = %q, want %q", tt.event, tt.matcher, got, tt.want)
		}
	}
}

// TestSecretForms builds the texts from parts, so that no scanner of this repository takes them for leaks.
func TestSecretForms(t *testing.T) {
	long := strings.Repeat("a1B2c3D4e5", 5)
	upper := "ABCDEFGH12345678"
	tests := []struct{ key, text, want string }{
		{"x", "sk-" + "ant-" + long, "an Anthropic key"},
		{"x", "key=sk-" + long, "an API key"},
		{"x", "AK" + "IA" + upper, "an AWS access key"},
		{"x", "AS" + "IA" + upper, "an AWS access key"},
		{"x", "gh" + "p_" + long, "a GitHub token"},
		{"x", "gh" + "s_" + long, "a GitHub token"},
		{"x", "github" + "_pat_" + long, "a GitHub token"},
		{"x", "gl" + "pat-" + long, "a GitLab token"},
		{"x", "xo" + "xb-" + "123456789012", "a Slack token"},
		{"x", "AI" + "za" + long[:35], "a Google API key"},
		{"x", "-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"},
		{"x", "-----BEGIN " + "PRIVATE KEY-----\nMII", "a private key"},
		{"x", "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + long, "a signed token"},
		{"x", "https://bob:" + "hunter2@git.acme.com/x", "a password in a URL"},
		{"x", "Authorization: " + "Bearer " + long, "a bearer token"},
		{"x", "BEARER " + long, "a bearer token"},
		{"x", "basic " + long, "a password"},
		{"OPENAI_API_KEY", "hunter22", "a secret: the key says so, and the value refers to nothing"},
		{"password", "correct-horse", "a secret: the key says so, and the value refers to nothing"},
		{"client_secret", "correct-horse", "a secret: the key says so, and the value refers to nothing"},
		{"OPENAI_API_KEY", "${OPENAI_API_KEY}", ""},
		{"OPENAI_API_KEY", "/run/secrets/key", ""},
		{"OPENAI_API_KEY", "short", ""},
		{"apiKeyHelper", "print-key", ""},
		{"x", "sk-learn is a library", ""},
		{"x", "sk-ant-[A-Za-z0-9]+", ""},
		{"x", "https://${USER}:${TOKEN}@git.acme.com/x", ""},
		{"x", "https://git.acme.com:8443/a@b", ""},
		{"x", "Bearer ${TOKEN_FROM_MACHINE}", ""},
		{"x", "the bearer of this letter", ""},
		{"x", "basic understanding", ""},
	}
	for _, tt := range tests {
		if got := secretIn(tt.key, tt.text); got != tt.want {
			t.Errorf("secretIn(%q, %q) = %q, want %q", tt.key, tt.text, got, tt.want)
		}
	}
}

func TestCleanPath(t *testing.T) {
	for name, want := range map[string]string{
		"a.sh": "a.sh", "./a.sh": "a.sh", "hooks/a.sh": "hooks/a.sh", "a b.sh": "a b.sh", "a..sh": "a..sh",
		"": "", "./": "", ".": "", "..": "", "/a": "", "a/": "", "a//b": "", "a/./b": "", "a/../b": "", "../a": "", `a\b`: "", "c:a": "", ".a": "", "a/.b/c": "", "././a": "",
	} {
		if got := cleanPath(name); got != want {
			t.Errorf("cleanPath(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	tests := []struct{ format, text, want string }{
		{"uuid", "0B5D3F2a-0000-4000-8000-000000000000", ""},
		{"uuid", "0b5d3f2a", "is not a UUID"},
		{"semver", "2.1.329", ""},
		{"semver", "2.1.329-beta.1", ""},
		{"semver", "2.1", "is not a version of three numbers such as 2.1.329"},
		{"env-name", "PATH_2", ""},
		{"env-name", "2PATH", "is not the name of an environment variable"},
		{"mcp-server-name", "git-hub_2", ""},
		{"mcp-server-name", "git.hub", "is not a server name: use letters, digits, _ and -"},
		{"domain", "*.example.com", ""},
		{"domain", "example.com:8443", ""},
		{"domain", "[::1]:80", ""},
		{"domain", "*", ""},
		{"domain", "https://example.com", "is a URL: write the host alone, such as example.com or *.example.com"},
		{"domain", "a.*.com", "is not a host: write example.com, *.example.com or an address, with :port at most"},
		{"absolute-path", "/usr/bin", ""},
		{"absolute-path", `C:\Program Files`, ""},
		{"absolute-path", "usr/bin", "is not an absolute path"},
		{"absolute-path", "/usr/../bin", "is not in its shortest form: write /bin"},
		{"url", "http://example.com/", ""},
		{"url", "example.com", "is not a URL with a host"},
		{"url", "ftp://example.com", "must start with http:// or https://"},
		{"https-url", "http://example.com", "must start with https://"},
		{"regex-js", "^(?!x)", ""},
		{"regex-js", "(", "does not compile: missing closing ): `(`"},
	}
	for _, tt := range tests {
		if got := formatProblems[tt.format](tt.text); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.format, tt.text, got, tt.want)
		}
	}
}

// TestMergeOrder holds the order in which files merge against the tree of groups and the order of paths.
func TestMergeOrder(t *testing.T) {
	got := load(t, map[string]string{
		"z.yaml":        organizationYAML + "groups: [{name: payments, parent: engineering}, {name: engineering}, {name: sales, platforms: [windows]}]\n",
		"a/pay.yaml":    "group: payments\n",
		"b/eng.yaml":    "group: engineering\n",
		"a/eng.yaml":    "group: engineering\n",
		"a/sales.yaml":  "group: sales\n",
		"base/x.yaml":   "settings: {}\n",
		"base-1.yaml":   "settings: {}\n",
		"base/x/y.yaml": "settings: {}\n",
	}, mustDate(t, "2026-11-21"))
	if len(got.list) > 0 {
		t.Fatal(got.text(t))
	}
	var order []string
	for _, f := range got.set.MergeOrder() {
		order = append(order, f.Path)
	}
	want := []string{"base/x/y.yaml", "base/x.yaml", "base-1.yaml", "z.yaml", "a/eng.yaml", "a/sales.yaml", "b/eng.yaml", "a/pay.yaml"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
	payments, sales := got.set.Group("payments"), got.set.Group("sales")
	if payments.Depth != 2 || payments.Parent != "engineering" || !slices.Equal(payments.Platforms, AllPlatforms()) || !slices.Equal(sales.Platforms, []string{Windows}) {
		t.Errorf("payments %+v, sales %+v", payments, sales)
	}
	if got.set.Group("none") != nil {
		t.Error("a group that is not declared")
	}
}

// TestAliases turns other names of keys and values into the client's own, where a file sets one alone.
func TestAliases(t *testing.T) {
	got := load(t, map[string]string{"p.yaml": organizationYAML + "settings:\n  allowedMarketplaces: [{source: github, repo: acme/r}]\n  env: {}\n"}, mustDate(t, "2026-11-21"))
	if len(got.list) > 0 {
		t.Fatal(got.text(t))
	}
	want := `{"strictKnownMarketplaces":[{"repo":"acme/r","source":"github"}]}`
	settings := got.set.Files[0].Settings
	if text := string(value.AppendJSON(nil, settings)); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	if pos := settings.Member("strictKnownMarketplaces").KeyPos.String(); pos != "p.yaml:4:3" {
		t.Errorf("the key is told at %s: it was written at 4:3", pos)
	}
}

// TestSections checks that what Load hands on is what was written, for a file with every kind of section.
func TestSections(t *testing.T) {
	got := load(t, map[string]string{
		"p.yaml": organizationYAML + `groups: [{name: web}]
guidance:
  - {title: " Working here ", text: "Small changes.\r\n"}
  - {title: Security, file: ./docs/security.md}
hooks:
  - {event: Stop, script: hooks/a.sh, args: [-v], platforms: [macos, linux], timeout: 60, on_failure: block}
  - {event: Stop, command: bye, status_message: Bye}
mcp_servers: {}
`,
		"docs/security.md": "\ufeff# Careful\r\n\r\n",
		"hooks/a.sh":       "#!/bin/sh\n",
		"web.yaml":         "group: web\nplatforms: [windows, linux]\nnarrow: {availableModels: [sonnet]}\n",
	}, mustDate(t, "2026-11-21"))
	if got.list.HasErrors() {
		t.Fatal(got.text(t))
	}
	base, web := got.set.Files[0], got.set.Files[1]
	if diff := cmp.Diff([]Section{{Title: "Working here", Text: "Small changes.", Pos: diag.Pos{File: "p.yaml", Line: 5, Col: 13}},
		{Title: "Security", Text: "# Careful", Pos: diag.Pos{File: "p.yaml", Line: 6, Col: 13}}}, base.Guidance); diff != "" {
		t.Error(diff)
	}
	first, second := base.Hooks[0], base.Hooks[1]
	if first.Script != "hooks/a.sh" || string(first.Data) != "#!/bin/sh\n" || !slices.Equal(first.Platforms, []string{Linux, MacOS}) || !first.BlockOnFailure || !first.HasArgs {
		t.Errorf("%+v", first)
	}
	if text := string(value.AppendJSON(nil, first.Handler)); text != `{"timeout":60}` {
		t.Errorf("handler %s", text)
	}
	if text := string(value.AppendJSON(nil, second.Handler)); text != `{"statusMessage":"Bye"}` || second.Type != "command" || second.HasArgs {
		t.Errorf("%+v %s", second, text)
	}
	if base.Servers == nil || web.Servers != nil || web.Group != "web" || !slices.Equal(web.Platforms, []string{Linux, Windows}) || web.Narrow == nil {
		t.Errorf("%+v", web)
	}
}
