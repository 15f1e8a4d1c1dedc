package permission

import (
	"slices"
	"strings"
)

// Behavior is what happens to a call.
type Behavior string

// The outcomes of a call. A call that asks is refused where nobody can answer.
const (
	BehaviorAllow Behavior = "allow"
	BehaviorAsk   Behavior = "ask"
	BehaviorDeny  Behavior = "deny"
	// BehaviorUnknown is the answer where the client's cannot be known from
	// the call and the policy alone.
	BehaviorUnknown Behavior = "unknown"
)

// Policy is the permissions block: three lists and the mode, "" for default.
// The order of a list matters for negated file rules alone.
type Policy struct {
	Allow, Ask, Deny []Rule
	DefaultMode      string
	// Directories are worked in like the project: additionalDirectories.
	Directories []string
	// NoBypass and NoAuto say that the policy turns a mode off; a session that
	// asks for it gets the default mode.
	NoBypass, NoAuto bool
}

// Decision is the outcome of a call and what led to it. Rule is the zero
// rule when none decided.
type Decision struct {
	Behavior Behavior
	Rule     Rule
	Reason   string
}

// Decide says what claude 2.1.329 does with a call: deny rules win over ask
// rules, ask over allow, whatever their order or detail. Where the client
// asks about a shell line that no rule can approve, so does Decide; symbolic
// links, hooks, the sandbox and the automatic mode's classifier are not modelled.
func Decide(p Policy, c Call) Decision {
	s := newSubject(&c)
	if i := s.first(p.Deny, Deny); i >= 0 {
		return Decision{BehaviorDeny, p.Deny[i], "denied by a rule"}
	}
	d := s.decide(p)
	if d.Behavior == BehaviorAsk && p.DefaultMode == "dontAsk" {
		d.Behavior, d.Reason = BehaviorDeny, "the dontAsk mode refuses what would ask: "+d.Reason
	}
	return d
}

// decide answers for a call that no deny rule stops. The modes come after the
// ask rules, so that a rule which wants a person's word is never lost in one.
func (s *subject) decide(p Policy) Decision {
	if i := s.first(p.Ask, Ask); i >= 0 {
		return Decision{BehaviorAsk, p.Ask[i], "asked by a rule"}
	}
	// Deny and ask rules were judged before: this mode does not lift them (2.1.329).
	if p.DefaultMode == "bypassPermissions" {
		return Decision{Behavior: BehaviorAllow, Reason: "the bypassPermissions mode asks for nothing"}
	}
	if s.line != nil {
		return s.decideLine(p)
	}
	if s.editsPath() {
		return s.decideEdit(p)
	}
	if i := s.first(p.Allow, Allow); i >= 0 {
		return Decision{BehaviorAllow, p.Allow[i], "allowed by a rule"}
	}
	return s.decideWithoutRule()
}

// decideWithoutRule answers for a call that no rule names.
func (s *subject) decideWithoutRule() Decision {
	switch {
	case len(s.paths) == 1 && s.inside(s.paths[0].target):
		return Decision{Behavior: BehaviorAllow, Reason: "reading in the project needs no rule"}
	case quietTools[s.tool]:
		return Decision{Behavior: BehaviorAllow, Reason: s.tool + " needs no rule"}
	}
	return Decision{Behavior: BehaviorAsk, Reason: "no rule allows it"}
}

// editsPath reports Edit, Write and NotebookEdit, which name exactly one file.
func (s *subject) editsPath() bool { return len(s.paths) == 1 && s.paths[0].edit }

// decideEdit handles the tools that change one file. Neither a rule nor a mode
// but bypassPermissions opens the folders that configure the client itself.
func (s *subject) decideEdit(p Policy) Decision {
	t := s.paths[0].target
	switch {
	case p.DefaultMode == "plan":
		return Decision{Behavior: BehaviorAsk, Reason: "the plan mode changes no files"}
	case guardedPath(t.abs):
		return Decision{Behavior: BehaviorAsk, Reason: "the client guards this folder against rules"}
	}
	if i := s.first(p.Allow, Allow); i >= 0 {
		return Decision{BehaviorAllow, p.Allow[i], "allowed by a rule"}
	}
	if p.DefaultMode == "acceptEdits" && s.inside(t) {
		return Decision{Behavior: BehaviorAllow, Reason: "the acceptEdits mode changes files in the project"}
	}
	return Decision{Behavior: BehaviorAsk, Reason: "no rule allows it"}
}

// decideLine handles shell lines. A rule for the whole line, or for the bare
// tool, is looked for before the obstacles: nothing of such a line is taken
// apart.
func (s *subject) decideLine(p Policy) Decision {
	for i := range s.parts {
		if destructive(s.parts[i].words, s.Home) {
			return Decision{Behavior: BehaviorAsk, Reason: "the command removes a top folder"}
		}
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
func (s *subject) decideParts(p Policy) Decision {
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

// exactly reports an exact pattern of this text.
func (p *commandPattern) exactly(text string) bool {
	return p != nil && p.parts == nil && !p.prefix && p.text == text
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
func (s *subject) partAllowed(p *part, pol Policy) (int, bool) {
	for i := range p.paths {
		if p.paths[i].redirect && !s.redirectAllowed(&p.paths[i], pol) {
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
	for _, v := range p.narrow {
		if pattern.match(v.text, v.squeezed) {
			return true
		}
	}
	return false
}

// quietPart reports a command that needs no rule: claude 2.1.329 runs what
// only reads (ls, cat, grep, git log) without asking, as long as the files
// named lie in the project.
func (s *subject) quietPart(p *part, pol Policy) bool {
	w := p.words
	if len(w) == 0 || s.tool != "Bash" {
		return false
	}
	if len(w) == 2 && w[0] == "cd" {
		return s.inside(newTarget(s.expand(w[1]), s.Cwd, s.Call))
	}
	if w[0] != "echo" && slices.Contains(p.simple.words[:len(p.simple.words)-len(w)], "xargs") {
		return false // its input may name any file
	}
	accept := pol.DefaultMode == "acceptEdits" && acceptable[w[0]]
	if !accept && !quiet(w) && !version(w) {
		return false
	}
	return s.quietPaths(p, pol, accept)
}

// quietPaths reports that every file of a command may be touched without being
// asked: it lies in the project or a rule allows it. accept is set for a
// command that changes files, which no mode lets into the guarded folders.
func (s *subject) quietPaths(p *part, pol Policy, accept bool) bool {
	for i := range p.paths {
		t := &p.paths[i]
		if !s.inside(t.target) && pathHit(pol.Allow, Allow, t) < 0 || accept && guardedPath(t.abs) {
			return false
		}
	}
	return true
}

// version reports `node -v` and the like.
func version(w []string) bool {
	return len(w) == 2 && (w[0] == "node" && w[1] == "-v" || strings.HasPrefix(w[0], "python") && w[1] == "--version")
}

// redirectAllowed reports whether a redirection may be followed: reading
// needs a file in the project or a Read rule, writing an Edit rule.
func (s *subject) redirectAllowed(a *access, p Policy) bool {
	if pathHit(p.Allow, Allow, a) >= 0 {
		return !a.edit || !guardedPath(a.abs)
	}
	return s.inside(a.target) && (!a.edit || p.DefaultMode == "acceptEdits" && !guardedPath(a.abs))
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
		at, ok := s.partAllowed(&s.parts[i], Policy{Allow: rules})
		if !ok || at < 0 {
			return false
		}
	}
	return true
}
