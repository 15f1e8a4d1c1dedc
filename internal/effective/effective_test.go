package effective_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/value"
)

func node(t *testing.T, file, text string) *value.Node {
	t.Helper()
	if text == "" {
		return nil
	}
	n, err := value.Parse(file, []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func shown(n *value.Node) string {
	if n == nil {
		return ""
	}
	return string(value.AppendJSON(nil, n))
}

// layer is a developer's file as the tests write it.
type layer struct {
	scope             effective.Scope
	settings, servers string
}

func TestMerge(t *testing.T) {
	const (
		command = `{"command":"x"}`
		remote  = `{"url":"https://mcp.acme.com/sse"}`
	)
	tests := []struct {
		name              string
		settings, servers string // managed
		layers            []layer
		want, wantServers string
		refused           []string // scope path value, by what, why
	}{
		{name: "nothing"},
		{name: "a value of the developer's own", layers: []layer{{effective.User, `{"theme":"dark"}`, ""}}, want: `{"theme":"dark"}`},
		{name: "the nearer file wins, lists unite", layers: []layer{
			{effective.User, `{"model":"a","permissions":{"allow":["Bash(a)"]}}`, ""}, {effective.Project, `{"model":"b","permissions":{"allow":["Bash(b)"]}}`, ""},
			{effective.Local, `{"model":"c"}`, ""}},
			want: `{"model":"c","permissions":{"allow":["Bash(a)","Bash(b)"]}}`},
		{name: "managed wins and is named", settings: `{"model":"opus","cleanupPeriodDays":30,"permissions":{"deny":["Bash(curl *)"]}}`,
			layers:  []layer{{effective.User, `{"model":"sonnet","cleanupPeriodDays":30,"permissions":{"deny":["Bash(wget *)"]}}`, ""}},
			want:    `{"cleanupPeriodDays":30,"model":"opus","permissions":{"deny":["Bash(wget *)","Bash(curl *)"]}}`,
			refused: []string{`user model "sonnet" by managed "opus": managed settings set it to "opus"`}},
		{name: "nested values", settings: `{"sandbox":{"enabled":true}}`, layers: []layer{{effective.Project, `{"sandbox":{"enabled":false}}`, ""}},
			want: `{"sandbox":{"enabled":true}}`, refused: []string{`project sandbox.enabled false by managed true: managed settings set it to true`}},
		{name: "a key for managed settings only", layers: []layer{{effective.User, `{"allowManagedHooksOnly":true,"theme":"dark"}`, ""}}, want: `{"theme":"dark"}`,
			refused: []string{"user allowManagedHooksOnly true by nothing: the client does not read it from user settings"}},
		{name: "locked permission rules", settings: `{"allowManagedPermissionRulesOnly":true,"permissions":{"deny":["Bash(curl *)"]}}`,
			layers: []layer{{effective.Local, `{"permissions":{"allow":["Bash(curl *)","Bash(a)"],"defaultMode":"plan"}}`, ""}},
			want:   `{"allowManagedPermissionRulesOnly":true,"permissions":{"defaultMode":"plan","deny":["Bash(curl *)"]}}`,
			refused: []string{
				`local permissions.allow "Bash(curl *)" by managed true: allowManagedPermissionRulesOnly lets managed entries count only`,
				`local permissions.allow "Bash(a)" by managed true: allowManagedPermissionRulesOnly lets managed entries count only`}},
		{name: "no readable rule that denies", settings: `{"model":"m","permissions":{"deny":["bash(rm)","Bash("],"allow":["Bash(foo *)"],"additionalDirectories":["/x"],"defaultMode":"acceptEdits"}}`,
			layers: []layer{{effective.User, `{"permissions":{"allow":["Bash(bar *)"],"defaultMode":"plan"}}`, ""}},
			want:   `{"model":"m","permissions":{"allow":["Bash(bar *)"],"defaultMode":"plan","deny":["bash(rm)","Bash("]}}`},
		{name: "no readable rule that asks", settings: `{"permissions":{"ask":[5],"deny":["Bash(rm *)"],"allow":["Bash(foo *)"]}}`, want: `{"permissions":{"ask":[5],"deny":["Bash(rm *)"]}}`},
		{name: "rules that are no list", settings: `{"permissions":{"deny":"Bash(rm *)","allow":["Bash(foo *)"]}}`, want: `{"permissions":{"deny":"Bash(rm *)"}}`},
		{name: "one readable rule is enough", settings: `{"permissions":{"deny":["bash(rm)","Bash(rm *)"],"ask":[],"allow":["Bash(foo *)"]}}`,
			want: `{"permissions":{"allow":["Bash(foo *)"],"ask":[],"deny":["bash(rm)","Bash(rm *)"]}}`},
		{name: "a developer's unreadable rules", settings: `{"permissions":{"allow":["Bash(foo *)"]}}`, layers: []layer{{effective.User, `{"permissions":{"deny":["bash(rm)"],"allow":["Bash(bar *)"]}}`, ""}},
			want: `{"permissions":{"allow":["Bash(bar *)","Bash(foo *)"],"deny":["bash(rm)"]}}`},
		{name: "a lock that is off", settings: `{"allowManagedPermissionRulesOnly":false}`, layers: []layer{{effective.User, `{"permissions":{"allow":["Bash(a)"]}}`, ""}},
			want: `{"allowManagedPermissionRulesOnly":false,"permissions":{"allow":["Bash(a)"]}}`},
		{name: "models are the managed ones", settings: `{"availableModels":["a"]}`, layers: []layer{{effective.User, `{"availableModels":["b"]}`, ""}},
			want: `{"availableModels":["a"]}`, refused: []string{`user availableModels "b" by managed ["a"]: the managed list applies as it is`}},
		{name: "the slack of the seeds", settings: `{"allowedMcpServers":[{"serverName":"github"},{"serverName":"internal-docs"}],"allowManagedMcpServersOnly":true}`,
			layers: []layer{{effective.Project, "", `{"github":` + command + `,"internal-docs":` + remote + `}`}, {effective.User, "", `{"slack":` + command + `}`}},
			want:   `{"allowManagedMcpServersOnly":true,"allowedMcpServers":[{"serverName":"github"},{"serverName":"internal-docs"}]}`, wantServers: "github internal-docs",
			refused: []string{`user mcpServers.slack {"command":"x"} by managed {"serverName":"github"}: allowedMcpServers does not list it`}},
		{name: "a developer widens an unlocked list", settings: `{"allowedMcpServers":[{"serverName":"github"}]}`,
			layers: []layer{{effective.User, `{"allowedMcpServers":[{"serverName":"slack"}]}`, `{"slack":` + command + `}`}},
			want:   `{"allowedMcpServers":[{"serverName":"slack"},{"serverName":"github"}]}`, wantServers: "slack"},
		{name: "the lock alone allows everything", settings: `{"allowManagedMcpServersOnly":true}`,
			layers: []layer{{effective.User, `{"allowedMcpServers":[{"serverName":"slack"}]}`, `{"x":` + command + `}`}},
			want:   `{"allowManagedMcpServersOnly":true}`, wantServers: "x",
			refused: []string{`user allowedMcpServers {"serverName":"slack"} by managed true: allowManagedMcpServersOnly lets managed entries count only`}},
		{name: "an empty list allows nothing", settings: `{"allowedMcpServers":[]}`, layers: []layer{{effective.User, "", `{"x":` + command + `}`}},
			want: `{"allowedMcpServers":[]}`, refused: []string{`user mcpServers.x {"command":"x"} by managed []: allowedMcpServers does not list it`}},
		{name: "denied by policy", settings: `{"deniedMcpServers":[{"serverName":"x"}],"allowedMcpServers":[{"serverName":"x"}]}`,
			layers:  []layer{{effective.Project, "", `{"x":` + command + `}`}},
			want:    `{"allowedMcpServers":[{"serverName":"x"}],"deniedMcpServers":[{"serverName":"x"}]}`,
			refused: []string{`project mcpServers.x {"command":"x"} by managed {"serverName":"x"}: deniedMcpServers lists it`}},
		{name: "denied by the developer", layers: []layer{{effective.User, `{"deniedMcpServers":[{"serverName":"x"}]}`, ""}, {effective.Project, "", `{"x":` + command + `}`}},
			want: `{"deniedMcpServers":[{"serverName":"x"}]}`, refused: []string{`project mcpServers.x {"command":"x"} by user {"serverName":"x"}: deniedMcpServers lists it`}},
		{name: "managed-mcp.json is exclusive", servers: `{"docs":` + remote + `}`, layers: []layer{{effective.User, "", `{"x":` + command + `}`}}, wantServers: "docs",
			refused: []string{`user mcpServers.x {"command":"x"} by servers {"docs":{"url":"https://mcp.acme.com/sse"}}: managed-mcp.json is exclusive`}},
		{name: "MCP off", servers: `{}`, layers: []layer{{effective.User, "", `{"x":` + command + `}`}},
			refused: []string{`user mcpServers.x {"command":"x"} by servers {}: managed-mcp.json is exclusive`}},
		{name: "allowlists do not hold for managed servers, the user's denylist does", settings: `{"allowedMcpServers":[]}`, servers: `{"a":` + command + `,"b":` + command + `,"c":` + command + `}`,
			layers: []layer{{effective.User, `{"deniedMcpServers":[{"serverName":"b"}]}`, ""}, {effective.Project, `{"deniedMcpServers":[{"serverName":"c"}]}`, ""}},
			want:   `{"allowedMcpServers":[],"deniedMcpServers":[{"serverName":"b"},{"serverName":"c"}]}`, wantServers: "a c"},
		{name: "commands and addresses are pinned apart", settings: `{"allowedMcpServers":[{"serverName":"named"},{"serverCommand":["x"]},{"serverUrl":"https://mcp.acme.com/*"}]}`,
			layers: []layer{{effective.User, "", `{"named":{"command":"y"},"any":` + command + `,"more":{"command":"x","args":["-v"]},"docs":` + remote + `,"named2":{"url":"https://evil.org/"}}`}},
			want:   `{"allowedMcpServers":[{"serverName":"named"},{"serverCommand":["x"]},{"serverUrl":"https://mcp.acme.com/*"}]}`, wantServers: "any docs",
			refused: []string{
				`user mcpServers.more {"args":["-v"],"command":"x"} by managed {"serverName":"named"}: allowedMcpServers does not list it`,
				`user mcpServers.named {"command":"y"} by managed {"serverName":"named"}: allowedMcpServers does not list it`,
				`user mcpServers.named2 {"url":"https://evil.org/"} by managed {"serverName":"named"}: allowedMcpServers does not list it`}},
		{name: "with addresses alone, names count for commands", settings: `{"allowedMcpServers":[{"serverName":"a"},{"serverUrl":"https://mcp.acme.com/*"}]}`,
			layers: []layer{{effective.User, "", `{"a":` + command + `}`}},
			want:   `{"allowedMcpServers":[{"serverName":"a"},{"serverUrl":"https://mcp.acme.com/*"}]}`, wantServers: "a"},
	}
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			managed := effective.Managed{Settings: node(t, "managed", test.settings), Servers: node(t, "servers", test.servers)}
			var layers []effective.Layer
			for _, l := range test.layers {
				layers = append(layers, effective.Layer{Scope: l.scope, Settings: node(t, string(l.scope), l.settings), Servers: node(t, string(l.scope), l.servers)})
			}
			got := effective.Merge(cat, managed, layers)
			if diff := cmp.Diff(test.want, shown(got.Settings)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.wantServers, names(got.Servers)); diff != "" {
				t.Error(diff)
			}
			var refused []string
			for _, r := range got.Refused {
				by := "nothing"
				if r.By != nil {
					by = r.By.Pos.File + " " + shown(r.By)
				}
				refused = append(refused, fmt.Sprintf("%s %s %s by %s: %s", r.Scope, r.Path, shown(r.Value), by, r.Reason))
			}
			if diff := cmp.Diff(test.refused, refused); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func names(servers *value.Node) string {
	text := ""
	if servers != nil {
		for _, m := range servers.Members {
			if text != "" {
				text += " "
			}
			text += m.Key
		}
	}
	return text
}

// TestMatchURL holds what the client was seen to do (2.1.329).
func TestMatchURL(t *testing.T) {
	tests := []struct {
		pattern, address string
		want             bool
	}{
		{"https://mcp.acme.com/*", "https://mcp.acme.com/sse", true}, {"https://mcp.acme.com/*", "https://mcp.acme.com", true},
		{"https://mcp.acme.com", "https://mcp.acme.com/any/path", true}, {"https://mcp.acme.com/sse", "https://mcp.acme.com/SSE", false},
		{"https://MCP.acme.com/*", "https://mcp.ACME.com./x", true}, {"https://mcp.acme.com/*", "https://bob:secret@mcp.acme.com/x", true},
		{"https://mcp.acme.com/*", "https://mcp.acme.com@evil.org/x", false}, {"https://mcp.acme.com/*", "http://mcp.acme.com/x", false},
		{"https://mcp.acme.com/*", "https://mcp.acme.com:443/x", true}, {"https://mcp.acme.com/*", "https://mcp.acme.com:8443/x", false},
		{"https://mcp.acme.com:8443/*", "https://mcp.acme.com:8443/x", true}, {"https://mcp.acme.com:8443/*", "https://mcp.acme.com/x", false},
		{"https://mcp.acme.com:*/*", "https://mcp.acme.com:99/x", true}, {"http://[::1]:80/*", "http://[::1]/x", true},
		{"https://*.example.com/*", "https://a.b.example.com/x", true}, {"https://*.example.com/*", "https://a.example.com:8443/x", true},
		{"https://*.example.com/*", "https://example.com/x", false}, {"https://*.example.com/*", "https://evil.org/.example.com/x", false},
		{"https://mcp.example.com*", "https://mcp.example.com.evil.org/x", true},
		{"mcp.acme.com", "https://mcp.acme.com/", false}, {"https://mcp.acme.com/*", "", false}, {"https://mcp.acme.com/*", "%", false},
	}
	for _, test := range tests {
		if got := effective.MatchURL(test.pattern, test.address); got != test.want {
			t.Errorf("%s on %s: %v", test.pattern, test.address, got)
		}
	}
}

// FuzzMatchURL: a pattern that names one host never matches an address of another, whatever the address looks like.
func FuzzMatchURL(f *testing.F) {
	for _, seed := range []string{"https://mcp.acme.com/x", "https://mcp.acme.com@evil.org/", "https://evil.org/mcp.acme.com/", "https:mcp.acme.com", "https://mcp.acme.com:443/a/../b", "https://[mcp.acme.com]/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if !effective.MatchURL("https://mcp.acme.com/*", address) {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" {
			t.Fatalf("%q matches", address)
		}
		host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
		if host != "mcp.acme.com" || u.Port() != "" && u.Port() != "443" {
			t.Errorf("%q matches with the host %q and the port %q", address, host, u.Port())
		}
	})
}
