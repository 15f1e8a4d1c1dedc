package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
	"github.com/policygen/policygen/internal/value"
)

// sections reads guidance, hooks, servers, policies and exceptions of every file.
func (l *loader) sections() {
	for _, f := range l.set.Files {
		f.Narrow, f.Servers = mapOf(f.root.Get("narrow")), mapOf(f.root.Get("mcp_servers"))
		for _, n := range items(f.root.Get("guidance")) {
			l.guidance(f, n)
		}
		for _, n := range items(f.root.Get("hooks")) {
			l.hook(f, n)
		}
		for _, n := range items(f.root.Get("policies")) {
			l.policy(f, n)
		}
		for _, n := range items(f.root.Get("exceptions")) {
			l.exception(f, n)
		}
	}
}

// mapOf returns a node that is a map, nil for anything else: the schema has told of it, and nobody further on need ask again.
func mapOf(n *value.Node) *value.Node {
	if n == nil || n.Kind != value.Map {
		return nil
	}
	return n
}

// guidance reads a section of CLAUDE.md, from the entry or from a file. Line ends and a byte order mark are normalized, so that artifacts do
// not depend on the editor that wrote the text.
func (l *loader) guidance(f *File, n *value.Node) {
	title := n.Get("title")
	section := Section{Title: strings.TrimSpace(title.Str()), Text: n.Get("text").Str(), Pos: n.Pos}
	if title != nil {
		section.Pos = title.Pos
	}
	if strings.ContainsAny(section.Title, "\r\n") {
		l.add(diag.New(diag.InvalidValue, section.Pos, `"title" must be one line`))
		return
	}
	if file := n.Get("file"); file.Str() != "" {
		data, ok := l.reference(file)
		if !ok {
			return
		}
		if !utf8.Valid(data) {
			l.add(diag.New(diag.NotUTF8, file.Pos, "%q is not UTF-8 text", file.Str()))
			return
		}
		l.textSecrets(cleanPath(file.Str()), data)
		section.Text = strings.TrimPrefix(string(data), "\ufeff")
	}
	section.Text = strings.TrimSpace(strings.ReplaceAll(section.Text, "\r\n", "\n"))
	if bad, found := forbidden(section.Text); found {
		l.add(diag.New(diag.ControlCharacter, section.Pos, "the text holds the control character U+%04X", bad).WithHint("remove the character"))
		return
	}
	f.Guidance = append(f.Guidance, section)
}

// reference reads a file that a field names.
func (l *loader) reference(n *value.Node) ([]byte, bool) {
	name := n.Str()
	d := diag.New(diag.ReferencedFile, n.Pos, "")
	switch clean := cleanPath(name); {
	case clean == "":
		d.Message = fmt.Sprintf("%q is not a path inside the policy folder", name)
		d.Hint = "write the path from the policy folder, with forward slashes and without .."
	default:
		data, err := l.set.Tree.Read(clean)
		if err == nil {
			return data, true
		}
		d.Message = err.Error()
		d.Hint = "paths start at the policy folder, not at the file that names them"
	}
	l.add(d)
	return nil, false
}

// cleanPath returns a relative slash path, or "" for one that is not or that leaves the folder.
func cleanPath(name string) string {
	name = strings.TrimPrefix(name, "./")
	// Hidden names are refused as well: what a policy ships should be in sight of its reviewers.
	refused := func(part string) bool { return part == "" || strings.HasPrefix(part, ".") }
	if strings.ContainsAny(name, `\:`) || slices.ContainsFunc(strings.Split(name, "/"), refused) {
		return ""
	}
	return name
}

// policy takes a named policy in. A second one of the same name is told and dropped, so that exceptions name exactly one.
func (l *loader) policy(f *File, n *value.Node) {
	name := n.Get("name")
	if name.Str() == "" || !l.unique("policy", name) {
		return
	}
	p := &Policy{Name: name.Str(), Pos: name.Pos, Type: n.Get("type").Str(), Target: n.Get("target").Str(), Group: f.Group, Node: n}
	if p.Target == "tool" { // the alias that the schema lists
		p.Target = "tools"
	}
	p.ModeUntil = l.date(n, "mode_until", false)
	l.ringDates(p)
	if pattern := n.Get("pattern"); pattern.Str() != "" {
		if _, err := regexp.Compile(pattern.Str()); err != nil {
			l.add(diag.New(diag.BadPattern, pattern.Pos, "pattern does not compile: %s", patternError(err)).
				WithHint("patterns are RE2: no backreferences, no look-around"))
		}
	}
	if module := n.Get("module"); module.Str() != "" && !inline(module.Str()) {
		l.reference(module)
	}
	l.controls(p)
	l.set.Policies = append(l.set.Policies, p)
}

// patternError leaves out the words that every error of Go's parser begins with.
func patternError(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// exception takes an exception in, wrong ones too: check lists them all. Where it stands bounds whom it may exempt, so that a team which
// owns an overlay cannot exempt others.
func (l *loader) exception(f *File, n *value.Node) {
	e := &Exception{Pos: n.Pos, Node: n, Group: f.Group, Team: teamOf(n).Str(), User: n.Get("user").Str(), Project: n.Get("project").Str(), Policies: texts(n.Get("exempt_from"))}
	e.Starts = l.date(n, "starts", false)
	e.Expires = l.date(n, "expires", true)
	l.date(n, "reviewed_at", false)
	if expires := n.Get("expires"); expires != nil {
		e.ExpiresPos = expires.Pos
		e.unread = expires.Kind != value.Null && e.Expires.IsZero()
	}
	if !e.Starts.IsZero() && !e.Expires.IsZero() && !e.Starts.Before(e.Expires) {
		l.add(diag.New(diag.ExceptionScope, e.ExpiresPos, "the exception ends before it starts").WithRelated(n.Get("starts").Pos, "it starts here"))
	}
	if e.Team != "" && e.Team != DefaultGroup && l.set.Group(e.Team) == nil {
		l.add(l.unknownGroup(e.Team, teamOf(n).Pos))
	} else if f.Group != "" && !l.within(e.Team, f.Group) {
		l.add(diag.New(diag.ExceptionScope, n.Pos, "an exception in an overlay holds for its own group or one below it").
			WithHint("write `team: %s`, or move the exception to an organization file", f.Group))
	}
	l.set.Exceptions = append(l.set.Exceptions, e)
}

// within reports whether a group is the other one or below it.
func (l *loader) within(name, ancestor string) bool {
	for g := l.index[name]; g != nil; g = l.index[g.Parent] {
		if g.Name == ancestor {
			return true
		}
	}
	return false
}

// references checks that names used in one section are defined in another.
func (l *loader) references() {
	names := make([]string, len(l.set.Policies))
	for i, p := range l.set.Policies {
		names[i] = p.Name
	}
	for _, f := range l.set.Files {
		for _, n := range items(f.root.Get("exceptions")) {
			for _, policy := range items(n.Get("exempt_from")) {
				l.knownPolicy(policy, names, "plain settings cannot be exempted: move them into a policy of `type: settings`")
			}
			l.exceptionValues(n)
		}
		for _, n := range items(f.root.Get("tests")) {
			l.test(f, n, names)
		}
	}
}

// exceptionValues tells of policies that have no values from which an exception could take some.
func (l *loader) exceptionValues(n *value.Node) {
	values := n.Member("values")
	for _, name := range items(n.Get("exempt_from")) {
		i := slices.IndexFunc(l.set.Policies, func(p *Policy) bool { return p.Name == name.Str() })
		if values == nil || i < 0 {
			continue
		}
		switch p := l.set.Policies[i]; p.Type {
		case "pattern-deny", "limit", "settings", "rego":
			l.add(diag.New(diag.ExceptionScope, values.KeyPos, "policy %q of type %s has no values to exempt from", p.Name, p.Type).
				WithHint("remove `values` to exempt from the whole policy").WithRelated(p.Pos, "the policy"))
		}
	}
}

// knownPolicy tells of a policy that is not defined: with the nearest name, or the hint given where nothing is near.
func (l *loader) knownPolicy(n *value.Node, names []string, otherwise string) {
	if n.Str() == "" || slices.Contains(names, n.Str()) {
		return
	}
	d := diag.New(diag.UnknownPolicy, n.Pos, "policy %q is not defined", n.Str()).WithHint("%s", otherwise)
	if near := spell.Nearest(n.Str(), names); near != "" {
		d.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	l.add(d)
}
