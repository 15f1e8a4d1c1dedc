package permission

import "strings"

// Match reports whether the rule, standing in a deny or ask list, applies to
// the call. A negated path rule never matches alone.
func (r Rule) Match(c Call) bool { return r.MatchAs(Deny, c) }

// MatchAs reports whether the rule applies to the call when it stands in the
// given list. Allow is narrower: it sees through fewer wrappers, a folder
// pattern such as sub/** is anchored, and a shell line needs each of its
// parts matched, here by this one rule.
func (r Rule) MatchAs(list List, c Call) bool {
	s := newSubject(&c, true)
	f := r.compiled()
	if list == Allow && s.line != nil && f.command != nil {
		return s.allowsLine([]Rule{r})
	}
	return s.matches(f, list) || s.firstPath([]Rule{r}, list) >= 0
}

// first returns the index of the first rule of the list that applies, or -1.
func (s *subject) first(rules []Rule, list List) int {
	for i := range rules {
		if s.matches(rules[i].compiled(), list) {
			return i
		}
	}
	return s.firstPath(rules, list)
}

// matches covers everything but paths, which depend on the whole list.
func (s *subject) matches(f *form, list List) bool {
	if f.tool != s.tool && !f.matchTool(s.tool) {
		// What nobody may read, nobody may write (2.1.329).
		return f.bare && f.tool == "Read" && list == Deny && s.editsPath()
	}
	if f.bare {
		return true
	}
	if f.name != nil && s.tool == "Agent" && list == Ask {
		return f.param != "" && s.parameterMatches(f) // only deny rules know agents (2.1.329)
	}
	if list != Allow && s.parameterMatches(f) {
		return true
	}
	switch {
	case f.command != nil && list != Allow:
		return s.commandMatches(f.command)
	case f.host != nil:
		return f.host.match(s.host)
	case f.name != nil:
		return f.name.match(s.subjectName(), s.subjectName())
	}
	return false
}

// parameterMatches compares with a rule Tool(param:value). The client reads such
// rules in deny and ask only; a field that the call leaves out never matches.
func (s *subject) parameterMatches(f *form) bool {
	if f.param == "" {
		return false
	}
	v, ok := scalar(s.Input[f.param])
	return ok && f.value.match(v, v)
}

// subjectName is what Agent and Skill rules are compared with.
func (s *subject) subjectName() string {
	switch s.tool {
	case "Agent":
		if s.text("subagent_type") == "" {
			return "general-purpose"
		}
		return s.text("subagent_type")
	}
	return strings.TrimSpace(s.text("skill") + " " + s.text("args"))
}

// commandMatches compares with every part of a line in every wide reading.
func (s *subject) commandMatches(p *commandPattern) bool {
	if s.line == nil {
		return false
	}
	// Stars reach over the operators of a line too.
	if p.parts == nil && p.exactly(s.whole.text) || p.parts != nil && p.match(s.whole.text, s.whole.squeezed) {
		return true
	}
	for i := range s.parts {
		if s.parts[i].unseen && !s.strict {
			continue
		}
		if s.parts[i].wider(p) {
			return true
		}
	}
	return false
}

// wider reports a pattern that matches one of the wide readings.
func (p *part) wider(pattern *commandPattern) bool {
	for _, v := range p.wide {
		if pattern.match(v.text, v.squeezed) {
			return true
		}
	}
	return false
}

// firstPath returns the index of the rule that decides about one of the
// paths of the call, or -1. Ask rules are for the file tools alone, and no rule
// for a path is looked at in a shell line that the client does not understand.
func (s *subject) firstPath(rules []Rule, list List) int {
	if s.line != nil && !s.strict && (list == Ask || s.line.opaque) {
		return -1
	}
	for i := range s.paths {
		if at := pathHit(rules, list, &s.paths[i]); at >= 0 {
			return at
		}
	}
	return -1
}

// pathHit returns the rule that decides about one path, or -1. Behind a
// symbolic link, an allow rule has to match the link and where it leads, a deny
// rule either.
func pathHit(rules []Rule, list List, a *access) int {
	hit := targetHit(rules, list, a, &a.target)
	switch {
	case a.real == nil || list == Allow && hit < 0 || list != Allow && hit >= 0:
		return hit
	case list != Allow:
		return targetHit(rules, list, a, a.real)
	}
	for _, tool := range [...]string{"Read", "Edit"} { // rules of one tool have to match both
		one := *a
		one.only = tool
		if hit = targetHit(rules, list, &one, &a.target); hit >= 0 && targetHit(rules, list, &one, a.real) >= 0 {
			return hit
		}
	}
	return -1
}

// targetHit applies gitignore semantics to one path: per anchor, the last
// pattern that matches a folder or the file decides, and a file below a
// matched folder cannot be re-opened.
func targetHit(rules []Rule, list List, a *access, t *target) int {
	used := usedAnchors(rules, list, a)
	for at := anchorCwd; at < anchorCount; at++ {
		if !used[at] {
			continue
		}
		for n := 1; n <= len(t.rel[at]); n++ {
			if hit := lastMatch(rules, list, a, t.rel[at], at, n); hit >= 0 {
				return hit
			}
		}
	}
	return -1
}

// usedAnchors spares the walk below anchors that no rule starts from, which is
// most of the work for a long path.
func usedAnchors(rules []Rule, list List, a *access) (used [anchorCount]bool) {
	for i := range rules {
		if f := rules[i].compiled(); f.path != nil && a.covers(f.tool, list) {
			used[f.path.anchor] = true
		}
	}
	return used
}

// lastMatch returns the pattern that decides about the first n segments of a
// path below an anchor, -1 when none matches or a negated one came last.
func lastMatch(rules []Rule, list List, a *access, rel []string, at anchor, n int) int {
	hit := -1
	for i := range rules {
		f := rules[i].compiled()
		if f.path == nil || f.path.anchor != at || f.path.negated != (hit >= 0) || !a.covers(f.tool, list) {
			continue // of another anchor or tool, or without effect here
		}
		if !f.path.matchPrefix(rel[:n], n == len(rel), list != Allow) && !(list == Allow && a.shell && n == len(rel) && f.path.matchFolder(rel)) {
			continue
		}
		if hit = i; f.path.negated {
			hit = -1
		}
	}
	return hit
}

// covers reports whether rules of a tool guard this access. A Read deny also
// stops changes of a file (claude 2.1.329 refuses Write on it).
func (a *access) covers(tool string, list List) bool {
	if a.only != "" && tool != a.only {
		return false
	}
	switch tool {
	case "Edit":
		return a.edit || list == Allow && !a.shell && !guardedAccess(a) // who may change a file may read it
	case "Read":
		return a.read && (list != Allow || !a.edit)
	}
	return false
}
