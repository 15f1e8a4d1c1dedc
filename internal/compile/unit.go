package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/resolve"
)

// unit is everything in one top-level folder of the output: an audience, its rings below rings/, and a note for whoever installs it.
type unit struct {
	files     []out.File
	audiences []out.Audience // the audience first, then its rings
}

// unit renders an audience and those of its rings that differ, and gives each to what gathers all of them.
func (p *Program) unit(g *resolve.Group, backends []render.Backend, whole *gathering) (unit, error) {
	var u unit
	for _, one := range g.WithRings() {
		bundles := p.Resolved.Bundles(one)
		files, err := renderGroup(bundles, backends)
		if err == nil {
			err = whole.add(bundles)
		}
		if err != nil {
			return unit{}, fmt.Errorf("group %s: %w", one.Folder(), err)
		}
		below := strings.TrimPrefix(strings.TrimPrefix(one.Folder(), g.Name), "/")
		for _, f := range files {
			if f.Rings = one.Served; below != "" {
				f.Path = below + "/" + f.Path
			}
			u.files = append(u.files, f)
		}
		u.audiences = append(u.audiences, out.Audience{Folder: one.Folder(), Group: g.Group, User: g.User, Rings: one.Served,
			Revision: bundles[0].Revision, Platforms: one.Platforms, Empty: empty(bundles)})
	}
	if text := note(u.audiences); text != "" {
		u.files = append(u.files, out.File{Path: "README.md", Data: []byte(text), Target: "readme"})
	}
	return u, nil
}

// revision returns the revision of all audiences together. Groups come in a fixed order, so it does not depend on who was rendered first.
func revision(all []out.Audience) string {
	names, revisions := make([]string, len(all)), make([]string, len(all))
	for i, a := range all {
		names[i], revisions[i] = a.Folder, a.Revision
	}
	return ir.JoinRevisions(names, revisions)
}

// empty returns the platforms for which policies leave nothing, whatever back ends would make of it.
func empty(bundles []*ir.Bundle) []string {
	var platforms []string
	for _, b := range bundles {
		if b.Empty() {
			platforms = append(platforms, string(b.Platform))
		}
	}
	return platforms
}

// note returns a README for an audience of which a look at the folders does not tell enough: its rings differ, or somebody gets nothing. Else it
// is "".
func note(all []out.Audience) string {
	var b strings.Builder
	if len(all) > 1 {
		b.WriteString("\n## Rings\n\nA rollout is on its way. Each device or user gets the artifacts of one folder:\n\n| ring | folder |\n|---|---|\n")
		for _, a := range append(slices.Clone(all[1:]), all[0]) {
			fmt.Fprintf(&b, "| %s | `%s` |\n", strings.Join(a.Rings, ", "), a.Folder)
		}
		b.WriteString("\nWho is in no ring of this table gets `" + all[0].Folder + "`. `policygen rollout status` says who is in which ring.\nAssign each device to one of these folders only. The endpoint agent's bundle is one for all rings.\n")
	}
	for _, a := range all {
		if len(a.Empty) > 0 {
			fmt.Fprintf(&b, "\n## Nothing to install\n\nThe policies leave nothing for `%s` on %s. That is not a failure of the build.\n"+
				"Remove what an earlier release installed there, and do not deliver another group's artifacts instead.\n", a.Folder, strings.Join(a.Empty, ", "))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "# " + all[0].Folder + "\n\nWritten by policygen; changes made here are overwritten.\n" + b.String()
}
