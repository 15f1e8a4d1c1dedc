// Package remote makes one settings document of what an audience gets, for servers that know people and not machines.
package remote

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// Document is what a server hands to everybody of an audience.
type Document struct {
	Audience ir.Audience
	Revision string
	Members  ir.Members
	Settings *value.Node // with guidance; an empty object where the policies leave nothing
	Unread   []string    // top-level keys that the client does not take from a server; they are not in Settings
	Files    []string    // what no settings document carries and each machine still needs: managed-mcp.json, hooks/
	Unfit    []string    // why the document would not be what the audience gets elsewhere
}

// Of returns the document of one audience from the bundles of its platforms.
func Of(c *catalog.Catalog, bundles []*ir.Bundle) Document {
	first := bundles[0]
	d := Document{Audience: first.Audience, Revision: first.Revision, Members: first.Members, Settings: profile(first)}
	if first.Audience.Ring != "" {
		d.unfit("gets something else in the ring %s, and a server does not know which device asks", first.Audience.Ring)
	}
	for _, b := range bundles {
		if path := differs(d.Settings, profile(b), ""); path != "" {
			d.unfit("gets another %s on %s than on %s, and a server does not know the platform", path, b.Platform, first.Platform)
		}
		if b.MCP != nil && !slices.Contains(d.Files, "managed-mcp.json") {
			d.Files = append(d.Files, "managed-mcp.json")
		}
		if len(b.Scripts) > 0 && !slices.Contains(d.Files, "hooks/") {
			d.Files = append(d.Files, "hooks/")
		}
	}
	for _, m := range d.Settings.Members {
		if !c.Reads("remote", m.Key, m.Value) {
			d.Unread = append(d.Unread, m.Key)
			d.Settings = d.Settings.Without(m.Key)
		}
	}
	return d
}

func (d *Document) unfit(format string, args ...any) {
	d.Unfit = append(d.Unfit, d.Audience.Name+" "+fmt.Sprintf(format, args...))
}

// profile returns the settings of a bundle with its guidance.
func profile(b *ir.Bundle) *value.Node {
	if b.Profile == nil {
		return &value.Node{Kind: value.Map}
	}
	return b.Profile.Node
}

// differs returns the first path at which two documents are not the same, "" where there is none.
func differs(a, b *value.Node, at string) string {
	if value.Equal(a, b) {
		return ""
	}
	if a == nil || b == nil || a.Kind != value.Map || b.Kind != value.Map {
		return strings.TrimPrefix(at, ".")
	}
	for _, m := range append(slices.Clone(a.Members), b.Members...) {
		if path := differs(a.Get(m.Key), b.Get(m.Key), at+"."+m.Key); path != "" {
			return path
		}
	}
	return ""
}
