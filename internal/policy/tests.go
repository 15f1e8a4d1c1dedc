package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// Test is one case of a tests section: a call, who makes it, and the decision it must get.
type Test struct {
	Name     string
	Pos      diag.Pos  // of the name
	Group    string    // DefaultGroup where none is written
	User     string    // "" for nobody in particular
	Project  string    // git remote as written, "" for none
	Platform string    // "" for every platform of the group
	At       time.Time // zero: the date of the run
	Mode     string    // permission mode, "" for the one that sessions start in
	Tool     string    // "" where Server is set
	Input    map[string]any
	Cwd      string // "" for any folder
	Server   string // MCP server that a session connects to
	Expect   string // allow, ask or deny
	By       string // policy or permission rule that must decide; "" for any
}

// test takes a case in and checks the names that it uses; the schema has checked its shape.
func (l *loader) test(f *File, n *value.Node, policies []string) {
	name := n.Get("name")
	if name.Str() == "" || !l.unique("test", name) {
		return
	}
	if by := n.Get("by"); by.Str() != "" && !isRule(by.Str()) {
		l.knownPolicy(by, policies, "`by` names a policy, or a permission rule such as Bash(curl *)")
	}
	t := &Test{Name: name.Str(), Pos: name.Pos, Group: f.Group, User: n.Get("user").Str(), Project: n.Get("project").Str(), Platform: n.Get("platform").Str(),
		At: l.date(n, "at", false), Mode: n.Get("mode").Str(), Expect: n.Get("expect").Str(), By: n.Get("by").Str()}
	t.call(n.Get("when"))
	if meant := permission.MeantTool(t.Tool); meant != "" {
		l.add(diag.New(diag.UnknownTool, n.At("when.tool").Pos, "the client has no tool %q", t.Tool).WithHint("did you mean %q?", meant))
	}
	if group := n.Get("group"); group.Str() != "" {
		t.Group = group.Str()
		if t.Group != DefaultGroup && l.index[t.Group] == nil {
			l.add(l.unknownGroup(t.Group, group.Pos))
		}
	}
	if t.Group == "" {
		t.Group = DefaultGroup
	}
	l.set.Tests = append(l.set.Tests, t)
}

// call reads what the case does.
func (t *Test) call(when *value.Node) {
	t.Tool, t.Cwd, t.Server = when.Get("tool").Str(), when.Get("cwd").Str(), when.Get("mcp_server").Str()
	t.Input = map[string]any{}
	for _, m := range members(when.Get("input")) {
		t.Input[m.Key] = m.Value.Any()
	}
}

// isRule reports whether a text is written like a permission rule rather than a policy's name.
func isRule(s string) bool {
	return strings.ContainsAny(s, "()") || strings.HasPrefix(s, "mcp__") || (s != "" && s[0] >= 'A' && s[0] <= 'Z')
}

// Modes returns the permission modes that a session can run in, as the schema lists them.
func Modes() []string {
	return []string{"default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions"}
}

// IsMode reports whether a text is a permission mode.
func IsMode(s string) bool { return slices.Contains(Modes(), s) }
