package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/resolve"
)

// Selection limits a build. Empty lists mean everything. Order and repetitions do not matter. A group may be named
// although it has several audiences; all of them are then selected.
type Selection struct {
	Groups  []string // "default" or names of groups
	Targets []string // names of back ends
	Client  string   // the version that the artifacts are for, as given to CheckFor; "" for every client
}

// UnknownError is a selection that names something which does not exist.
type UnknownError struct {
	Kind  string   // group or target
	Name  string   // as given
	Known []string // what there is
}

// Error names what there is.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown %s %q: there are %s", e.Kind, e.Name, strings.Join(e.Known, ", "))
}

// choose returns the groups and back ends of a selection. delivery.targets holds where no target is asked for. Back
// ends keep the order of Backends, whatever the order in which they were asked for.
func (p *Program) choose(s Selection) ([]*resolve.Group, []render.Backend, error) {
	groups := p.Resolved.Groups
	if len(s.Groups) > 0 {
		groups = nil
		for _, name := range sorted(s.Groups) {
			audiences := p.Resolved.Audiences(name)
			if len(audiences) == 0 {
				return nil, nil, p.UnknownGroup(name)
			}
			groups = append(groups, audiences...)
		}
	}
	targets := s.Targets
	if len(targets) == 0 {
		for _, t := range p.Set.Targets {
			targets = append(targets, t.Name)
		}
	}
	for _, name := range targets {
		if !known(p.backends, name) {
			return nil, nil, &UnknownError{Kind: "target", Name: name, Known: strings.Split(names(p.backends), ", ")}
		}
	}
	if len(targets) == 0 {
		targets = p.defaults()
	}
	targets = p.withNeeds(targets)
	return groups, slices.DeleteFunc(slices.Clone(p.backends), func(b render.Backend) bool { return !slices.Contains(targets, b.Name()) }), nil
}

// defaults returns the names of the back ends that run where nobody names any.
func (p *Program) defaults() []string {
	var all []string
	for _, b := range p.backends {
		if _, asked := b.(render.OnRequest); !asked {
			all = append(all, b.Name())
		}
	}
	return all
}

// withNeeds adds the back ends to whose files those named refer.
func (p *Program) withNeeds(targets []string) []string {
	all := slices.Clone(targets)
	for _, b := range p.backends {
		if asked, ok := b.(render.OnRequest); ok && slices.Contains(targets, b.Name()) {
			all = append(all, asked.Needs()...)
		}
	}
	return all
}

// UnknownGroup returns the error for a group that does not exist.
func (p *Program) UnknownGroup(name string) error {
	return &UnknownError{Kind: "group", Name: name, Known: p.GroupNames()}
}

// GroupNames returns the names of all groups, default first.
func (p *Program) GroupNames() []string {
	all := []string{"default"}
	for _, g := range p.Set.Groups {
		all = append(all, g.Name)
	}
	return all
}

// known reports whether a back end of that name exists. There are few of them, so that a search is enough.
func known(backends []render.Backend, name string) bool {
	return slices.ContainsFunc(backends, func(b render.Backend) bool { return b.Name() == name })
}

// names lists the back ends for an error or a hint, in the order in which they run.
func names(backends []render.Backend) string {
	all := make([]string, len(backends))
	for i, b := range backends {
		all[i] = b.Name()
	}
	return strings.Join(all, ", ")
}
