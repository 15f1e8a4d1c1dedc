package policytest

import (
	"fmt"
	"time"

	"github.com/policygen/policygen/internal/policy"
)

// Result is what became of one case.
type Result struct {
	Test    *policy.Test
	Verdict Verdict // on the platform that failed, else on the first
	Passed  bool
	Problem string // why it failed, in one line
	Checked []string
}

// Run decides cases. A case without a moment is decided at the date of the run.
func (w *World) Run(tests []*policy.Test, at time.Time, each func(done, all int)) ([]Result, *Coverage, error) {
	coverage := newCoverage(w)
	results := make([]Result, 0, len(tests))
	for i, t := range tests {
		r, err := w.one(t, at, coverage)
		if err != nil {
			return nil, nil, fmt.Errorf("test %q: %w", t.Name, err)
		}
		results = append(results, r)
		if each != nil {
			each(i+1, len(tests))
		}
	}
	coverage.finish()
	return results, coverage, nil
}

// Subject returns who makes the call of a case, on a platform.
func subjectOf(t *policy.Test, platform string, at time.Time) Subject {
	if !t.At.IsZero() {
		at = t.At
	}
	return Subject{Group: t.Group, User: t.User, Project: t.Project, Platform: platform, Mode: t.Mode, At: at}
}

// callOf returns the call of a case.
func callOf(t *policy.Test) Call {
	return Call{Tool: t.Tool, Input: t.Input, Cwd: t.Cwd, Server: t.Server}
}

// one decides a case on each of its platforms. The first platform on which it fails is the one that is told.
func (w *World) one(t *policy.Test, at time.Time, coverage *Coverage) (Result, error) {
	platforms, problem := w.platforms(t, at)
	if problem != "" {
		return Result{Test: t, Problem: problem, Verdict: Verdict{Platform: t.Platform, Got: Unknown, Reason: problem}}, nil
	}
	result := Result{Test: t, Passed: true, Checked: platforms}
	for i, platform := range platforms {
		s := subjectOf(t, platform, at)
		v, err := w.Decide(s, callOf(t))
		if err != nil {
			return Result{}, err
		}
		if err := coverage.note(s, callOf(t), v); err != nil {
			return Result{}, err
		}
		problem := v.against(t)
		if i == 0 || problem != "" && result.Passed {
			result.Verdict, result.Problem, result.Passed = v, problem, problem == ""
		}
	}
	return result, nil
}

// platforms returns where a case is decided: on its own platform, or on all of the group's.
func (w *World) platforms(t *policy.Test, at time.Time) (platforms []string, problem string) {
	group := audience(w.program(subjectOf(t, "", at).At, false).Resolved, t.Group, t.User)
	switch {
	case t.Platform == "":
		return group.Platforms, ""
	case group.States[t.Platform] == nil:
		return nil, fmt.Sprintf("group %q has no platform %q", t.Group, t.Platform)
	}
	return []string{t.Platform}, ""
}

// against compares a verdict with what a case expects; "" where both agree.
func (v Verdict) against(t *policy.Test) string {
	if string(v.Got) != t.Expect {
		return fmt.Sprintf("expected %s, got %s", t.Expect, v.Got)
	}
	if t.By == "" {
		return ""
	}
	for _, g := range v.Grounds {
		side := g.Outcome == Warn || g.Outcome == Record
		if (g.Policy == t.By || g.Rule == t.By) && (g.Outcome == v.Got || side && v.Got != Deny) {
			return ""
		}
	}
	if by := v.By(); by != "" {
		return fmt.Sprintf("expected %s by %s, got it by %s", t.Expect, t.By, by)
	}
	return fmt.Sprintf("expected %s by %s, got it because %s", t.Expect, t.By, v.Reason)
}
