package compile

import (
	"errors"
	"slices"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/render"
)

// unfit tells what targets of delivery.targets cannot express, so that check finds it and not only the build. Other faults of a back end are
// left to the build.
func (p *Program) unfit() diag.List {
	var list diag.List
	for _, b := range p.backends {
		bounded, ok := b.(render.Bounded)
		i := slices.IndexFunc(p.Set.Targets, func(t policy.Target) bool { return t.Name == b.Name() })
		if !ok || i < 0 {
			continue
		}
		var problem *render.UnfitError
		if _, err := p.gatherAll(bounded); errors.As(err, &problem) {
			for _, reason := range problem.Reasons {
				list = append(list, diag.New(diag.TargetLimits, p.Set.Targets[i].Pos, "%s cannot express this policy: %s", b.Name(), reason).
					WithHint("change the policy, or deliver it by another target"))
			}
		}
	}
	return list
}

// gatherAll runs one back end over all audiences and their rings.
func (p *Program) gatherAll(b render.PerRepository) ([]render.File, error) {
	gatherer := b.Gather()
	for _, g := range p.Resolved.Groups {
		for _, one := range g.WithRings() {
			if err := gatherer.Add(p.Resolved.Bundles(one)); err != nil {
				return nil, err
			}
		}
	}
	return gatherer.Files()
}
