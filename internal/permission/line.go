package permission

import "strings"

// decideLine handles shell lines. A rule for the whole line, or for the bare
// tool, is looked for before the obstacles: nothing of such a line is taken
// apart.
func (s *subject) decideLine(p *Compiled) Decision {
	if s.hidesDenied(p) {
		return Decision{Behavior: BehaviorAsk, Reason: "a script inside the command runs what a rule denies"}
	}
	if i := s.wholly(p.allow); i >= 0 {
		return Decision{BehaviorAllow, p.Allow[i], "allowed by a rule"}
	}
	if s.foreign() {
		return Decision{Behavior: BehaviorUnknown, Reason: "only PowerShell can take this line apart"}
	}
	why := s.lineObstacle()
	if s.tool == "PowerShell" {
		why = s.cmdletObstacle()
	}
	if why != "" {
		return Decision{Behavior: BehaviorAsk, Reason: why}
	}
	return s.decideParts(p)
}

// decideParts needs a rule, or no need of one, for each part of the line.
func (s *subject) decideParts(p *Compiled) Decision {
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
func (s *subject) hidesDenied(p *Compiled) bool {
	for i := range s.parts {
		if !s.parts[i].script {
			continue
		}
		if t := p.deny.tools[s.tool]; t != nil && s.parts[i].wider(p.deny, t, -1) >= 0 {
			return true
		}
	}
	return false
}

// wholly returns the first rule for the bare tool or for this very line, or -1.
func (s *subject) wholly(set *ruleSet) int {
	best := -1
	for _, i := range set.wild {
		if f := set.forms[i]; f.bare && f.matchTool(s.tool) {
			best = i
			break
		}
	}
	if t := set.tools[s.tool]; t != nil {
		best = t.hit(set, &s.whole, earlier(best, set.firstBare(t.rest)), (*commandPattern).exact)
	}
	return best
}

// exact reports a pattern that is one text.
func (p *commandPattern) exact() bool { return p != nil && p.parts == nil && !p.prefix }

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
func (s *subject) partAllowed(p *part, pol *Compiled) (int, bool) {
	if s.tool == "PowerShell" {
		return s.cmdletAllowed(p, pol)
	}
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
	if i := s.named(p, pol.allow); i >= 0 {
		return i, true
	}
	return -1, s.quietPart(p, pol)
}

// named returns the first allow rule that matches the command in one of its
// narrow readings, or -1. Behind xargs it gets arguments that no rule names.
func (s *subject) named(p *part, set *ruleSet) int {
	t, best := set.tools[s.tool], -1
	for i := range p.narrow {
		switch {
		case t == nil:
		case i > 0 && p.xargs:
			best = t.hit(set, &p.narrow[i], best, notExact)
		default:
			best = t.hit(set, &p.narrow[i], best, nil)
		}
	}
	return best
}

// quietPart reports a command that needs no rule: claude 2.1.329 runs what
// only reads (ls, cat, grep, git log) without asking, as long as the files
// named lie in the project.
func (s *subject) quietPart(p *part, pol *Compiled) bool {
	w := p.words
	if len(w) == 0 {
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
func (s *subject) quietChange(to string, pol *Compiled) bool {
	if to == "-" {
		return true
	}
	a := s.newAccess(s.expand(to), s.Cwd, access{read: true, shell: true})
	return !strings.HasPrefix(to, "-") && (s.inside(&a) || pathHit(pol.allow, Allow, &a) >= 0)
}

// quietPaths reports that every file of a command may be touched without being
// asked: it lies in the project or a rule allows it. accept is set for a
// command that changes files, which no mode lets into the guarded folders.
func (s *subject) quietPaths(p *part, pol *Compiled, accept bool) bool {
	for i := range p.paths {
		t := &p.paths[i]
		if t.loose || !s.inside(t) && pathHit(pol.allow, Allow, t) < 0 || accept && guardedAccess(t) {
			return false
		}
	}
	return true
}

// redirectAllowed reports whether a redirection may be followed: reading
// needs a file in the project or a Read rule, writing an Edit rule.
func (s *subject) redirectAllowed(a *access, p *Compiled) bool {
	if a.upward {
		return false
	}
	if pathHit(p.allow, Allow, a) >= 0 {
		return !a.edit || !guardedAccess(a)
	}
	return !a.loose && s.inside(a) && (!a.edit || p.accepts() && !guardedAccess(a))
}

// allowsLine reports whether these allow rules match each part of the line.
func (s *subject) allowsLine(set *ruleSet) bool {
	if t := set.tools[s.tool]; t != nil && t.hit(set, &s.whole, -1, (*commandPattern).exact) >= 0 {
		return true
	}
	return s.lineObstacle() == "" && len(s.parts) > 0 && s.allowsParts(&Compiled{allow: set})
}

// allowsParts reports whether a rule, and not only the client's own list of
// harmless commands, stands behind each part.
func (s *subject) allowsParts(p *Compiled) bool {
	for i := range s.parts {
		at, ok := s.partAllowed(&s.parts[i], p)
		if !ok || at < 0 {
			return false
		}
	}
	return true
}
