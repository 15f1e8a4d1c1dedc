package permission

import "strings"

// Match reports whether the rule, standing in a deny or ask list, applies to
// the call. A negated path rule never matches alone.
func (r Rule) Match(c Call) bool { return r.MatchAs(Deny, c) }

// MatchAs reports whether the rule applies to the call when it stands in the
// given list. Allow is narrower: it sees through fewer wrappers, a folder
// pattern such as sub/** is anchored, and a shell line needs each of its
// parts matched, here by this one rule.
func (r Rule) MatchAs(list List, c Call) bool { return newSubject(c).matchesAlone(r, list) }

// Matching returns the places of the rules that apply to the call, each as if
// it stood alone in the list: MatchAs for all, the call taken apart once.
func Matching(list List, rules []Rule, c Call) []int {
	s, places := newSubject(c), []int(nil)
	for i, r := range rules {
		if s.matchesAlone(r, list) {
			places = append(places, i)
		}
	}
	return places
}

// matchesAlone is MatchAs for a call that was taken apart.
func (s *subject) matchesAlone(r Rule, list List) bool {
	f := r.compiled()
	set := newRuleSet([]*form{f})
	if list == Allow && s.line != nil && f.command != nil {
		return s.allowsLine(set)
	}
	return s.first(set, list) >= 0
}

// first returns the index of the first rule of the list that applies, or -1.
// Rules for paths come last, because they depend on the whole list.
func (s *subject) first(set *ruleSet, list List) int {
	best := s.firstOf(set, set.wild, list)
	if t := set.tools[s.tool]; t != nil {
		best = earlier(best, s.firstOf(set, t.rest, list))
		if list != Allow {
			best = earlier(best, s.firstCommand(set, t))
		}
	}
	if t := set.tools["Read"]; t != nil && list == Deny && s.editsPath() {
		best = earlier(best, set.firstBare(t.rest)) // what nobody may read, nobody may write (2.1.329)
	}
	if best >= 0 {
		return best
	}
	return s.firstPath(set, list)
}

// firstBare returns the first of the rules that is for a whole tool, or -1.
func (set *ruleSet) firstBare(rules []int) int {
	for _, i := range rules {
		if set.forms[i].bare {
			return i
		}
	}
	return -1
}

// firstOf returns the first of these rules that applies, or -1.
func (s *subject) firstOf(set *ruleSet, rules []int, list List) int {
	for _, i := range rules {
		if s.matches(set.forms[i], list) {
			return i
		}
	}
	return -1
}

// matches covers everything but commands and paths.
func (s *subject) matches(f *form, list List) bool {
	switch {
	case !f.matchTool(s.tool):
		return false
	case f.bare:
		return true
	case list != Allow && s.parameterMatches(f):
		return true
	case f.host != nil:
		return f.host.matchLabels(s.host, s.labels)
	case f.name != nil:
		// Only deny rules know agents (2.1.329).
		return (s.tool != "Agent" || list != Ask) && f.name.match(s.subjectName(), s.subjectName())
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

// firstCommand returns the first rule for one of the commands in one of its
// wide readings. Stars reach over the operators of a line too.
func (s *subject) firstCommand(set *ruleSet, t *toolRules) int {
	if s.line == nil {
		return -1
	}
	best := -1
	if len(s.parts) != 1 || s.parts[0].text != s.whole.text {
		best = t.hit(set, &s.whole, -1, notPrefix)
	}
	for i := range s.parts {
		if !s.parts[i].unseen || s.strict {
			best = s.parts[i].wider(set, t, best)
		}
	}
	return best
}

// wider returns the first rule that matches one of the wide readings.
func (p *part) wider(set *ruleSet, t *toolRules, best int) int {
	for i := range p.wide {
		best = t.hit(set, &p.wide[i], best, nil)
	}
	return best
}

// notPrefix leaves out what compares with the beginning of a command.
func notPrefix(p *commandPattern) bool { return !p.prefix }

// notExact leaves out what names all arguments.
func notExact(p *commandPattern) bool { return !p.exact() }

// firstPath returns the index of the rule that decides about one of the
// paths of the call, or -1. Ask rules are for the file tools alone, and no rule
// for a path is looked at in a shell line that the client does not understand.
func (s *subject) firstPath(set *ruleSet, list List) int {
	if s.line != nil && !s.strict && (list == Ask || s.line.opaque) {
		return -1
	}
	for i := range s.paths {
		if at := pathHit(set, list, &s.paths[i]); at >= 0 {
			return at
		}
	}
	return -1
}

// pathHit returns the rule that decides about one path, or -1. Behind a
// symbolic link, an allow rule has to match the link and where it leads, a deny
// rule either.
func pathHit(set *ruleSet, list List, a *access) int {
	hit := targetHit(set, list, a, &a.target)
	switch {
	case a.real == nil || list == Allow && hit < 0 || list != Allow && hit >= 0:
		return hit
	case list != Allow:
		return targetHit(set, list, a, a.real)
	}
	for _, tool := range [...]string{"Read", "Edit"} { // rules of one tool have to match both
		one := *a
		one.only = tool
		if hit = targetHit(set, list, &one, &a.target); hit >= 0 && targetHit(set, list, &one, a.real) >= 0 {
			return hit
		}
	}
	return -1
}

// targetHit applies gitignore semantics to one path: per anchor, the last
// pattern that matches a folder or the file decides, and a file below a
// matched folder cannot be re-opened.
func targetHit(set *ruleSet, list List, a *access, t *target) int {
	for at := anchorCwd; at < anchorCount; at++ {
		rel := t.rel[at]
		if len(rel) == 0 {
			continue
		}
		own, open := set.paths[at].first[rel[0]], set.paths[at].open
		if hit := set.firstMatch(own, open, list, a, t, rel); hit < 0 || !set.paths[at].negated {
			if hit >= 0 {
				return hit
			}
			continue
		}
		for n := 1; n <= len(rel); n++ {
			if hit := lastMatch(set, own, open, list, a, rel, n); hit >= 0 {
				return hit
			}
		}
	}
	return -1
}

// firstMatch returns the pattern that matches the highest folder, and of several
// the first: the one that decides where none is negated. -1 means that no
// pattern matches.
func (set *ruleSet) firstMatch(own, open []candidate, list List, a *access, t *target, rel []string) int {
	hit, depth := -1, len(rel)
	for _, rules := range [...][]candidate{own, open} {
		for i := range rules {
			if !rules[i].need.within(&t.has) {
				continue
			}
			f, at := set.forms[rules[i].at], rules[i].at
			if f.path.negated || !a.covers(f.tool, list) {
				continue
			}
			for n := 1; n <= depth; n++ {
				if f.path.hits(list, a, rel, n) && (hit < 0 || n < depth || at < hit) {
					hit, depth = at, n
				}
			}
		}
	}
	return hit
}

// hits reports whether the pattern matches the first n segments of a path.
func (p *pathPattern) hits(list List, a *access, rel []string, n int) bool {
	whole := n == len(rel)
	return p.matchPrefix(rel[:n], whole, list != Allow) || list == Allow && a.shell && whole && p.matchFolder(rel)
}

// lastMatch returns the pattern that decides about the first n segments of a
// path below an anchor, -1 when none matches or a negated one came last. own
// and open are the rules that can match; they are looked at in the list's order.
func lastMatch(set *ruleSet, own, open []candidate, list List, a *access, rel []string, n int) int {
	hit := -1
	for len(own)+len(open) > 0 {
		i := 0
		if len(open) == 0 || len(own) > 0 && own[0].at < open[0].at {
			i, own = own[0].at, own[1:]
		} else {
			i, open = open[0].at, open[1:]
		}
		f := set.forms[i]
		if f.path.negated != (hit >= 0) || !a.covers(f.tool, list) {
			continue // of another tool, or without effect here
		}
		if !f.path.hits(list, a, rel, n) {
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
		return a.edit || list == Allow && !a.shell && !a.isGuarded() // who may change a file may read it
	case "Read":
		return a.read && (list != Allow || !a.edit)
	}
	return false
}
