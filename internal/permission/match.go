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
	s := newSubject(&c)
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
		return false
	}
	if f.bare {
		return true
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

// subjectName is what Agent, Skill and WebSearch rules are compared with.
func (s *subject) subjectName() string {
	switch s.tool {
	case "Agent":
		if s.text("subagent_type") == "" {
			return "general-purpose"
		}
		return s.text("subagent_type")
	case "Skill":
		return strings.TrimSpace(s.text("skill") + " " + s.text("args"))
	}
	return s.text("query")
}

// commandMatches compares with every part of a line in every wide reading.
func (s *subject) commandMatches(p *commandPattern) bool {
	if s.line == nil {
		return false
	}
	if p.exactly(s.whole.text) {
		return true
	}
	for i := range s.parts {
		for _, v := range s.parts[i].wide {
			if p.match(v.text, v.squeezed) {
				return true
			}
		}
	}
	return false
}

// firstPath returns the index of the rule that decides about one of the
// paths of the call, or -1.
func (s *subject) firstPath(rules []Rule, list List) int {
	for i := range s.paths {
		if at := pathHit(rules, list, &s.paths[i]); at >= 0 {
			return at
		}
	}
	return -1
}

// pathHit applies gitignore semantics to one path: per anchor, the last
// pattern that matches a folder or the file decides, and a file below a
// matched folder cannot be re-opened.
func pathHit(rules []Rule, list List, a *access) int {
	used := usedAnchors(rules, list, a)
	for at := anchorCwd; at < anchorCount; at++ {
		if !used[at] {
			continue
		}
		for n := 1; n <= len(a.rel[at]); n++ {
			if hit := lastMatch(rules, list, a, at, n); hit >= 0 {
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
func lastMatch(rules []Rule, list List, a *access, at anchor, n int) int {
	hit, rel := -1, a.rel[at]
	for i := range rules {
		f := rules[i].compiled()
		if f.path == nil || f.path.anchor != at || f.path.negated != (hit >= 0) || !a.covers(f.tool, list) {
			continue // of another anchor or tool, or without effect here
		}
		if !f.path.matchPrefix(rel[:n], n == len(rel), list != Allow) {
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
	switch tool {
	case "Edit":
		return a.edit
	case "Read":
		return a.read && (list != Allow || !a.edit)
	}
	return false
}
