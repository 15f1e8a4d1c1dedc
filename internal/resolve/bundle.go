package resolve

import (
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// Bundles returns what a group's back ends get, one bundle for each platform, in order. Platforms that share a state share its documents.
// Bundles are made on demand and hold the encoded documents, so that a driver can drop them group by group.
func (r *Result) Bundles(g *Group) []*ir.Bundle {
	made := map[*State]*ir.Bundle{}
	bundles := make([]*ir.Bundle, 0, len(g.Platforms))
	for _, platform := range g.Platforms {
		s := g.States[platform]
		b := &ir.Bundle{Organization: r.Organization, Audience: g.audience(), Members: g.Members, Platform: ir.Platform(platform),
			Valid: g.Valid, Agent: g.Agent}
		if first := made[s]; first != nil {
			copied := *first
			copied.Platform = b.Platform
			bundles = append(bundles, &copied)
			continue
		}
		s.fill(b)
		made[s] = b
		bundles = append(bundles, b)
	}
	revision := ir.RevisionOf(bundles)
	for _, b := range bundles {
		b.Revision = revision
	}
	return bundles
}

// fill sets what depends on the state alone. A profile has no place for a CLAUDE.md, so its settings carry the guidance in the key claudeMd,
// behind what is written there.
func (s *State) fill(b *ir.Bundle) {
	b.Settings = ir.NewDocument(s.Settings)
	b.Files, b.Scripts = s.Files, s.Scripts
	for _, section := range s.Guidance {
		parts := []ir.Part{{Text: section.Text, Pos: section.Pos}}
		if len(section.Parts) > 0 {
			parts = parts[:0]
		}
		for _, p := range section.Parts {
			parts = append(parts, ir.Part{Text: p.Text, Pos: p.Pos})
		}
		b.Guidance = append(b.Guidance, ir.Section{Title: section.Title, Text: section.Text, Parts: parts})
	}
	if s.Servers != nil {
		b.MCP = &ir.Document{Node: value.Object(s.Servers.Pos, value.Member{Key: "mcpServers", KeyPos: s.Servers.Pos, Value: s.Servers})}
	}
	b.Profile = b.Settings
	if text := b.Markdown(); text != "" {
		root := s.Settings
		if root == nil {
			root = &value.Node{Kind: value.Map}
		}
		if written := root.Get("claudeMd").Str(); written != "" {
			text = strings.TrimRight(written, "\n") + "\n\n" + text
		}
		b.Profile = ir.NewDocument(root.With("claudeMd", value.Text(text, s.Guidance[0].Pos)))
	}
}
