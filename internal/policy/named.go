package policy

import (
	"cmp"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Value is one entry of a policy's values: a text, or an MCP server with its address or command.
type Value struct {
	Name    string // the text, or the server's name
	URL     string
	Command []string
	Pos     diag.Pos
}

// Plain reports whether the value is a text alone.
func (v Value) Plain() bool { return v.URL == "" && v.Command == nil }

// Values returns the entries of values, in the order written.
func (p *Policy) Values() []Value { return values(p.Node) }

// values reads a list of texts and maps mixed, as the language allows it in policies and exceptions alike.
func values(parent *value.Node) []Value {
	var list []Value
	for _, n := range items(parent.Get("values")) {
		list = append(list, Value{Name: cmp.Or(n.Str(), n.Get("name").Str()), URL: n.Get("url").Str(), Command: texts(n.Get("command")), Pos: n.Pos})
	}
	return list
}

// Text returns a string field of the policy, such as message or help_url; "" where it is absent.
func (p *Policy) Text(field string) string { return p.Node.Get(field).Str() }

// At returns the place of a field, or that of the policy's name where it is absent.
func (p *Policy) At(field string) diag.Pos {
	if n := p.Node.Get(field); n != nil {
		return n.Pos
	}
	return p.Pos
}

// Severity returns error, warning or info; error where nothing is written.
func (p *Policy) Severity() string {
	if s := p.Text("severity"); s != "" {
		return s
	}
	return "error"
}

// Enforce returns auto, native or hook; auto where nothing is written.
func (p *Policy) Enforce() string {
	if s := p.Text("enforce"); s != "" {
		return s
	}
	return "auto"
}

// Mode returns enforce, warn or observe at a moment: once mode_until has come, enforce.
func (p *Policy) Mode(at time.Time) string {
	mode := p.Text("mode")
	if mode == "" && p.Rollout != nil {
		mode = "observe"
	}
	if mode == "" || !p.ModeUntil.IsZero() && !at.Before(p.ModeUntil) {
		return "enforce"
	}
	return mode
}

// Binding reports whether the policy blocks at a moment: severity error in mode enforce. Only then it may become native settings.
func (p *Policy) Binding(at time.Time) bool {
	return p.Severity() == "error" && p.Mode(at) == "enforce"
}

// PolicyAt returns the policy in which a place lies, or nil: the place must be that of a value of the policy.
func (s *Set) PolicyAt(pos diag.Pos) *Policy {
	for _, p := range s.Policies {
		if p.Pos.File == pos.File && holds(p.Node, pos) {
			return p
		}
	}
	return nil
}

// holds searches a tree for a node at the place. Places of keys are not found, only those of values.
func holds(n *value.Node, pos diag.Pos) bool {
	if n.Pos == pos {
		return true
	}
	for _, item := range n.Items {
		if holds(item, pos) {
			return true
		}
	}
	for _, m := range n.Members {
		if holds(m.Value, pos) {
			return true
		}
	}
	return false
}
