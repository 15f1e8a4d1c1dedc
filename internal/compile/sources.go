package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// Deliver returns the settings that each source holds for an audience on a platform if it gets what is built for it, apart from guidance, which
// reaches the model from every place. Without delivery.gateway a server has one policy for the whole organization. The sources must be in the
// order of [effective.Sources]; one for which nothing is built holds nothing.
func (p *Program) Deliver(g *resolve.Group, platform string, sources []effective.Source) []effective.Delivered {
	delivered := make([]effective.Delivered, len(sources))
	for i, s := range sources {
		from := g
		if s == effective.Remote && !p.Set.Gateway {
			from = p.Resolved.Groups[0]
		}
		delivered[i].Source = s
		if !s.Built() {
			continue
		}
		if state := from.States[platform]; state != nil {
			delivered[i].Settings = state.Settings
		}
	}
	return delivered
}

// Reaching returns the sources of delivery.sources that there are on a platform, the one that wins first.
func Reaching(set *policy.Set, platform string) []effective.Source {
	return slices.DeleteFunc(effective.Sources(platform), func(s effective.Source) bool {
		return !slices.ContainsFunc(set.Sources, func(t policy.Target) bool { return t.Name == string(s) })
	})
}

// collisions tells where the source that wins lacks what another was meant to enforce, and what no source of a platform brings. Audiences and
// platforms that lose the same are told together. Nothing is told where delivery.sources is not written.
func (p *Program) collisions() diag.List {
	if len(p.Set.Sources) == 0 {
		return nil
	}
	found := map[string]*collision{}
	var order []string
	for _, g := range p.Resolved.Groups {
		for _, platform := range g.Platforms {
			for _, c := range p.collide(g, platform) {
				if found[c.key()] == nil {
					found[c.key()] = &c
					order = append(order, c.key())
				}
				found[c.key()].audiences = append(found[c.key()].audiences, g.Name+" on "+platform)
			}
		}
	}
	var list diag.List
	for _, key := range order {
		list = append(list, found[key].diagnostic(p.Set.Sources[0].Pos))
	}
	return list
}

// collision is one way in which sources fail each other.
type collision struct {
	winner    effective.Source // "" where something needs a source that is not there
	lost      []effective.Leaf
	needs     string // what cannot arrive, with the file that would bring it
	at        diag.Pos
	audiences []string
}

// key is equal for collisions that are told together.
func (c collision) key() string {
	key := string(c.winner) + c.needs + c.at.String()
	for _, l := range c.lost {
		key += "\n" + string(l.Source) + l.Path + string(value.AppendJSON(nil, l.Value))
	}
	return key
}

// collide returns the collisions of one audience on one platform.
func (p *Program) collide(g *resolve.Group, platform string) []collision {
	sources, state := Reaching(p.Set, platform), g.States[platform]
	var all []collision
	need := func(what string, at diag.Pos) { all = append(all, collision{needs: what, at: at}) }
	switch file := slices.Contains(sources, effective.File); {
	case len(sources) == 0 && state.Settings != nil && g.Group != policy.DefaultGroup: // which has every platform, whether there are such machines or not
		need("no source of delivery.sources exists on "+platform+", so its settings", state.Settings.Pos)
	case !file && state.Servers != nil:
		need("only files bring managed-mcp.json, so mcp_servers", state.Servers.Pos)
	case !file && len(state.Scripts) > 0:
		need("only files bring hooks/, so the script "+state.Scripts[0].Path, diag.Pos{})
	}
	composed := effective.Compose(p.Catalog, p.Deliver(g, platform, sources))
	if lost := meant(composed); len(lost) > 0 {
		all = append(all, collision{winner: composed.Winner, lost: lost})
	}
	return all
}

// meant returns the leaves that are lost and that somebody meant to enforce: neither what has no security meaning nor what only grants. A key that the winner cannot
// bring is told once, for the source that brings it in vain.
func meant(c effective.Composed) []effective.Leaf {
	ignored := func(key string) bool {
		return slices.ContainsFunc(c.Leaves, func(l effective.Leaf) bool {
			return l.Fate == effective.Ignored && (l.Path == key || strings.HasPrefix(l.Path, key+"."))
		})
	}
	return slices.DeleteFunc(slices.Clone(c.Leaves), func(l effective.Leaf) bool {
		held := l.Fate == effective.Same || l.Fate == effective.Acts || l.Fate == effective.Unread && ignored(l.Path)
		return held || l.Row != nil && (l.Row.Strictness == catalog.Free || l.Row.OverridableByDefault)
	})
}

// shownLost is how many lost values a message names.
const shownLost = 3

// diagnostic words a collision. The first lost values are named with their places; simulate lists all of them.
func (c collision) diagnostic(sources diag.Pos) diag.Diagnostic {
	where := strings.Join(c.audiences[:min(len(c.audiences), shownLost)], ", ")
	if more := len(c.audiences) - shownLost; more > 0 {
		where += fmt.Sprintf(" and %d more", more)
	}
	if c.needs != "" {
		d := diag.New(diag.SourceCollision, sources, "%s cannot reach %s", c.needs, where).
			WithHint("add the source to delivery.sources if it is there, or take this out")
		return d.WithRelated(c.at, "written here")
	}
	var names []string
	for _, l := range c.lost[:min(len(c.lost), shownLost)] {
		names = append(names, l.Path)
	}
	if len(c.lost) > shownLost {
		names = append(names, "...")
	}
	d := diag.New(diag.SourceCollision, sources, "%s wins for %s, and values that are meant to be enforced are not in force (%d): %s",
		cmp.Or(c.winner, "no source"), where, len(c.lost), strings.Join(slices.Compact(names), ", ")).
		WithClient("claude reads the winning source alone; only /status says that the others were skipped").
		WithHint("deliver by one source, or see `policygen simulate`")
	for _, l := range c.lost[:min(len(c.lost), shownLost)] {
		d = d.WithRelated(l.Value.Pos, "%s from %s", l.Path, l.Source)
	}
	return d
}
