package jamf

import (
	"bytes"
	"fmt"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/render/internal/xmlplist"
	"github.com/policygen/policygen/internal/value"
)

// modified is the day on which the form of the manifest was last changed; its content has the version of the client. The date is an element of
// its own, which no JSON document has, so it takes the place of a text.
const modified = "2026-11-21T00:00:00Z"

// manifest returns the catalogue as a preference manifest of ProfileCreator, which iMazing and others read too (ProfileManifests, wiki
// "Manifest Format").
func manifest(c *catalog.Catalog) ([]byte, error) {
	subkeys := payloadKeys()
	for _, f := range fields(c.Root()) {
		if entry := subkey(f.name, f.key, 0); entry != nil {
			subkeys.Items = append(subkeys.Items, entry)
		}
	}
	root := value.Object(zero,
		text("pfm_domain", domain),
		text("pfm_title", "Claude Code"),
		text("pfm_description", "Managed settings of Claude Code, as claude "+c.ClientVersion()+" knows them"),
		text("pfm_documentation_url", "https://code.claude.com/docs"),
		text("pfm_interaction", "combined"),
		text("pfm_last_modified", modified),
		number("pfm_format_version", 1),
		number("pfm_version", 1),
		node("pfm_unique", value.Flag(true, zero)),
		node("pfm_platforms", texts([]string{"macOS"})),
		node("pfm_targets", texts([]string{"system", "system-managed"})),
		node("pfm_subkeys", subkeys),
	)
	data, err := xmlplist.Append(nil, root)
	if err != nil {
		return nil, fmt.Errorf("preference manifest: %w", err)
	}
	return bytes.Replace(data, []byte("<string>"+modified+"</string>"), []byte("<date>"+modified+"</date>"), 1), nil
}

// payloadKeys returns the keys that every payload has and a manifest lists first.
func payloadKeys() *value.Node {
	list := value.Array(zero)
	for _, k := range []struct{ name, kind, preset string }{
		{"PayloadDescription", "string", "Managed settings of Claude Code"}, {"PayloadDisplayName", "string", "Claude Code"},
		{"PayloadIdentifier", "string", domain}, {"PayloadType", "string", domain}, {"PayloadUUID", "string", ""},
		{"PayloadVersion", "integer", ""}, {"PayloadOrganization", "string", ""},
	} {
		entry := value.Object(zero, text("pfm_name", k.name), text("pfm_title", k.name), text("pfm_description", k.name+" of the payload"), text("pfm_type", k.kind))
		switch {
		case k.preset != "":
			entry = entry.With("pfm_default", value.Text(k.preset, zero))
		case k.kind == "integer":
			entry = entry.With("pfm_default", value.Num(1, zero))
		case k.name == "PayloadUUID":
			entry = entry.With("pfm_format", value.Text(`^[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}$`, zero))
		}
		if k.name != "PayloadOrganization" {
			entry = entry.With("pfm_require", value.Text("always", zero))
		}
		list.Items = append(list.Items, entry)
	}
	return list
}

// kinds are the manifest's names of types.
var kinds = map[string]string{"string": "string", "boolean": "boolean", "integer": "integer", "number": "real", "array": "array", "object": "dictionary"}

// subkey returns the entry of one key, nil where no form can hold it. An entry of a list has no name.
func subkey(name string, k *catalog.Key, depth int) *value.Node {
	r := k.Row()
	kind := kind(r)
	if kind == "" || depth > maxDepth {
		return nil
	}
	members := []value.Member{text("pfm_type", kinds[kind]), text("pfm_title", name), text("pfm_description", about(r)), text("pfm_name", name)}
	switch kind {
	case "array":
		if k.Elem() == nil || k.Elem().Row() == nil {
			return nil
		}
		entry := subkey("Entry", k.Elem(), depth+1)
		if entry == nil {
			return nil
		}
		if allowed := r.ItemEnum; len(allowed) > 0 {
			entry = entry.With("pfm_range_list", texts(allowed))
		}
		members = append(members, node("pfm_subkeys", value.Array(zero, entry.Without("pfm_name"))))
	case "object":
		members = append(members, node("pfm_subkeys", nested(k, depth)))
	default:
		members = append(members, ranges(r)...)
	}
	return value.Object(zero, members...)
}

// nested returns the entries of an object's members. Free names are a pair of placeholders, as the format has them.
func nested(k *catalog.Key, depth int) *value.Node {
	list := value.Array(zero)
	for _, f := range fields(k) {
		if entry := subkey(f.name, f.key, depth+1); entry != nil {
			list.Items = append(list.Items, entry)
		}
	}
	if other := k.Child("*"); other != nil && other.Row() != nil {
		if entry := subkey("{{value}}", other, depth+1); entry != nil {
			name := value.Object(zero, text("pfm_name", "{{key}}"), text("pfm_title", "Name"), text("pfm_description", "Name of the entry"), text("pfm_type", "string"))
			list.Items = append(list.Items, name, entry)
		}
	}
	return list
}

// ranges returns what bounds a single value.
func ranges(r *catalog.Row) []value.Member {
	var members []value.Member
	if len(r.Enum) > 0 && r.EnumPattern == "" {
		members = append(members, node("pfm_range_list", texts(r.Enum)))
	}
	if r.Min != nil && !r.ZeroAllowed {
		members = append(members, number("pfm_range_min", *r.Min))
	}
	if r.Max != nil {
		members = append(members, number("pfm_range_max", *r.Max))
	}
	if r.Since != "" {
		members = append(members, text("pfm_app_min", r.Since))
	}
	return members
}
