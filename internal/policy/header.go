package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// header reads the sections that belong to the organization and stand in organization files only.
func (l *loader) header() {
	l.set.Overridable, l.set.UnknownKeys = map[string]diag.Pos{}, map[string]diag.Pos{}
	for _, f := range l.set.Files {
		if f.root.Get("group") != nil {
			continue
		}
		l.organization(f.root)
		l.client(f.root)
		for _, n := range items(f.root.Get("overridable")) {
			l.overridable(n)
		}
		for _, n := range items(f.root.Get("unknown_keys")) {
			l.set.UnknownKeys[n.Str()] = n.Pos
		}
		for _, n := range items(f.root.At("delivery.targets")) {
			l.set.Targets = append(l.set.Targets, Target{Name: n.Str(), Pos: n.Pos})
		}
	}
	if l.set.Organization == "" && len(l.set.Files) > 0 {
		first := l.set.Files[0]
		l.add(diag.New(diag.Organization, diag.Pos{File: first.Path}, "no file names the organization").
			WithHint(`add "organization: Your Company" and "version: \"1.0\"" to an organization file`))
	}
}

func (l *loader) organization(root *value.Node) {
	name := root.Get("organization")
	if name.Str() != "" {
		if l.set.Organization != "" {
			l.add(diag.New(diag.Organization, name.Pos, "the organization is already named").WithRelated(l.set.OrganizationPos, "the first name"))
			return
		}
		l.set.Organization, l.set.OrganizationPos = name.Str(), name.Pos
	}
	if t := l.date(root, "effective_date", false); !t.IsZero() {
		l.set.EffectiveDate, l.set.EffectivePos = t, root.Get("effective_date").Pos
	}
	if t := l.date(root, "last_updated", false); t.After(l.set.LastUpdated) {
		l.set.LastUpdated = t
	}
}

var version = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// client reads which versions the fleet runs.
func (l *loader) client(root *value.Node) {
	section := root.Get("client")
	for key, into := range map[string]**value.Node{"minimum_version": &l.set.Client.Minimum, "maximum_version": &l.set.Client.Maximum} {
		n := section.Get(key)
		if n.Str() == "" {
			continue
		}
		if !version.MatchString(n.Str()) {
			l.add(diag.New(diag.InvalidValue, n.Pos, "%q is not a client version: write three numbers such as 2.1.329", n.Str()))
			continue
		}
		*into = n
	}
	l.set.Client.Enforce = l.set.Client.Enforce || section.Get("enforce").True()
}

// overridable checks that a path names a settings key.
func (l *loader) overridable(n *value.Node) {
	if n.Str() == "" {
		return
	}
	if _, known := l.catalog.Lookup(n.Str()); !known && !l.passedThrough(n.Str()) {
		l.add(diag.New(diag.UnknownKey, n.Pos, "%q is not a settings key", n.Str()).WithHint("%s", l.didYouMean(n.Str())))
		return
	}
	l.set.Overridable[n.Str()] = n.Pos
}

// didYouMean returns a hint with the nearest settings keys.
func (l *loader) didYouMean(path string) string {
	near := l.catalog.Suggest(path)
	if len(near) == 0 {
		return "if a newer client has this key, list it under `unknown_keys:`"
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// passedThrough reports whether a path lies under a key that unknown_keys lists.
func (l *loader) passedThrough(path string) bool {
	for name := range l.set.UnknownKeys {
		if path == name || strings.HasPrefix(path, name+".") {
			return true
		}
	}
	return false
}

// overlays reads the scope of every file.
func (l *loader) overlays() {
	for _, f := range l.set.Files {
		group := f.root.Get("group")
		f.Platforms = platforms(f.root.Get("platforms"))
		if group.Str() == "" {
			continue
		}
		f.Group, f.GroupPos = group.Str(), group.Pos
		if f.Group == DefaultGroup {
			l.add(diag.New(diag.BadName, group.Pos, `"default" is the organization without overlays`).
				WithHint("remove `group: default`: a file without a group holds for the whole organization"))
			continue
		}
		g := l.index[f.Group]
		if g == nil {
			l.add(l.unknownGroup(f.Group, group.Pos))
			continue
		}
		if f.Platforms != nil && !slices.ContainsFunc(f.Platforms, func(p string) bool { return slices.Contains(g.Platforms, p) }) {
			l.add(diag.New(diag.Platforms, f.root.Get("platforms").Pos, "the file never applies: group %q has only %s", g.Name, strings.Join(g.Platforms, ", ")))
		}
	}
}

// items returns the entries of a list node, and none for anything else.
func items(n *value.Node) []*value.Node {
	if n == nil || n.Kind != value.List {
		return nil
	}
	return n.Items
}
