package effective

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// In merged mode the highest source that sets one of these owns it whole (schema text of 2.1.329).
var ownedWhole = []string{"fallbackModel", "allowedMcpServers", "allowedProviders", "availableModels", "strictKnownMarketplaces", "allowedChannelPlugins",
	"sandbox.credentials.awsPairs", "sandbox.ripgrep", "modelOverrides"}

// In merged mode these count from the highest source only, whether it sets them or not (schema text of 2.1.329).
var winnersOnly = []string{"forceLoginOrgUUID", "forceLoginMethod", "forceLoginGatewayUrl", "gatewayInternalNetworks", "allowNestedModelAccessUnderForceLogin",
	"apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper", "proxyAuthHelper", "modelPicker", "permissions.defaultMode",
	"parentSettingsBehavior", "policyHelper", "policyHelpers"}

// lockedLists are the allowlists that are joined over all sources while their lock is on in one of them (documentation of 2.1.240).
var lockedLists = map[string]string{
	"sandbox.network.allowedDomains": "sandbox.network.allowManagedDomainsOnly",
	"sandbox.filesystem.allowRead":   "sandbox.filesystem.allowManagedReadPathsOnly",
	"permissions.allow":              "sandbox.network.allowManagedDomainsOnly", // the WebFetch(domain:...) rules of it
}

// locksOf returns the locks that one of the sources turns on.
func locksOf(sources []Delivered) map[string]bool {
	on := map[string]bool{}
	for _, lock := range lockedLists {
		on[lock] = slices.ContainsFunc(sources, func(d Delivered) bool { return d.Settings.At(lock).True() })
	}
	return on
}

// acts reports whether a leaf of a source that did not win is in force all the same.
func (c *composing) acts(leaf Leaf, path []string, set *value.Node, stricter bool) bool {
	key := strings.Join(path, ".")
	if c.result.Winner == Helper || leaf.Source == HKCU {
		return false
	}
	if c.result.Winner == Remote && c.pins(key, leaf.Value) {
		return true
	}
	if lock, listed := lockedLists[key]; listed && c.locked[lock] && !c.result.Merged {
		return key != "permissions.allow" || strings.HasPrefix(leaf.Value.Str(), "WebFetch(domain:")
	}
	if !c.result.Merged {
		cross := leaf.Row != nil && leaf.Row.CrossSource && lockedLists[key] == ""
		return cross && (set == nil || stricter)
	}
	switch {
	case under(winnersOnly, key):
		return false
	case under(ownedWhole, key):
		return !slices.ContainsFunc(c.higher, func(n *value.Node) bool { return at(n, owner(key)) != nil })
	}
	return set == nil || set.Kind == value.List || stricter
}

// pins reports a login pin of the machine's own administrator, which holds ahead of what the server says, in both modes (schema text of
// 2.1.329). A higher source of the machine's own has spoken first.
func (c *composing) pins(key string, n *value.Node) bool {
	own := key == "forceLoginOrgUUID" || key == "forceLoginMethod" && (n.Str() == "claudeai" || n.Str() == "console")
	return own && !slices.ContainsFunc(c.higher[1:], func(above *value.Node) bool { return above.Get(key) != nil })
}

// under reports whether a key is one of the list or lies below one.
func under(list []string, key string) bool {
	return slices.ContainsFunc(list, func(k string) bool { return key == k || strings.HasPrefix(key, k+".") })
}

// owner returns the path of the key of ownedWhole that a key lies under.
func owner(key string) []string {
	i := slices.IndexFunc(ownedWhole, func(k string) bool { return key == k || strings.HasPrefix(key, k+".") })
	return strings.Split(ownedWhole[i], ".")
}

// strictSwitch reports whether a boolean is the stricter one of its key.
func strictSwitch(row *catalog.Row, n *value.Node) bool {
	if row == nil || n.Kind != value.Bool {
		return false
	}
	return row.Stricter == catalog.StricterTrue && n.True() || row.Stricter == catalog.StricterFalse && !n.True()
}

// leaves visits every scalar and every list entry of settings, and lists and maps that are empty. Lists of lists do not occur.
func leaves(cat *catalog.Catalog, n *value.Node, visit func(path []string, n *value.Node, entry bool)) {
	var walk func(path []string, n *value.Node)
	walk = func(path []string, n *value.Node) {
		switch {
		case n.Kind == value.Map && len(n.Members) > 0:
			for _, m := range n.Members {
				walk(append(path[:len(path):len(path)], m.Key), m.Value)
			}
		case n.Kind == value.List && len(n.Items) > 0 && !wholeList(cat, path):
			for _, item := range n.Items {
				visit(path, item, true)
			}
		default:
			visit(path, n, false)
		}
	}
	walk(nil, n)
}

// wholeList reports a list that is one value: its order has a meaning, and it is never joined.
func wholeList(cat *catalog.Catalog, path []string) bool {
	row, known := cat.Lookup(join(path))
	return known && row.Merge == catalog.MergeReplaceWhole
}

// at follows a path of member names.
func at(n *value.Node, path []string) *value.Node {
	for _, name := range path {
		n = n.Get(name)
	}
	return n
}

// holds reports whether the settings in force have a leaf: the same value, or an equal entry.
func holds(set, n *value.Node, entry bool) bool {
	if set == nil || !entry {
		return set != nil && value.Equal(set, n)
	}
	return slices.ContainsFunc(set.Items, func(item *value.Node) bool { return value.Equal(item, n) })
}

// put returns the document with a leaf added.
func put(doc *value.Node, path []string, n *value.Node, entry bool) *value.Node {
	if len(path) == 0 {
		if !entry {
			return n
		}
		if doc == nil {
			return value.Array(n.Pos, n)
		}
		copied := *doc
		copied.Items = append(slices.Clone(doc.Items), n)
		return &copied
	}
	if doc == nil {
		doc = value.Object(n.Pos)
	}
	return doc.With(path[0], put(doc.Get(path[0]), path[1:], n, entry))
}

// join writes a path as people know it.
func join(path []string) string {
	text := ""
	for _, name := range path {
		text = catalog.Join(text, name)
	}
	return text
}
