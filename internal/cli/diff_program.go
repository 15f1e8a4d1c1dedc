package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/wire"
)

// sideOf makes a resolved program a side of a comparison.
func sideOf(program *compile.Program, at time.Time) *diff.Side {
	set := program.Set
	s := &diff.Side{Compiled: true, Overridable: set.Overridable}
	groups := map[string]*resolve.Group{}
	for _, g := range program.Resolved.Groups {
		for _, one := range g.WithRings() {
			groups[one.Folder()] = one
			s.Audiences = append(s.Audiences, audienceOf(program, one, at))
		}
	}
	for _, e := range set.Exceptions {
		s.Exceptions = append(s.Exceptions, exceptionOf(set, e, s.Audiences, at))
	}
	for _, t := range set.Targets {
		s.Targets += t.Name + " "
	}
	if g := set.Governance; g != nil {
		rules, err := json.Marshal(map[string]any{"approvers": g.Approvers, "no_self_approval": g.NoSelfApproval, "max_days": g.MaxDays, "permanent": g.Permanent, "require": g.Require})
		if err == nil { // they are texts and numbers
			s.Governance, s.GovernancePos = string(rules), g.Pos
		}
	}
	s.Artifacts = func(audience *diff.Audience) ([]diff.File, error) { return artifactsOf(program, groups[audience.Name]) }
	return s
}

// audienceOf makes a resolved group an audience.
func audienceOf(program *compile.Program, g *resolve.Group, at time.Time) *diff.Audience {
	a := &diff.Audience{Name: g.Folder(), User: g.User, Bundles: program.Resolved.Bundles(g), Open: g.Name == policy.DefaultGroup}
	if g.Ring() != "" && g.Name != policy.DefaultGroup {
		a.Above = append(a.Above, g.Name)
	}
	if g.User != "" {
		a.Above = append(a.Above, g.Group)
	}
	for up := program.Set.Group(g.Group); up != nil; up = program.Set.Group(up.Parent) {
		if up.Name != g.Name && up.Name != g.Group {
			a.Above = append(a.Above, up.Name)
		}
		if up.Name == g.Name {
			a.Members, a.Open, a.Pos = up.Users, len(up.IDPGroups) > 0, up.Pos
		}
	}
	if g.Folder() != policy.DefaultGroup && !slices.Contains(a.Above, policy.DefaultGroup) {
		a.Above = append(a.Above, policy.DefaultGroup)
	}
	for _, e := range g.Enforced {
		p := e.Policy
		a.Rules = append(a.Rules, diff.Rule{Name: p.Name, Platform: ir.Platform(e.Platform), Type: p.Type, Mode: p.Mode(at), Severity: p.Severity(),
			Level: string(e.Lowered.Level), Pos: p.Pos, Node: p.Node})
	}
	return a
}

// exceptionOf makes an exception of a set one of a side, with the audiences it can reach.
func exceptionOf(set *policy.Set, e *policy.Exception, audiences []*diff.Audience, at time.Time) diff.Exception {
	x := diff.Exception{Policies: e.Policies, Values: e.Values(), Expires: e.Expires, Pos: e.Pos, Node: e.Node}
	var scope []string
	for _, part := range [][2]string{{"team", e.Team}, {"user", e.User}, {"project", e.Project}} {
		if part[1] != "" {
			scope = append(scope, part[0]+" "+part[1])
		}
	}
	x.Scope = strings.Join(scope, ", ")
	switch {
	case !set.Counts(e):
		x.Idle = "governance does not let it count"
	case at.Before(set.Begins(e)):
		x.Idle = "it begins on " + set.Begins(e).Format(time.DateOnly)
	case !e.Expires.IsZero() && !at.Before(e.Expires):
		x.Idle = "it ended on " + e.Expires.Format(time.DateOnly)
	default:
		x.Active = true
	}
	for _, a := range audiences {
		// Whoever may work on the project: nobody knows who does.
		if sent := (wire.Exception{Team: e.Team, User: e.User}); e.Team == "" && e.User == "" || sent.Names(wire.Subject{Groups: append([]string{a.Name}, a.Above...), User: a.User}) {
			x.Audiences = append(x.Audiences, a.Name)
		}
	}
	return x
}

// artifactsOf renders an audience.
func artifactsOf(program *compile.Program, g *resolve.Group) ([]diff.File, error) {
	rendered, err := program.Artifacts(g)
	if err != nil {
		return nil, err
	}
	files := make([]diff.File, len(rendered))
	for i, f := range rendered {
		sum := sha256.Sum256(f.Data)
		files[i] = diff.File{Path: f.Path, Platform: ir.Platform(f.Platform), Target: f.Target, Digest: hex.EncodeToString(sum[:]), Settings: f.Resolved != ""}
	}
	return files, nil
}
