// Package mobileconfig writes a macOS configuration profile that forces Claude Code's preferences.
//
// The form is com.apple.ManagedClient.preferences, which every MDM console takes as it is; with the settings directly in a payload of the
// domain's own type, the Payload keys could leak into the preferences. A Mac replaces a profile when PayloadIdentifier matches and updates
// it in place when PayloadUUID matches too, so both come from organization and audience alone: a new release changes neither.
package mobileconfig

import (
	"fmt"
	"io/fs"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/xmlplist"
	"github.com/policygen/policygen/internal/value"
)

const (
	domain      = "com.anthropic.claudecode" // the client's preference domain
	payloadType = "com.apple.ManagedClient.preferences"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "mobileconfig".
func (Backend) Name() string { return "mobileconfig" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Render returns <audience>.mobileconfig, or <audience>.ring-<ring>.mobileconfig, unsigned. Null and characters that XML forbids are errors that name their path.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	name := b.Audience.FileName(".mobileconfig")
	if b.Audience.Name == "" || !fs.ValidPath(name) {
		return nil, fmt.Errorf("audience %q cannot name a configuration profile", b.Audience.Name)
	}
	data, err := xmlplist.Append(make([]byte, 0, 16<<10), profile(b))
	if err != nil {
		return nil, fmt.Errorf("configuration profile of %s: %w", b.Audience.Name, err)
	}
	return []render.File{{Place: render.Platform, Path: name, Data: data, Resolved: b.Profile.Digest()}}, nil
}

// profile returns the outer property list.
func profile(b *ir.Bundle) *value.Node {
	id := identify(b.Organization, b.Audience.Name, b.Audience.Ring)
	title := b.Audience.PolicyTitle()
	members := []value.Member{
		text("PayloadType", "Configuration"),
		{Key: "PayloadVersion", Value: value.Num(1, zero)},
		text("PayloadScope", "System"),                                   // without it a profile installed by hand would be the user's
		{Key: "PayloadRemovalDisallowed", Value: value.Flag(true, zero)}, // by hand too: a console's profiles never can be removed
		text("PayloadIdentifier", id.Profile),
		text("PayloadUUID", id.ProfileUUID),
		text("PayloadDisplayName", title),
		text("PayloadDescription", b.Describe()),
		{Key: "PayloadContent", Value: value.Array(zero, payload(b, id, title))},
	}
	if b.Organization != "" {
		members = append(members, text("PayloadOrganization", b.Organization))
	}
	return value.Object(zero, members...)
}

// payload returns the one payload of the profile.
func payload(b *ir.Bundle, id identity, title string) *value.Node {
	forced := object("mcx_preference_settings", b.Profile.Node)
	return value.Object(zero,
		text("PayloadType", payloadType),
		value.Member{Key: "PayloadVersion", Value: value.Num(1, zero)},
		text("PayloadIdentifier", id.Payload),
		text("PayloadUUID", id.PayloadUUID),
		text("PayloadDisplayName", title),
		value.Member{Key: "PayloadContent", Value: object(domain, object("Forced", value.Array(zero, forced)))},
	)
}
