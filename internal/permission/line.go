package permission

import "strings"

// decideLine handles shell lines. A rule for the whole line, or for the bare
// tool, is looked for before the obstacles: nothing of such a line is taken
// apart.
func (s *subject) decideLine(p *Policy) Decision {
	if s.hidesDenied(p) {
		return Decision{Behavior: BehaviorAsk, Reason: "a script inside the command runs what a rule denies"}
	}
	for _, r := range p.Allow {
		f := r.compiled()
		if f.matchTool(s.tool) && f.bare || f.command.exactly(s.whole.text) && f.tool == s.tool {
			return Decision{BehaviorAllow, r, "allowed by a rule"}
		}
	}
	if why := s.lineObstacle(); why != "" {
		return Decision{Behavior: BehaviorAsk, Reason: why}
	}
	return s.decideParts(p)
}

// decideParts needs a rule, or no need of one, for each part of the line.
func (s *subject) decideParts(p *Policy) Decision {
	used := -1
	for i := range s.parts {
		at, ok := s.partAllowed(&s.parts[i], p)
		if !ok {
			return Decision{Behavior: BehaviorAsk, Reason: "no rule allows " + quote(s.parts[i].text)}
		}
		if at >= 0 && used < 0 {
			used = at
		}
	}
	switch {
	case len(s.parts) == 0:
		return Decision{Behavior: BehaviorAsk, Reason: "the command is empty"}
	case used >= 0:
		return Decision{BehaviorAllow, p.Allow[used], "allowed by a rule"}
	}
	return Decision{Behavior: BehaviorAllow, Reason: "the command only reads in the project"}
}

// removesTop reports a command that removes a top folder.
func (s *subject) removesTop() bool {
	for i := range s.parts {
		if !s.parts[i].unseen && s.destructive(s.parts[i].words) {
			return true
		}
	}
	return false
}

// hidesDenied reports a deny rule on a command that the client finds only when
// it looks closer, and then asks about.
func (s *subject) hidesDenied(p *Policy) bool {
	for i := range s.parts {
		if !s.parts[i].script {
			continue
		}
		for j := range p.Deny {
			if f := p.Deny[j].compiled(); f.command != nil && f.tool == s.tool && s.parts[i].wider(f.command) {
				return true
			}
		}
	}
	return false
}

// exact reports a pattern that is one text.
func (p *commandPattern) exact() bool { return p != nil && p.parts == nil && !p.prefix }

// exactly reports an exact pattern of this text.
func (p *commandPattern) exactly(text string) bool {
	return p.exact() && p.text == text
}

// lineObstacle says why no rule with content can approve the line. A git call
// after cd is one, because the folder's own configuration can run programs.
func (s *subject) lineObstacle() string {
	if s.line.unsure != "" {
		return s.line.unsure
	}
	changed := false
	for i := range s.parts {
		if len(s.parts[i].words) == 0 {
			continue
		}
		switch name := s.parts[i].words[0]; {
		case evaluators[name]:
			return name + " runs its arguments as shell code"
		case name == "cd":
			changed = true
		case name == "git" && changed:
			return "a change of folder before git cannot be approved"
		}
	}
	return ""
}

// partAllowed reports whether one command may run, and by which rule (-1 none).
// The redirections are judged first: a rule for the command says nothing about
// the file its output goes to.
func (s *subject) partAllowed(p *part, pol *Policy) (int, bool) {
	for i := range p.paths {
		if p.paths[i].redirect && !s.redirectAllowed(&p.paths[i], pol) {
			return -1, false
		}
	}
	for i := range p.paths {
		if p.paths[i].loose && p.paths[i].edit {
			return -1, false
		}
	}
	for i := range pol.Allow {
		f := pol.Allow[i].compiled()
		if f.command != nil && f.tool == s.tool && p.named(f.command) {
			return i, true
		}
	}
	return -1, s.quietPart(p, pol)
}

// named reports whether an allow rule's pattern matches the command in one of
// its narrow readings.
func (p *part) named(pattern *commandPattern) bool {
	for i, v := range p.narrow {
		if i > 0 && p.xargs && pattern.exact() {
			continue // xargs adds arguments
		}
		if pattern.match(v.text, v.squeezed) {
			return true
		}
	}
	return false
}

// quietPart reports a command that needs no rule: claude 2.1.329 runs what
// only reads (ls, cat, grep, git log) without asking, as long as the files
// named lie in the project.
func (s *subject) quietPart(p *part, pol *Policy) bool {
	w := p.words
	if len(w) == 0 || s.tool != "Bash" {
		return false
	}
	if len(w) == 2 && w[0] == "cd" {
		return s.quietChange(w[1], pol)
	}
	if p.wrapped || p.xargs && w[0] != "echo" || p.moved && reads[w[0]] && len(p.paths) == 0 {
		if p.xargs && patternReaders[w[0]] {
			s.unknown = "the client lets some of these run behind xargs"
		}
		return false
	}
	accept := pol.accepts() && acceptable[w[0]]
	if !accept && !s.quiet(w) {
		return false
	}
	return w[0] == "git" || s.quietPaths(p, pol, accept)
}

// quietChange reports a change to a folder in which reading needs no rule.
func (s *subject) quietChange(to string, pol *Policy) bool {
	if to == "-" {
		return true
	}
	a := s.newAccess(s.expand(to), s.Cwd, access{read: true, shell: true})
	return !strings.HasPrefix(to, "-") && (s.inside(&a) || pathHit(pol.Allow, Allow, &a) >= 0)
}

// quietPaths reports that every file of a command may be touched without being
// asked: it lies in the project or a rule allows it. accept is set for a
// command that changes files, which no mode lets into the guarded folders.
func (s *subject) quietPaths(p *part, pol *Policy, accept bool) bool {
	for i := range p.paths {
		t := &p.paths[i]
		if t.loose || !s.inside(t) && pathHit(pol.Allow, Allow, t) < 0 || accept && guardedAccess(t) {
			return false
		}
	}
	return true
}

// redirectAllowed reports whether a redirection may be followed: reading
// needs a file in the project or a Read rule, writing an Edit rule.
func (s *subject) redirectAllowed(a *access, p *Policy) bool {
	if a.upward {
		return false
	}
	if pathHit(p.Allow, Allow, a) >= 0 {
		return !a.edit || !guardedAccess(a)
	}
	return !a.loose && s.inside(a) && (!a.edit || p.accepts() && !guardedAccess(a))
}

// allowsLine reports whether these allow rules match each part of the line.
func (s *subject) allowsLine(rules []Rule) bool {
	for i := range rules {
		if f := rules[i].compiled(); f.tool == s.tool && f.command.exactly(s.whole.text) {
			return true
		}
	}
	return s.lineObstacle() == "" && len(s.parts) > 0 && s.allowsParts(rules)
}

// allowsParts reports whether a rule, and not only the client's own list of
// harmless commands, stands behind each part.
func (s *subject) allowsParts(rules []Rule) bool {
	for i := range s.parts {
		at, ok := s.partAllowed(&s.parts[i], &Policy{Allow: rules})
		if !ok || at < 0 {
			return false
		}
	}
	return true
}
