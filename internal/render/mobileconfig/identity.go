package mobileconfig

import (
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/render/internal/guid"
	"github.com/policygen/policygen/internal/value"
)

// identifierPrefix begins every PayloadIdentifier. Changing it, or how UUIDs are made, would install a second profile beside the first on
// every Mac.
const identifierPrefix = domain + ".policygen."

// identity is what a Mac knows a profile and its payload by.
type identity struct{ Profile, ProfileUUID, Payload, PayloadUUID string }

// identify derives the identity from organization and audience alone. Rings of an audience share the identifiers and the payload's UUID, so that a
// Mac that moves to another ring replaces its profile and updates the payload in place; the profile's own UUID names the ring, for consoles
// that hold the profiles of several rings at once and tell them apart by it (Apple, "TopLevel" and "CommonPayloadKeys").
func identify(organization, audience, ring string) identity {
	own := []string{audience, "profile"} // no audience holds a slash
	if ring != "" {
		own = append(own, ring)
	}
	profile := identifierPrefix + slug(organization) + "." + strings.ReplaceAll(audience, "+", ".")
	return identity{Profile: profile, ProfileUUID: guid.Of(organization, own...), Payload: profile + ".settings", PayloadUUID: guid.Of(organization, audience, "payload")}
}

// slug returns the organization's name as one part of an identifier. A name without ASCII letters gets a piece of its UUID.
func slug(organization string) string {
	var s strings.Builder
	for _, r := range strings.ToLower(organization) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			s.WriteRune(r)
		case s.Len() > 0 && !strings.HasSuffix(s.String(), "-"):
			s.WriteByte('-')
		}
	}
	if name := strings.TrimRight(s.String(), "-"); name != "" {
		return name
	}
	return "org-" + guid.Organization(organization)[:8]
}

// zero is the place of nodes that nobody wrote.
var zero diag.Pos

func text(key, s string) value.Member {
	return value.Member{Key: key, Value: value.Text(s, zero)}
}

// object returns a map of one member.
func object(key string, v *value.Node) *value.Node {
	return value.Object(zero, value.Member{Key: key, Value: v})
}
