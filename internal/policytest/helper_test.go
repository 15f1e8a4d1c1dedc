package policytest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/source"
)

// now is the date of every run.
var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world compiles policy files, each given as its path and its text.
func world(t testing.TB, files ...string) *policytest.World {
	t.Helper()
	var list []source.File
	for i := 0; i < len(files); i += 2 {
		list = append(list, source.File{Path: files[i], Data: []byte(files[i+1])})
	}
	program, found, err := compile.Check(source.Memory(list), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Severity == diag.Error && !policy.OnlyCheckFails(d.Code) {
			t.Fatalf("%v: %s", d.Pos, d.Message)
		}
	}
	return policytest.New(program, nil)
}

// organization is what the worlds of these tests have in common: two groups, the agent on Linux, and policies of several kinds.
const organization = `version: "1.0"
organization: Acme
groups:
  - {name: engineering}
  - {name: payments, parent: engineering, platforms: [linux, windows], match: {users: [bob@acme.com]}}
delivery: {agent: {linux: /opt/acme/policygen-agent}}
settings:
  disableAutoMode: disable
  permissions:
    disableBypassPermissionsMode: disable
    deny: [Bash(curl *), "Read(./.env)"]
    ask: [Bash(git push *)]
    allow: [Bash(go test *), Bash(make *), WebFetch(domain:docs.acme.com)]
hooks:
  - {event: PreToolUse, matcher: Bash|Edit, command: /opt/acme/guard}
policies:
  - {name: servers, description: d, type: allowlist, target: mcpServers, values: [{name: docs, url: "https://mcp.acme.com/docs"}], severity: error, message: m}
  - {name: no-shells, description: d, type: denylist, target: commands, values: [psql], severity: error, message: "no {{value}}"}
  - {name: no-numbers, description: d, type: pattern-deny, target: commands, pattern: 'card=\d+', severity: error, message: numbers}
  - {name: slow, description: d, type: denylist, target: commands, values: [sleep], severity: warning, message: slow}
`

// exceptions free a person, a project and a team.
const exceptions = `exceptions:
  - {user: bob@acme.com, exempt_from: [no-shells], reason: r, expires: 2026-12-31}
  - {project: legacy, exempt_from: [no-numbers], reason: r, expires: 2026-12-31}
  - {team: engineering, exempt_from: [slow], reason: r, starts: 2026-12-01, expires: 2026-12-31}
`

// bash is a shell line in bob's project.
func bash(line string) policytest.Call {
	return policytest.Call{Tool: "Bash", Input: map[string]any{"command": line}, Cwd: "/home/bob/repo"}
}

// in is somebody of a group on Linux, now.
func in(group string) policytest.Subject {
	return policytest.Subject{Group: group, Platform: "linux", At: now}
}

// shown writes a verdict in one line.
func shown(v policytest.Verdict) string {
	text := string(v.Got)
	if v.Decided {
		text += " by " + v.By() + " (" + v.Grounds[0].Via + ")"
	}
	var rest []string
	for i, g := range v.Grounds {
		if i > 0 || !v.Decided {
			rest = append(rest, string(g.Outcome)+" "+g.Name())
		}
	}
	if len(rest) > 0 {
		text += "; " + strings.Join(rest, ", ")
	}
	return text
}
