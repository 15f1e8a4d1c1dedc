package site

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// settings returns an audience's native settings, one entry per key that holds a value or a list, in the order of the keys. Values that all
// platforms share do not name them.
func (s Source) settings(g *resolve.Group) []Setting {
	var all []Setting
	for _, platform := range g.Platforms {
		if state := g.States[platform]; state != nil && state.Settings != nil {
			all = s.collect(all, "", state.Settings, platform)
		}
	}
	for i := range all {
		for j, v := range all[i].Values {
			if len(v.Platforms) == len(g.Platforms) {
				all[i].Values[j].Platforms = nil
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Setting) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// collect adds what a node says for a platform. Lists of objects and empty containers are one value: their parts mean little alone.
func (s Source) collect(all []Setting, path string, n *value.Node, platform string) []Setting {
	if n.Kind == value.Map && len(n.Members) > 0 {
		for _, m := range n.Members {
			all = s.collect(all, joined(path, m.Key), m.Value, platform)
		}
		return all
	}
	i := slices.IndexFunc(all, func(known Setting) bool { return known.Path == path })
	if i < 0 {
		i = len(all)
		all = append(all, Setting{Path: path, Doc: s.Docs(path)})
	}
	if n.Kind != value.List || len(n.Items) == 0 {
		all[i].add(n, platform)
		return all
	}
	for _, item := range n.Items {
		all[i].add(item, platform)
	}
	return all
}

// joined writes a path as policygen explain takes it.
func joined(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// add notes a value for a platform.
func (s *Setting) add(n *value.Node, platform string) {
	text := n.Scalar
	if n.Kind != value.String {
		text = string(value.AppendJSON(nil, n))
	}
	for i, v := range s.Values {
		if v.Text == text && v.File == n.Pos.File && v.Line == n.Pos.Line {
			if !slices.Contains(v.Platforms, platform) {
				s.Values[i].Platforms = append(v.Platforms, platform)
			}
			return
		}
	}
	s.Values = append(s.Values, Value{text, []string{platform}, n.Pos.File, n.Pos.Line})
}
