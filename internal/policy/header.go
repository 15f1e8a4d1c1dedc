package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
	"github.com/policygen/policygen/internal/value"
)

// header reads the sections that belong to the organization and stand in organization files only.
func (l *loader) header() {
	l.set.Overridable, l.set.UnknownKeys, l.set.Agent = map[string]diag.Pos{}, map[string]diag.Pos{}, map[string]*value.Node{}
	for _, f := range l.organizationFiles() {
		l.organization(f.root)
		l.client(f.root)
		for _, n := range items(f.root.Get("unknown_keys")) {
			l.set.UnknownKeys[n.Str()] = n.Pos
		}
		l.governance(f.root)
		l.audit(f.root)
		l.rollout(f.root)
		for _, m := range members(f.root.At("delivery.agent")) {
			l.set.Agent[m.Key] = m.Value
		}
		for _, n := range items(f.root.At("delivery.sources")) {
			l.set.Sources = append(l.set.Sources, Target{Name: n.Str(), Pos: n.Pos})
		}
		l.set.Gateway = l.set.Gateway || f.root.At("delivery.gateway") != nil
		l.set.Domains = append(l.set.Domains, texts(f.root.At("delivery.gateway.domains"))...)
		for _, n := range items(f.root.At("delivery.targets")) {
			l.set.Targets = append(l.set.Targets, Target{Name: n.Str(), Pos: n.Pos})
		}
	}
	for _, f := range l.organizationFiles() { // again, because a path may lie under an unknown key of a later file
		for _, n := range items(f.root.Get("overridable")) {
			l.overridable(n)
		}
	}
	l.clientRange()
	l.clientBounds()
	if l.set.Organization == "" && len(l.set.Files) > 0 && !l.partial {
		first := l.set.Files[0]
		l.add(diag.New(diag.Organization, diag.Pos{File: first.Path}, "no file names the organization").
			WithHint(`add "organization: Your Company" and "version: \"1.0\"" to an organization file`))
	}
}

// organizationFiles returns the files without a group.
func (l *loader) organizationFiles() []*File {
	return slices.DeleteFunc(slices.Clone(l.set.Files), func(f *File) bool { return f.root.Get("group") != nil })
}

// organization reads the name and the dates. One file names the organization; last_updated is the latest that any file states.
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

// version is three numbers: the client compares releases, not pre-releases.
var version = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// IsVersion reports whether a text is a client's version.
func IsVersion(s string) bool { return version.MatchString(s) }

// client reads which versions the fleet runs. The schema tells of texts that are no version.
func (l *loader) client(root *value.Node) {
	section, c := root.Get("client"), &l.set.Client
	c.Minimum = l.clientVersion(c.Minimum, section.Get("minimum_version"))
	c.Maximum = l.clientVersion(c.Maximum, section.Get("maximum_version"))
	c.Enforce = c.Enforce || section.Get("enforce").True()
}

// clientVersion returns the bound to keep: the first one written.
func (l *loader) clientVersion(first, n *value.Node) *value.Node {
	switch {
	case !version.MatchString(n.Str()):
		return first
	case first == nil:
		return n
	case first.Scalar != n.Scalar:
		l.add(diag.New(diag.DuplicateName, n.Pos, "the client version %q contradicts another file", n.Scalar).
			WithHint("keep one of the two").WithRelated(first.Pos, "%q is written here", first.Scalar))
	}
	return first
}

// clientRange tells of bounds that no version meets. Equal ones pin the fleet to one version, which is allowed.
func (l *loader) clientRange() {
	low, high := l.set.Client.Minimum, l.set.Client.Maximum
	if low != nil && high != nil && catalog.Newer(low.Scalar, high.Scalar) {
		l.add(diag.New(diag.InvalidValue, high.Pos, "maximum_version %s is older than minimum_version %s", high.Scalar, low.Scalar).
			WithHint("no client is inside these bounds").WithRelated(low.Pos, "minimum_version"))
	}
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
	if other := spell.Nearest(path, l.catalog.Root().Known()); len(near) == 0 && other != "" {
		near = []string{other}
	}
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
			continue // the schema tells it
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

// members returns the members of a map node, and none for anything else.
func members(n *value.Node) []value.Member {
	if n == nil {
		return nil
	}
	return n.Members
}
