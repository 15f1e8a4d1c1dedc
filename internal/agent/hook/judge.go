package hook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/wire"
)

// violation is a way in which an event breaks a policy. It is not yet a decision: severity, mode and exceptions give
// it its weight in finding.
type violation struct {
	value   string
	current string // of a limit
	why     string // what a module said, or why the policy could not be judged
	excused bool   // an exception for single values covers it
	unknown bool   // it could not be judged
}

const (
	tooMuchWork = "there is too much to compare in one decision"
	noEvaluator = "it is a module, and this program needs an evaluator for it"
)

// judge returns at most one violation that counts and one that is excused. One of each is enough for the decision, and
// keeps messages and audit records small where a line breaks a policy a hundred times.
func (s *scene) judge(r *rule, grant wire.Grant) (seen, []violation) {
	found := s.see(r)
	// An event that is not about the target says nothing, also where nobody could have judged it.
	if !found.judged {
		return found, nil
	}
	if found.unknown != "" {
		return found, []violation{{why: found.unknown, unknown: true}}
	}
	switch r.Type {
	case "allowlist":
		return found, s.eachObservation(r, found, grant, s.breaksAllowlist)
	case "denylist":
		return found, s.eachObservation(r, found, grant, s.breaksDenylist)
	case "pattern-deny":
		return found, s.eachObservation(r, found, grant, s.breaksPattern)
	case "require":
		return found, s.missing(r, found, grant)
	case "limit":
		return found, s.exceeds(r)
	case "rego":
		return found, s.evaluate(r, found)
	}
	return seen{}, nil
}

// verdict is what a comparison says of one observation. Undecided is none of the other three: it breaks the policy,
// and the message says that the policy could not be judged.
type verdict int

const (
	holds verdict = iota
	excused
	broken
	undecided
)

// eachObservation stops at the first observation that counts. What is excused does not end the search, because a later
// observation may be covered by nothing.
func (s *scene) eachObservation(r *rule, found seen, grant wire.Grant, judge func(*rule, observation, wire.Grant) (verdict, string)) []violation {
	var excuse []violation
	for _, o := range found.list {
		v, why := judge(r, o, grant)
		switch {
		case v == broken:
			return append(excuse, violation{value: o.value, why: why})
		case v == undecided:
			return append(excuse, violation{value: o.value, why: first(why, tooMuchWork), unknown: true})
		case v == excused && excuse == nil:
			excuse = []violation{{value: o.value, excused: true}}
		}
	}
	return excuse
}

// breaksAllowlist wants every form of an observation approved where all is set, because each is a name of what will
// really be touched, and one of them elsewhere, because they are spellings of one thing. What a value of an exception
// approves is excused, so that it is still recorded. An observation without any form matches nothing and is broken,
// also under an empty list: a list that allows nothing forbids everything.
func (s *scene) breaksAllowlist(r *rule, o observation, grant wire.Grant) (verdict, string) {
	if o.loose && !o.blind {
		return holds, ""
	}
	if o.blind || o.opaque != "" {
		return broken, o.opaque
	}
	forms, needed := o.forms, 1
	if o.all {
		needed = len(forms)
	}
	listed, granted := 0, 0
	for _, form := range forms {
		switch ok, room := s.listed(r, o, form); {
		case !room:
			return undecided, ""
		case ok:
			listed++
		case s.granted(r, o, form, grant):
			granted++
		}
	}
	switch {
	case listed >= needed && needed > 0:
		return holds, ""
	case listed+granted >= needed && needed > 0:
		return excused, ""
	}
	return broken, ""
}

// listed reports whether a value of the policy matches a form. room is false when the work ran out first: then nothing
// is known, and the caller must not take that for "not listed".
func (s *scene) listed(r *rule, o observation, form string) (ok, room bool) {
	for i, v := range r.Values {
		if !s.spend(form) {
			return false, false
		}
		if s.matches(r, i, v, o, form, true) {
			return true, true
		}
	}
	return false, true
}

// granted reports whether a value that exceptions add to an allowlist matches a form. Values of exceptions are plain
// names and never permission rules, so the native reading does not apply to them.
func (s *scene) granted(r *rule, o observation, form string, grant wire.Grant) bool {
	return slices.ContainsFunc(grant.Values, func(name string) bool {
		return s.spend(form) && r.match(s, wire.Value{Name: name}, o, form)
	})
}

// matches compares one value. A value that is a permission rule is read as the client reads it in the list of the same
// kind.
func (s *scene) matches(r *rule, i int, v wire.Value, o observation, form string, allow bool) bool {
	if r.native == nil || r.native[i] == nil {
		return r.match(s, v, o, form)
	}
	if allow {
		return r.native[i].MatchAs("allow", s.call)
	}
	return r.native[i].Match(s.call)
}

// breaksDenylist stops at the first value that matches and is not excepted: an exception takes away the values it
// names and no others, also where they would match the same thing. The further readings are compared as well, because
// a list that forbids must not be passed by another spelling.
func (s *scene) breaksDenylist(r *rule, o observation, grant wire.Grant) (verdict, string) {
	if o.blind {
		return broken, o.opaque
	}
	result := holds
	for i, v := range r.Values {
		for _, forms := range [][]string{o.forms, o.wide} {
			for _, form := range forms {
				if !s.spend(form) {
					return undecided, ""
				}
				if !s.matches(r, i, v, o, form, false) {
					continue
				}
				if !slices.Contains(grant.Values, v.Name) {
					return broken, ""
				}
				result = excused
			}
		}
	}
	return result, ""
}

// patternCost is how much more a byte costs in a pattern than in a list (measured: about 20 ns against 2).
const patternCost = 8

// breaksPattern compares every text. RE2 needs time linear in the text, so that a pattern cannot be made slow by what
// it is compared with. Exceptions for single values have no meaning for a pattern, which has none; only an exception
// for the whole policy excuses it.
func (s *scene) breaksPattern(r *rule, o observation, _ wire.Grant) (verdict, string) {
	if o.blind {
		return broken, o.opaque
	}
	re, err := r.pattern()
	if err != nil {
		return undecided, "its pattern is broken: " + err.Error()
	}
	for _, forms := range [][]string{o.forms, o.wide, o.texts} {
		for _, form := range forms {
			s.work -= patternCost * len(form)
			if !s.spend(form) {
				return undecided, ""
			}
			if re.MatchString(form) {
				return broken, ""
			}
		}
	}
	return holds, ""
}

// missing judges type require, where everything that is there is known. Where the list is not complete, as in a single
// changed file, a value that is not seen may still be elsewhere.
func (s *scene) missing(r *rule, found seen, grant wire.Grant) []violation {
	if !found.complete {
		return nil
	}
	var excuse []violation
	for _, v := range r.Values {
		there := slices.ContainsFunc(found.list, func(o observation) bool {
			return slices.ContainsFunc(o.forms, func(form string) bool { return s.spend(form) && r.match(s, v, o, form) })
		})
		switch {
		case there:
		case !slices.Contains(grant.Values, v.Name):
			return append(excuse, violation{value: v.Name})
		case excuse == nil:
			excuse = []violation{{value: v.Name, excused: true}}
		}
	}
	return excuse
}

// exceeds judges type limit. A minimum is not judged here: before its end every session is below it. The maximum
// itself is allowed: `max: 10` lets ten calls happen and stops the eleventh.
func (s *scene) exceeds(r *rule) []violation {
	totals, period := s.Counters.Session, "session"
	if r.Per == "day" {
		totals, period = s.Counters.Day, "day"
	}
	if r.Max == nil {
		return nil
	}
	// Without totals the limit may have been passed long ago.
	if totals == nil {
		return []violation{{why: "the totals of the " + period + " could not be counted", unknown: true}}
	}
	current := r.measure(s, totals)
	if current <= *r.Max {
		return nil
	}
	return []violation{{value: decimal(current), current: decimal(current)}}
}

// countCalls counts the call that is about to happen. At a prompt no call is about to happen, and the total stands as
// it is.
func (s *scene) countCalls(t *Totals) float64 {
	if isTool(s.Name) {
		return float64(t.ToolCalls + 1)
	}
	return float64(t.ToolCalls)
}

// countFiles counts the files that the call is about to write for the first time. A file that was written before does
// not count again, however often it changes.
func (s *scene) countFiles(t *Totals) float64 {
	files := slices.Clone(t.Files)
	// Guesses are left out: they would count files that nobody touches.
	for _, o := range s.writePaths().list {
		if !o.loose && len(o.forms) > 0 {
			files = append(files, o.forms[0])
		}
	}
	slices.Sort(files)
	return float64(len(slices.Compact(files)))
}

// decimal prints a number without an exponent, with at most two places. People compare it with the limit they wrote,
// so 10 must not appear as 10.00 or 1e+01.
func decimal(f float64) string {
	text := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// evaluate asks the evaluator about a module. A module that fails is answered like a policy that cannot be judged,
// because a module that always failed would otherwise allow everything.
func (s *scene) evaluate(r *rule, found seen) []violation {
	// A module about commands has nothing to say where there is no command; the targets of limits are about every call.
	if r.observe != nil && len(found.list) == 0 {
		return nil
	}
	value := s.Tool
	if len(found.list) > 0 {
		value = found.list[0].value
	}
	if s.Evaluator == nil {
		return []violation{{value: value, why: noEvaluator, unknown: true}}
	}
	allow, reasons, err := s.Evaluator.Evaluate(r.Module, s.regoInput(r, found))
	switch {
	case err != nil:
		return []violation{{value: value, why: fmt.Sprintf("its module failed: %v", err), unknown: true}}
	case !allow:
		return []violation{{value: value, why: strings.Join(reasons, "; ")}}
	}
	return nil
}

// regoInput is the input of modules. Names and types are part of the policy language and only grow. Totals that could
// not be counted are left out, so that a module can tell them from zero; time is in UTC.
func (s *scene) regoInput(r *rule, found seen) map[string]any {
	values, known := make([]any, 0, len(found.list)), map[string]bool{}
	for _, o := range found.list { // several observations may be ways to see one value
		if !known[o.value] {
			known[o.value] = true
			values = append(values, o.value)
		}
	}
	groups := make([]any, len(s.Groups))
	for i, g := range s.Groups {
		groups[i] = g
	}
	input := map[string]any{
		"event": s.Name, "tool": s.Tool, "input": s.Input, "cwd": s.Cwd, "project_dir": s.ProjectDir, "project": s.Project, "user": s.User,
		"groups": groups, "platform": s.Platform, "permission_mode": s.PermissionMode, "prompt": s.Prompt, "model": s.Model,
		"target": r.Target, "values": values, "time": s.At.UTC().Format("2006-01-02T15:04:05Z07:00"),
	}
	for name, t := range map[string]*Totals{"session": s.Counters.Session, "day": s.Counters.Day} {
		if t != nil {
			input[name] = map[string]any{"tokens": t.Tokens, "cost": t.Cost, "tool_calls": float64(t.ToolCalls), "files": float64(len(t.Files))}
		}
	}
	return input
}
