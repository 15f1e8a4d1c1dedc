package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

var groupName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// reserved names cannot be groups: they are folders of the output tree, or devices on Windows, where a folder of that name cannot exist.
var reserved = regexp.MustCompile(`^(admx|gateway|con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// nameProblem tells why a name cannot be a group's, or returns "".
func nameProblem(name string) string {
	switch {
	case name == DefaultGroup:
		return `"default" is the organization without overlays and is not declared`
	case reserved.MatchString(name):
		return fmt.Sprintf("%q is reserved: it is a folder of the output tree or a device on Windows", name)
	case !groupName.MatchString(name):
		return fmt.Sprintf("%q cannot be a group name: use 1 to 63 of a-z, 0-9 and -, starting with a letter or digit", name)
	}
	return ""
}

// groups collects the groups sections and checks the tree they form.
func (l *loader) groups() {
	for _, f := range l.set.Files {
		section := f.root.Get("groups")
		if section == nil || f.Group != "" {
			continue
		}
		l.declared = true
		for _, n := range section.Items {
			l.group(n)
		}
	}
	if !l.declared {
		l.impliedGroups()
	}
	l.index = make(map[string]*Group, len(l.set.Groups))
	for _, g := range l.set.Groups {
		l.index[g.Name] = g
	}
	for _, g := range l.set.Groups {
		l.parent(g)
	}
	for _, g := range l.set.Groups {
		l.groupPlatforms(g)
	}
}

func (l *loader) group(n *value.Node) {
	name := n.Get("name")
	if name.Str() == "" {
		return
	}
	if problem := nameProblem(name.Str()); problem != "" {
		l.add(diag.New(diag.BadName, name.Pos, "%s", problem))
		return
	}
	if !l.unique("group", name) {
		return
	}
	g := &Group{Name: name.Str(), Pos: name.Pos, Description: n.Get("description").Str(), own: n.Get("platforms")}
	if parent := n.Get("parent"); parent.Str() != DefaultGroup {
		g.Parent = parent.Str()
		if parent != nil {
			g.ParentPos = parent.Pos
		}
	}
	if users := n.At("match.users"); users != nil {
		for _, u := range users.Items {
			g.Users = append(g.Users, strings.ToLower(u.Str()))
			l.member(g, u)
		}
	}
	l.set.Groups = append(l.set.Groups, g)
}

// member warns of a person whom another group lists too: only one of the two counts.
func (l *loader) member(g *Group, user *value.Node) {
	key := strings.ToLower(user.Str())
	if first, twice := l.members[key]; twice {
		l.add(diag.New(diag.AmbiguousMember, user.Pos, "%s is listed in two groups and gets the artifacts of one", user.Str()).
			WithHint("the deepest group wins, then the one declared first").WithRelated(first, "also listed here"))
		return
	}
	l.members[key] = user.Pos
}

// impliedGroups takes the groups of a repository without a groups section from the teams its exceptions name.
func (l *loader) impliedGroups() {
	for _, f := range l.set.Files {
		section := f.root.Get("exceptions")
		if section == nil {
			continue
		}
		for _, n := range section.Items {
			team := teamOf(n)
			if team.Str() == "" || team.Str() == DefaultGroup || nameProblem(team.Str()) != "" || l.set.Group(team.Str()) != nil {
				continue
			}
			l.set.Groups = append(l.set.Groups, &Group{Name: team.Str(), Pos: team.Pos})
			l.add(diag.New(diag.ImpliedGroups, team.Pos, "group %q is taken from this exception, because no groups are declared", team.Str()).
				WithHint("declare it under `groups:` to give it a parent, platforms or members"))
		}
	}
}

// teamOf returns the team of an exception, which may be written as group.
func teamOf(exception *value.Node) *value.Node {
	if n := exception.Get("team"); n != nil {
		return n
	}
	return exception.Get("group")
}

// parent checks the way from a group to the organization and sets its depth.
func (l *loader) parent(g *Group) {
	if g.Parent != "" && l.index[g.Parent] == nil {
		l.add(l.unknownGroup(g.Parent, g.ParentPos))
		g.Parent = ""
	}
	seen := []string{g.Name}
	for up := g; up.Parent != "" && l.index[up.Parent] != nil; {
		up = l.index[up.Parent]
		if up == g {
			l.add(diag.New(diag.ParentCycle, g.ParentPos, "group %q is its own ancestor: %s", g.Name, strings.Join(append(seen, g.Name), " > ")).
				WithHint("remove one of these parents"))
			g.Parent = ""
			break
		}
		if slices.Contains(seen, up.Name) {
			break // a cycle above, told at one of its own members
		}
		seen = append(seen, up.Name)
	}
	g.Depth = len(seen)
}

// groupPlatforms resolves a group's platforms: its own, which must be a subset of the parent's, or the parent's.
func (l *loader) groupPlatforms(g *Group) []string {
	if g.Platforms != nil {
		return g.Platforms
	}
	inherited := AllPlatforms()
	if parent := l.index[g.Parent]; parent != nil {
		inherited = l.groupPlatforms(parent)
	}
	g.Platforms = inherited
	if g.own == nil {
		return inherited
	}
	g.Platforms = []string{}
	for _, n := range g.own.Items {
		if slices.Contains(AllPlatforms(), n.Str()) && !slices.Contains(inherited, n.Str()) {
			l.add(diag.New(diag.Platforms, n.Pos, "group %q cannot have platform %q: its parent %q has only %s", g.Name, n.Str(), g.Parent, strings.Join(inherited, ", ")))
			continue
		}
	}
	for _, p := range inherited {
		if slices.ContainsFunc(g.own.Items, func(n *value.Node) bool { return n.Str() == p }) {
			g.Platforms = append(g.Platforms, p)
		}
	}
	return g.Platforms
}

// unknownGroup tells of a group that is not declared, with the nearest name there is.
func (l *loader) unknownGroup(name string, pos diag.Pos) diag.Diagnostic {
	d := diag.New(diag.UnknownGroup, pos, "group %q is not declared", name)
	names := make([]string, len(l.set.Groups))
	for i, g := range l.set.Groups {
		names[i] = g.Name
	}
	if near := nearest(name, names); near != "" {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint("declare it under `groups:` in an organization file")
}
