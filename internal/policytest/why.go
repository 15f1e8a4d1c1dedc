package policytest

import (
	"slices"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// Explanation is a verdict with where everything that has a say comes from, and what exceptions have to do with it.
type Explanation struct {
	Verdict
	Layers  []string            // of the grounds, in their order: organization, group web, user settings
	Excused []*policy.Exception // those that made the decision what it is
	Change  *Change             // the exception that would make another of a denial; nil for what is not denied
}

// Change is an exception that nobody has yet, and what it would do.
type Change struct {
	Policies []string // to exempt from; empty where no exception can help
	Got      Outcome  // the decision with it
	Fixed    []Ground // what denies the call and is no named policy, so that nothing exempts from it
}

// Why explains the decision about a call.
func (w *World) Why(s Subject, c Call) (Explanation, error) {
	v, err := w.Decide(s, c)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Verdict: v}
	for _, g := range v.Grounds {
		e.Layers = append(e.Layers, w.layer(s, g))
	}
	if e.Excused, err = w.excused(s, c, v); err != nil {
		return Explanation{}, err
	}
	if v.Decided && v.Got == Deny {
		e.Change, err = w.change(s, c, v)
	}
	return e, err
}

// layer names the place in the merge that a ground comes from.
func (w *World) layer(s Subject, g Ground) string {
	for _, l := range s.Layers {
		if l.Settings != nil && l.Settings.Pos.File == g.Pos.File {
			return string(l.Scope) + " settings"
		}
	}
	for _, f := range w.Set().Files {
		if f.Path == g.Pos.File && f.Group != "" {
			return "group " + f.Group
		}
	}
	return "organization"
}

// change tries the exception that exempts from every policy which denies the call. Governance is left out: whether somebody would approve it
// is not the question.
func (w *World) change(s Subject, c Call, v Verdict) (*Change, error) {
	change := &Change{Got: v.Got}
	for _, g := range v.Grounds {
		switch {
		case g.Outcome != Deny:
		case g.Policy == "":
			change.Fixed = append(change.Fixed, g)
		case !slices.Contains(change.Policies, g.Policy):
			change.Policies = append(change.Policies, g.Policy)
		}
	}
	if len(change.Fixed) > 0 {
		change.Policies = nil
		return change, nil
	}
	exception := &policy.Exception{Team: s.Group, User: s.User, Policies: change.Policies, Node: value.Object(diag.Pos{})}
	with := w.base.Vary(s.At, func(set *policy.Set) {
		set.Governance = nil
		// Those that governance refuses would come to life without it.
		set.Exceptions = slices.DeleteFunc(slices.Clone(set.Exceptions), func(e *policy.Exception) bool { return !w.Set().Counts(e) })
		set.Exceptions = append(set.Exceptions, exception)
	})
	after, err := w.decide(s, c, with)
	change.Got = after.Got
	return change, err
}
