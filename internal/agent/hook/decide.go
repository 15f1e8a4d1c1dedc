package hook

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/wire"
)

// Behavior is what happens to an event. It is written into audit records as it stands here, so the words do not
// change.
type Behavior string

// The behaviors, from the worst.
const (
	Deny  Behavior = "deny"
	Warn  Behavior = "warn"  // it goes on, and the developer reads the message
	Allow Behavior = "allow" // policies looked at it and found nothing; the client's own rules still hold
	None  Behavior = "none"  // no policy is about it
)

// Decision is what the agent says to an event.
type Decision struct {
	Behavior Behavior
	Policy   string // the first policy, in merge order, of those that decided; "" where none did
	Severity string
	Message  string    // what the developer reads, of every policy that denies or warns
	Observed []Finding // everything that was found, also what only is recorded or was excused

	// Marks are what an event that cannot block leaves for later ones. They replace the stored marks of Scopes, also where there are none:
	// a session that starts without a problem, or a model that is allowed again, ends what was marked before.
	Marks  []Mark
	Scopes []string

	// Failed says that the program could not decide; see Failure.
	Failed bool

	banner string
}

// Finding is one policy that an event broke, or would have.
type Finding struct {
	Policy, Target, Severity string
	Mode                     string // enforce, warn, observe at that moment
	Value                    string
	Behavior                 Behavior        // Deny, Warn, or None where it is only recorded or excused
	Message                  string          // as the developer reads it where it is shown
	Exception                *wire.Exception // what excused it; nil where nothing did
	Unknown                  bool            // the policy could not be judged and is answered as if it were broken
}

// Decide judges an event. It returns the same for the same arguments and never fails: what cannot be judged is in
// Observed with Unknown set. All policies are judged, also after one that denies: a developer who puts one thing right
// should not meet the next at once, and audit records every one.
func (p *Program) Decide(e Event, f Facts) Decision {
	s := newScene(e, f)
	grants := wire.Granted(p.bundle.Exceptions, f.subject())
	d := Decision{Behavior: None}
	judged := false
	for i := range p.rules {
		r := &p.rules[i]
		if !r.concerns(f.Platform) {
			continue
		}
		grant := grants[r.Name]
		found, violations := s.judge(r, grant)
		violations = append(violations, s.marked(r, grant)...)
		judged = judged || found.judged && !grant.Whole
		for _, v := range violations {
			d.add(p.finding(s, r, v, grant), s.mark(r, v))
		}
	}
	// Nothing found is more than nothing looked for: audit tells the two apart.
	if judged && d.Behavior == None {
		d.Behavior = Allow
	}
	d.settle(e)
	if e.Name == "SessionStart" && p.bundle.Banner != "" {
		d.banner = wire.Banner(p.bundle, f.subject(), f.Platform)
	}
	return d
}

// concerns reports whether the policy holds on a platform. Where the platform is not known, it does. An agent that
// cannot tell its platform is better too strict than silent.
func (r *rule) concerns(platform string) bool {
	return len(r.Platforms) == 0 || platform == "" || slices.Contains(r.Platforms, platform)
}

// marked returns what earlier events of the session found about a policy, where it blocks at this moment. Whatever
// would not block was shown or recorded once, and is not repeated at every call. One mark for each policy is enough,
// since every further one would only repeat the same message.
func (s *scene) marked(r *rule, grant wire.Grant) []violation {
	if !acts(s.Name) || grant.Whole || r.Severity != "error" || r.EffectiveMode(s.At, s.Ring) != "enforce" {
		return nil
	}
	for _, m := range s.Marks {
		excused := slices.Contains(grant.Values, m.Value) || m.Excused && len(grant.Values) > 0
		if m.Policy == r.Name && !excused {
			return []violation{{value: m.Value, why: first(m.Why, "it was found when "+m.found())}}
		}
	}
	return nil
}

// found says when a mark was made. It ends with what to do, because the call that is blocked is not the cause and
// cannot be put right itself.
func (m Mark) found() string {
	switch {
	case m.Scope == "model":
		return "the model was chosen: choose another with /model"
	case strings.HasPrefix(m.Scope, "file:"):
		return "an instruction file was loaded: change the file and start a new session"
	}
	return "the session started: put it right and start a new session"
}

// mark returns the mark that a violation leaves. The scope decides when the mark ends: with the next session, the next
// choice of a model, or the next load of the same file.
func (s *scene) mark(r *rule, v violation) Mark {
	m := Mark{Scope: "session", Policy: r.Name, Value: clean(v.value), Why: v.why, Excused: v.excused}
	switch {
	case s.Name == "InstructionsLoaded":
		m.Scope = "file:" + s.FilePath
	case r.Target == "models":
		m.Scope = "model"
	}
	return m
}

// scopes returns which marks an event decides anew. Other events leave the stored marks alone: a call that goes well
// says nothing about the model or the files of the session.
func (e Event) scopes() []string {
	return map[string][]string{
		"SessionStart":       {"model", "session"},
		"InstructionsLoaded": {"file:" + e.FilePath},
		"PostModelSwitch":    {"model"},
	}[e.Name]
}

// finding gives a violation its weight: by severity and mode, or none where an exception covers it. Severity and mode
// are combined here and nowhere else. The value is cleaned before it is stored, as messages, audit and reports all
// show it.
func (p *Program) finding(s *scene, r *rule, v violation, grant wire.Grant) Finding {
	f := Finding{
		Policy: r.Name, Target: r.Target, Severity: r.Severity, Mode: r.EffectiveMode(s.At, s.Ring), Value: clean(v.value),
		Behavior: None, Unknown: v.unknown,
	}
	switch {
	// What is excused is still found, so that an audit shows what an exception was used for.
	case v.excused || grant.Whole:
		f.Exception = p.excuse(s, r, v)
	case f.Mode == "observe" || r.Severity == "info":
	case f.Mode == "enforce" && r.Severity == "error":
		f.Behavior = Deny
	default:
		f.Behavior = Warn
	}
	f.Message = p.message(r, v, f.Behavior)
	return f
}

// excuse returns the first exception that covers a violation. Each is asked by the same function that grants them all.
// An exception for the whole policy is preferred to one for single values, since it would cover the violation in any
// case.
func (p *Program) excuse(s *scene, r *rule, v violation) *wire.Exception {
	var partial *wire.Exception
	for i := range p.bundle.Exceptions {
		e := &p.bundle.Exceptions[i]
		switch g := wire.Granted([]wire.Exception{*e}, s.subject())[r.Name]; {
		case g.Whole:
			return e
		case partial == nil && len(g.Values) > 0 && (slices.Contains(g.Values, v.value) || len(e.Values) > 0):
			partial = e
		}
	}
	return partial
}

// add takes a finding into the decision: the worst wins, the first of the worst gives its name. Marks are collected
// for every event; settle drops them where the event leaves none.
func (d *Decision) add(f Finding, m Mark) {
	d.Observed = append(d.Observed, f)
	if f.Severity == "error" { // excused or not: at a later event another mode or exception may hold
		d.Marks = append(d.Marks, m)
	}
	if f.Behavior != None && (d.Policy == "" || f.Behavior == Deny && d.Behavior == Warn) {
		d.Behavior, d.Policy, d.Severity = f.Behavior, f.Policy, f.Severity
	}
}

// settle fits the decision to what the client lets the event do. An event after the fact, such as SessionStart, can
// only be answered by a warning, which the model reads as well (seen on 2.1.329).
func (d *Decision) settle(e Event) {
	if d.Scopes = e.scopes(); d.Scopes == nil {
		d.Marks = nil
	}
	d.Message = join(d.Observed, d.Behavior)
	// The message keeps its words: from the next call on the marks block.
	if d.Behavior == Deny && !e.Blocks() {
		d.Behavior = Warn
	}
}
