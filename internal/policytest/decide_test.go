package policytest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/policytest"
)

func TestDecide(t *testing.T) {
	w := world(t, "a.yaml", organization, "b.yaml", exceptions)
	on := func(change func(*policytest.Subject)) policytest.Subject {
		s := in("payments")
		change(&s)
		return s
	}
	later := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		who  policytest.Subject
		call policytest.Call
		want string
	}{
		{"a native rule denies", in("default"), bash("curl x"), "deny by Bash(curl *) (native)"},
		{"one of two commands is denied", in("default"), bash("make x && curl x"), "deny by Bash(curl *) (native)"},
		{"every part is allowed", in("default"), bash("make x && go test ./..."), "allow by Bash(make *) (native)"},
		{"a rule asks", in("default"), bash("git push"), "ask by Bash(git push *) (native)"},
		{"no rule decides", in("default"), bash("npm ci"), "ask"},
		{"a denylist is native and of the agent", in("default"), bash("psql x"), "deny by no-shells (native); deny no-shells"},
		{"on Windows the client alone decides", on(func(s *policytest.Subject) { s.Platform = "windows" }), policytest.Call{Tool: "PowerShell", Input: map[string]any{"command": "psql x"}}, "deny by no-shells (native)"},
		{"a pattern is the agent's", in("default"), bash("make card=42"), "deny by no-numbers (hook); allow Bash(make *)"},
		{"without the agent nobody looks", on(func(s *policytest.Subject) { s.Platform = "windows" }), bash("make card=42"), "allow by Bash(make *) (native)"},
		{"a warning lets the call go on", in("default"), bash("make x; sleep 9"), "allow by Bash(make *) (native); warn slow"},
		{"a person is exempt", on(func(s *policytest.Subject) { s.User = "bob@acme.com" }), bash("psql x"), "ask"},
		{"another person is not", on(func(s *policytest.Subject) { s.User = "eve@acme.com" }), bash("psql x"), "deny by no-shells (native); deny no-shells"},
		{"the exception is over", on(func(s *policytest.Subject) { s.User, s.At = "bob@acme.com", later }), bash("psql x"), "deny by no-shells (native); deny no-shells"},
		{"a project is exempt", on(func(s *policytest.Subject) { s.Project = "git@github.com:acme/legacy.git" }), bash("make card=42"), "allow by Bash(make *) (native)"},
		{"bypassing is locked", on(func(s *policytest.Subject) { s.Mode = "bypassPermissions" }), bash("npm ci"), "ask"},
		{"the automatic mode is locked", on(func(s *policytest.Subject) { s.Mode = "auto" }), bash("npm ci"), "ask"},
		{"who does not ask is refused", on(func(s *policytest.Subject) { s.Mode = "dontAsk" }), bash("npm ci"), "deny"},
		{"reading in the project", in("default"), policytest.Call{Tool: "Read", Input: map[string]any{"file_path": "main.go"}}, "allow"},
		{"a secret of the project", in("default"), policytest.Call{Tool: "Read", Input: map[string]any{"file_path": "/home/user/project/.env"}}, "deny by Read(./.env) (native)"},
		{"an approved server", in("default"), policytest.Call{Server: "docs"}, "allow"},
		{"another server", in("default"), policytest.Call{Server: "slack"}, "deny by servers (native); deny servers, deny servers"},
		{"a tool of an approved server", in("default"), policytest.Call{Tool: "mcp__docs__search"}, "ask"},
		{"a tool of another server", in("default"), policytest.Call{Tool: "mcp__slack__post"}, "deny by servers (native); deny servers, deny servers"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, err := w.Decide(test.who, test.call)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, shown(v)); diff != "" {
				t.Errorf("%s\n%+v", diff, v)
			}
		})
	}
}

func TestDecideSays(t *testing.T) {
	w := world(t, "a.yaml", organization)
	v, err := w.Decide(in("default"), bash("psql x"))
	if err != nil {
		t.Fatal(err)
	}
	if g := v.Grounds[0]; g.Rule != "Bash(psql *)" || g.Pos.Line != 18 || g.Policy != "no-shells" {
		t.Errorf("%+v", g)
	}
	if diff := cmp.Diff([]string{"/opt/acme/guard"}, v.Scripts); diff != "" {
		t.Error(diff)
	}
	v, err = w.Decide(in("default"), policytest.Call{Tool: "Read", Input: map[string]any{"file_path": "x"}})
	if err != nil || len(v.Scripts) != 0 || !strings.Contains(v.Reason, "reading in the project") {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestDecideErrors(t *testing.T) {
	w := world(t, "a.yaml", organization)
	for _, test := range []struct {
		who  policytest.Subject
		want string
	}{
		{in("finance"), `group "finance" is not declared`},
		{policytest.Subject{Group: "payments", Platform: "macos", At: now}, `group "payments" has no platform "macos": it has linux, windows`},
	} {
		if _, err := w.Decide(test.who, bash("ls")); err == nil || err.Error() != test.want {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

// TestServers decides about servers where managed-mcp.json is exclusive, and where lists name servers.
func TestServers(t *testing.T) {
	const head = "version: \"1.0\"\norganization: Acme\n"
	managed := world(t, "a.yaml", head+"mcp_servers: {docs: {type: http, url: https://mcp.acme.com/docs}, jira: {type: stdio, command: /opt/jira}}\nsettings: {deniedMcpServers: [{serverName: jira}]}\n")
	named := world(t, "a.yaml", head+"policies: [{name: few, description: d, type: allowlist, target: mcpServers, values: [docs, mail], message: m}, {name: none, description: d, type: denylist, target: mcpServers, values: [mail], message: m}]\n")
	command := world(t, "a.yaml", head+"policies: [{name: few, description: d, type: allowlist, target: mcpServers, values: [{name: jira, command: [/opt/jira, -r]}], message: m}]\n")
	for _, test := range []struct {
		name  string
		world *policytest.World
		call  policytest.Call
		want  string
	}{
		{"defined", managed, policytest.Call{Server: "docs"}, "allow"},
		{"defined and denied", managed, policytest.Call{Server: "jira"}, "deny by deniedMcpServers (native)"},
		{"not defined", managed, policytest.Call{Server: "mail"}, "deny by mcp_servers (native)"},
		{"listed by name", named, policytest.Call{Server: "docs"}, "allow"},
		{"denied by name", named, policytest.Call{Server: "mail"}, "deny by none (native)"},
		{"not listed", named, policytest.Call{Tool: "mcp__other__x"}, "deny by few (native); deny few"},
		{"listed by command", command, policytest.Call{Server: "jira"}, "allow"},
		{"not listed by command", command, policytest.Call{Server: "docs"}, "deny by few (native); deny few"},
	} {
		v, err := test.world.Decide(in("default"), test.call)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(v); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestHomeIsTold says which home folder a decision was made for, where the call speaks of one.
func TestHomeIsTold(t *testing.T) {
	w := world(t, "a.yaml", organization)
	cases := []struct {
		platform, cwd string
		input         map[string]any
		want          string
	}{
		{"linux", "", map[string]any{"command": "cat ~/.ssh/id"}, "/home/user"},
		{"linux", "", map[string]any{"command": "cat '~/.ssh/id' x"}, "/home/user"},
		{"linux", "/home/bob/repo", map[string]any{"command": "echo $HOME"}, "/home/bob"},
		{"linux", "/srv/repo", map[string]any{"command": "echo ${HOME}/x"}, "/home/user"},
		{"linux", "", map[string]any{"command": "cat /home/bob/x"}, "/home/user"},
		{"windows", "", map[string]any{"command": `type C:\Users\bob\x`}, `C:\Users\user`},
		{"windows", `C:\Users\bob\repo`, map[string]any{"command": "type ~\\x"}, `C:\Users\bob`},
		{"linux", "", map[string]any{"command": "git show HEAD~1"}, ""},
		{"linux", "", map[string]any{"command": "echo $HOMEPAGE"}, ""},
		{"linux", "", map[string]any{"command": "ls /srv", "timeout": 7}, ""},
		{"linux", "/home/bob/repo", map[string]any{"command": "make"}, ""},
	}
	for _, c := range cases {
		v, err := w.Decide(policytest.Subject{Group: "payments", Platform: c.platform, At: now}, policytest.Call{Tool: "Bash", Cwd: c.cwd, Input: c.input})
		if err != nil {
			t.Fatal(err)
		}
		if v.Home != c.want {
			t.Errorf("%v in %q on %s: home %q, want %q", c.input, c.cwd, c.platform, v.Home, c.want)
		}
	}
}
