// Package lint finds policies that are valid and do not do what they seem to. [Table] has one row for each lint; [Find] runs those that need
// the resolved policy of every audience, and tells each finding once, with the audiences it holds for. [Ignore] takes out what comments accept.
package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// Row is one lint. Its page, with severity, reason and examples, is diag's ([diag.Lints]).
type Row struct {
	Code  diag.Code
	Since string // policygen's version that told it first
	check func(*scene)
}

// Table returns the lints. A row without a check is told while files are read or layers merged, because it needs nothing but one rule or the
// two files that disagree: permission rules by [permission.Check], shadowed rules by policy and resolve, secrets by policy.
func Table() []Row {
	return []Row{
		{diag.DeadRule, "0.1.0", nil},
		{diag.MisleadingRule, "0.1.0", nil},
		{diag.PathAnchor, "0.1.0", nil},
		{diag.BashArguments, "0.1.0", lateOptions},
		{diag.ShadowedRule, "0.1.0", nil},
		{diag.OpenSibling, "0.1.0", openSiblings},
		{diag.ReadNotMirrored, "0.1.0", unmirroredReads},
		{diag.ModelNotLocked, "0.1.0", openModel},
		{diag.LockWithoutList, "0.1.0", emptyLocks},
		{diag.TelemetryIncomplete, "0.1.0", telemetry},
		{diag.SecretValue, "0.1.0", nil},
		{diag.HookTimeout, "0.1.0", eachHook(timeless)},
		{diag.HookRelative, "0.1.0", eachHook(relative)},
		{diag.HookFailsOpen, "0.1.0", eachHook(failsOpen)},
		{diag.KeyNotHonoured, "0.1.0", elsewhere},
		{diag.Rewritten, "0.1.0", rewritten},
		{diag.NearLimit, "0.1.0", nearLimit},
	}
}

// scene is what one audience gets on one platform, and where findings go.
type scene struct {
	*finder
	state    *resolve.State
	settings *value.Node
	platform string
	found    diag.List
}

// add keeps a finding.
func (s *scene) add(d diag.Diagnostic) { s.found = append(s.found, d) }

// finder is one run of Find.
type finder struct {
	set     *policy.Set
	catalog *catalog.Catalog
	targets []string // back ends that write artifacts
	parsed  map[*value.Node]*permission.Rule
}

// sceneKey names scenes that are the same. Only Windows differs by itself: it has no sandbox, and another shell.
type sceneKey struct {
	state    *resolve.State
	platform string
}

// told is a finding and where it holds.
type told struct {
	finding   diag.Diagnostic
	audiences []string
}

// Find runs the lints on the policy of every audience. targets are the back ends that a build runs.
func Find(set *policy.Set, cat *catalog.Catalog, resolved *resolve.Result, targets []string) diag.List {
	f := &finder{set: set, catalog: cat, targets: targets, parsed: map[*value.Node]*permission.Rule{}}
	scenes := map[sceneKey]diag.List{}
	index := map[string]*told{}
	var order []*told
	for _, g := range resolved.Groups {
		for _, platform := range g.Platforms {
			key := sceneKey{g.States[platform], platform}
			list, done := scenes[key]
			if !done {
				list = f.scene(key)
				scenes[key] = list
			}
			for _, d := range list {
				name := fmt.Sprintf("%s %v %s", d.Code, d.Pos, d.Message)
				if index[name] == nil {
					index[name] = &told{finding: d}
					order = append(order, index[name])
				}
				if t := index[name]; !slices.Contains(t.audiences, g.Name) {
					t.audiences = append(t.audiences, g.Name)
				}
			}
		}
	}
	var all diag.List
	for _, t := range order {
		t.finding.Message += reach(t.audiences, len(resolved.Groups))
		all = append(all, t.finding)
	}
	return all
}

// scene runs every lint on one state.
func (f *finder) scene(key sceneKey) diag.List {
	s := &scene{finder: f, state: key.state, settings: key.state.Settings, platform: key.platform}
	if s.settings == nil {
		s.settings = value.Object(diag.Pos{})
	}
	for _, row := range Table() {
		if row.check != nil {
			row.check(s)
		}
	}
	return s.found
}

// reach names the audiences for which a finding holds, unless it holds for all.
func reach(audiences []string, all int) string {
	const named = 3
	switch n := len(audiences); {
	case n == all:
		return ""
	case n > named:
		return fmt.Sprintf(" (for %s and %d more)", strings.Join(audiences[:named], ", "), n-named)
	}
	return " (for " + strings.Join(audiences, ", ") + ")"
}

// rule is an entry of a permission list that parses.
type rule struct {
	permission.Rule
	at *value.Node
}

// rules returns the entries of permissions.LIST. Rules are parsed once, since audiences share their nodes.
func (s *scene) rules(list string) []rule {
	n := s.settings.At("permissions." + list)
	if n == nil {
		return nil
	}
	var rules []rule
	for _, item := range n.Items {
		parsed, done := s.parsed[item]
		if !done {
			if r, err := permission.Parse(item.Str()); err == nil {
				parsed = &r
			}
			s.parsed[item] = parsed
		}
		if parsed != nil {
			rules = append(rules, rule{*parsed, item})
		}
	}
	return rules
}

// covered reports whether one of the rules covers a rule that is given as text.
func covered(rules []rule, text string) bool {
	wanted, err := permission.Parse(text)
	return err == nil && slices.ContainsFunc(rules, func(r rule) bool { return permission.Covers(r.Rule, wanted) })
}
