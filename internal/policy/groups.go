package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
	"github.com/policygen/policygen/internal/value"
)

// groupName is a DNS label: names become folders, URL paths and profile identifiers, on file systems that ignore case.
var groupName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// reserved names cannot be groups: they are folders of the output tree, or devices on Windows, where a folder of that name cannot exist.
var reserved = regexp.MustCompile(`^(admx|gateway|consoles|con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// validName reports whether a group can have the name. What is wrong with one that is declared, the schema tells.
func validName(name string) bool {
	return name != DefaultGroup && !reserved.MatchString(name) && groupName.MatchString(name)
}

// groups collects the groups sections and checks the tree they form.
func (l *loader) groups() {
	for _, f := range l.set.Files {
		section := f.root.Get("groups")
		if section == nil || f.root.Get("group") != nil {
			continue
		}
		l.declared = true
		for _, n := range items(section) {
			l.group(n)
		}
	}
	if !l.declared {
		l.impliedGroups()
	}
	// Parents need the whole index, platforms need every parent to be sound: three passes.
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

// group takes one entry in. A parent of "default" and none at all are the same. Members are kept in lower case, as addresses are compared.
func (l *loader) group(n *value.Node) {
	name := n.Get("name")
	if !validName(name.Str()) || !l.unique("group", name) {
		return
	}
	g := &Group{Name: name.Str(), Pos: name.Pos, Description: n.Get("description").Str(), own: n.Get("platforms")}
	if parent := n.Get("parent"); parent.Str() != DefaultGroup {
		g.Parent = parent.Str()
		if parent != nil {
			g.ParentPos = parent.Pos
		}
	}
	for _, u := range items(n.At("match.users")) {
		if user := strings.ToLower(u.Str()); user != "" && !slices.Contains(g.Users, user) {
			g.Users = append(g.Users, user)
			l.member(u)
		}
	}
	g.IDPGroups = texts(n.At("match.idp_groups"))
	l.set.Groups = append(l.set.Groups, g)
}

// member warns of a person whom another group lists too: only one of the two counts.
func (l *loader) member(user *value.Node) {
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
		for _, n := range items(f.root.Get("exceptions")) {
			team := teamOf(n)
			if !validName(team.Str()) || l.set.Group(team.Str()) != nil {
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
	// Set before the work is done, so that a cycle of parents ends here.
	g.Platforms = inherited
	if g.own == nil {
		return inherited
	}
	g.Platforms = []string{}
	for _, n := range items(g.own) {
		if slices.Contains(AllPlatforms(), n.Str()) && !slices.Contains(inherited, n.Str()) {
			l.add(diag.New(diag.Platforms, n.Pos, "group %q cannot have platform %q: its parent %q has only %s", g.Name, n.Str(), g.Parent, strings.Join(inherited, ", ")))
		}
	}
	for _, p := range inherited {
		if slices.ContainsFunc(items(g.own), func(n *value.Node) bool { return n.Str() == p }) {
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
	if near := spell.Nearest(name, names); near != "" {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint("declare it under `groups:` in an organization file")
}
