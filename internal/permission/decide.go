package permission

import (
	"path"
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

// mode is the mode that a session really gets.
func (p *Policy) mode() string {
	if p.DefaultMode == "bypassPermissions" && p.NoBypass || p.DefaultMode == "auto" && p.NoAuto {
		return ""
	}
	return p.DefaultMode
}

// classified reports a mode in which a model judges what would be asked. The
// plan mode is one unless the automatic mode is off (2.1.329).
func (p *Policy) classified() bool {
	mode := p.mode()
	return mode == "auto" || mode == "plan" && !p.NoAuto
}

// accepts reports a mode in which changes in the project need no rule.
func (p *Policy) accepts() bool {
	mode := p.mode()
	return mode == "acceptEdits" || mode == "auto"
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
// asks about a shell line that no rule can approve, so does Decide. Where the
// client's answer depends on what is not given here, such as the judgement of
// a model or the content of a skill, it is BehaviorUnknown. Hooks and the
// sandbox are not modelled.
func Decide(p Policy, c Call) Decision { return Compile(p).Decide(c) }

// Decide is the function Decide without the work that is the same for each call.
func (p *Compiled) Decide(c Call) Decision {
	s, _ := p.idle.Get().(*subject)
	if s == nil {
		s = &subject{places: &places{}}
	}
	s.take(c, p.Directories, false)
	d := s.judge(p)
	s.forget()
	p.idle.Put(s)
	return d
}

// judge is the decision about the call that was taken apart.
func (s *subject) judge(p *Compiled) Decision {
	if i := s.first(p.deny, Deny); i >= 0 {
		return Decision{BehaviorDeny, p.Deny[i], "denied by a rule"}
	}
	d := s.decide(p)
	if d.Behavior != BehaviorAsk {
		return d
	}
	switch {
	case p.mode() == "dontAsk":
		d.Behavior, d.Reason = BehaviorDeny, "the dontAsk mode refuses what would ask: "+d.Reason
	case d.Rule.Tool != "":
	case p.classified() && s.classifiable(p):
		d.Behavior, d.Reason = BehaviorUnknown, "a model judges this call: "+d.Reason
	case s.line != nil && s.line.broken && len(s.parts) > 0 && s.decideParts(p).Behavior == BehaviorAllow:
		d.Behavior, d.Reason = BehaviorUnknown, "the shell would not understand the command"
	case s.unknown != "":
		d.Behavior, d.Reason = BehaviorUnknown, s.unknown
	}
	return d
}

// classifiable reports a call that a model judges where one does. In the plan
// mode people are asked about files all the same, except guarded ones.
func (s *subject) classifiable(p *Compiled) bool {
	return p.mode() == "auto" || !s.editsPath() || guardedAccess(&s.paths[0])
}

// decide answers for a call that no deny rule stops. The modes come after the
// ask rules, so that a rule which wants a person's word is never lost in one.
func (s *subject) decide(p *Compiled) Decision {
	if i := s.first(p.ask, Ask); i >= 0 {
		return Decision{BehaviorAsk, p.Ask[i], "asked by a rule"}
	}
	if s.removesTop() {
		return Decision{Behavior: BehaviorAsk, Reason: "the command removes a top folder"}
	}
	// Deny and ask rules were judged before: this mode does not lift them (2.1.329).
	if p.mode() == "bypassPermissions" {
		return Decision{Behavior: BehaviorAllow, Reason: "the bypassPermissions mode asks for nothing"}
	}
	if s.line != nil {
		return s.decideLine(p)
	}
	if s.editsPath() {
		return s.decideEdit(p)
	}
	if i := s.first(p.allow, Allow); i >= 0 {
		return Decision{BehaviorAllow, p.Allow[i], "allowed by a rule"}
	}
	return s.decideWithoutRule(p)
}

// decideWithoutRule answers for a call that no rule names.
func (s *subject) decideWithoutRule(p *Compiled) Decision {
	switch {
	case len(s.paths) == 1 && s.inside(&s.paths[0]):
		return Decision{Behavior: BehaviorAllow, Reason: "reading in the project needs no rule"}
	case len(s.paths) == 1 && p.mode() == "plan" && !p.NoAuto:
		return Decision{Behavior: BehaviorAllow, Reason: "the plan mode reads everywhere"}
	case quietTools[s.tool]:
		return Decision{Behavior: BehaviorAllow, Reason: s.tool + " needs no rule"}
	case s.tool == "WebFetch" && approvedHost(s.host, s.path):
		return Decision{Behavior: BehaviorAllow, Reason: "the client approves of this host"}
	case s.tool == "WebFetch" && doubtfulHosts[s.host]:
		s.unknown = "the client approves of some pages of this host"
	case s.tool == "Skill":
		return s.decideSkill()
	}
	return Decision{Behavior: BehaviorAsk, Reason: "no rule allows it"}
}

// decideSkill answers for a skill that no rule names. The client asks about
// those that may run something, and their files tell which these are.
func (s *subject) decideSkill() Decision {
	b, known := skills[s.text("skill")]
	switch {
	case !known:
		s.unknown = "it depends on what the skill may do"
	case b == BehaviorAllow:
		return Decision{Behavior: b, Reason: "the skill needs no rule"}
	}
	return Decision{Behavior: BehaviorAsk, Reason: "no rule allows it"}
}

// editsPath reports Edit, Write and NotebookEdit, which name exactly one file.
func (s *subject) editsPath() bool { return s.line == nil && len(s.paths) == 1 && s.paths[0].edit }

// decideEdit handles the tools that change one file. Neither a rule nor a mode
// but bypassPermissions opens the folders that configure the client itself.
func (s *subject) decideEdit(p *Compiled) Decision {
	a := &s.paths[0]
	switch {
	case p.mode() == "plan":
		return Decision{Behavior: BehaviorAsk, Reason: "the plan mode changes no files"}
	case guardedFiles[strings.ToLower(path.Base(a.end()))]:
		return Decision{Behavior: BehaviorAsk, Reason: "the client guards this file against rules"}
	case guardedAccess(a):
		return Decision{Behavior: BehaviorAsk, Reason: "the client guards this folder against rules"}
	}
	if i := s.first(p.allow, Allow); i >= 0 {
		return Decision{BehaviorAllow, p.Allow[i], "allowed by a rule"}
	}
	if p.accepts() && s.inside(a) {
		return Decision{Behavior: BehaviorAllow, Reason: "the " + p.mode() + " mode changes files in the project"}
	}
	return Decision{Behavior: BehaviorAsk, Reason: "no rule allows it"}
}
