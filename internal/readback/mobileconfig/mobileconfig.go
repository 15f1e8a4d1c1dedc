// Package mobileconfig reads a macOS configuration profile back into the
// settings it forces.
package mobileconfig

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/value"
)

// These repeat what the writer says on purpose: a reader that shared them
// could not notice a change.
const (
	domain      = "com.anthropic.claudecode"
	payloadType = "com.apple.ManagedClient.preferences"
)

// Profile is what a configuration profile says about Claude Code.
type Profile struct {
	Settings     *value.Node
	Identity     Identity // of the profile
	Payload      Identity // of its payload
	DisplayName  string
	Description  string
	Organization string // "" where the profile has none
}

// Identity is how a Mac recognizes a profile or payload it has already.
type Identity struct{ Identifier, UUID string }

var uuidForm = regexp.MustCompile(`^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`)

// Read returns the profile's content. It is strict: one payload, of the
// managed-preferences type, that forces one domain for the whole system, and
// nothing beside it.
func Read(data []byte) (*Profile, error) {
	n, err := plist.Read(data)
	if err != nil {
		return nil, err
	}
	outer := reader{at: "profile"}
	p := &Profile{
		Identity:     outer.identity(n, "Configuration"),
		DisplayName:  outer.text(n, "PayloadDisplayName"),
		Description:  n.Get("PayloadDescription").Str(),
		Organization: n.Get("PayloadOrganization").Str(),
	}
	if outer.text(n, "PayloadScope") != "System" {
		outer.fail("PayloadScope is not System")
	}
	if !n.Get("PayloadRemovalDisallowed").True() {
		outer.fail("PayloadRemovalDisallowed is not true")
	}
	payload := outer.one(n, "PayloadContent")
	inner := reader{at: "payload"}
	p.Payload = inner.identity(payload, payloadType)
	p.Settings = inner.settings(payload.Get("PayloadContent"))
	if p.Payload.UUID == p.Identity.UUID || p.Payload.Identifier == p.Identity.Identifier {
		inner.fail("the payload shares its identity with the profile")
	}
	if err := errors.Join(append(outer.errs, inner.errs...)...); err != nil {
		return nil, err
	}
	return p, nil
}

// reader collects what is wrong, so that one run shows all of it.
type reader struct {
	at   string
	errs []error
}

// fail notes one thing that is wrong.
func (r *reader) fail(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf(r.at+": "+format, args...))
}

// text returns a string that must be there.
func (r *reader) text(n *value.Node, key string) string {
	s := n.Get(key).Str()
	if s == "" {
		r.fail("%s is not a text", key)
	}
	return s
}

// one returns the only entry of a list.
func (r *reader) one(n *value.Node, key string) *value.Node {
	list := n.Get(key)
	if list == nil || list.Kind != value.List || len(list.Items) != 1 {
		r.fail("%s is not an array of one entry", key)
		return nil
	}
	return list.Items[0]
}

// identity checks the keys that the profile and its payload have in common.
func (r *reader) identity(n *value.Node, kind string) Identity {
	if got := r.text(n, "PayloadType"); got != kind {
		r.fail("PayloadType is %q, not %q", got, kind)
	}
	if v := n.Get("PayloadVersion"); v == nil || v.Kind != value.Number || v.Scalar != "1" {
		r.fail("PayloadVersion is not 1")
	}
	id := Identity{Identifier: r.text(n, "PayloadIdentifier"), UUID: r.text(n, "PayloadUUID")}
	if !uuidForm.MatchString(id.UUID) {
		r.fail("PayloadUUID %q is not an upper-case UUID", id.UUID)
	}
	return id
}

// settings follows the one way down to the preferences.
func (r *reader) settings(content *value.Node) *value.Node {
	forced := r.one(r.onlyMember(content, domain), "Forced")
	r.onlyMember(content.Get(domain), "Forced")
	n := r.onlyMember(forced, "mcx_preference_settings")
	if n == nil || n.Kind != value.Map {
		r.fail("mcx_preference_settings is not a dict")
		return nil
	}
	return n
}

// onlyMember returns the member that must be the only one.
func (r *reader) onlyMember(n *value.Node, key string) *value.Node {
	if n.Get(key) == nil || len(n.Members) != 1 {
		r.fail("the dict around %s must hold it and nothing else", key)
	}
	return n.Get(key)
}
