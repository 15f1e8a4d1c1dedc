package mobileconfig

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/value"
)

// Found is what a profile that anybody may have written says about Claude
// Code.
type Found struct {
	Settings     *value.Node
	Forced       bool   // as opposed to a default that a user may change
	Organization string // "" where the profile has none
	Others       int    // payloads about other things
}

// Find looks for the settings in a configuration profile: in a
// managed-preferences payload, or in one whose type is the domain itself. A
// profile without such a payload, or with several of them, is an error.
func Find(profile *value.Node) (*Found, error) {
	content := profile.Get("PayloadContent")
	if content == nil || content.Kind != value.List {
		return nil, fmt.Errorf("the profile has no list PayloadContent")
	}
	f := &Found{Organization: profile.Get("PayloadOrganization").Str()}
	matches := 0
	for _, payload := range content.Items {
		settings, forced := settingsOf(payload)
		if settings == nil {
			f.Others++
			continue
		}
		matches++
		f.Settings, f.Forced = settings, forced
	}
	switch matches {
	case 0:
		return nil, fmt.Errorf("none of the %d payloads is about %s", len(content.Items), domain)
	case 1:
		return f, nil
	}
	return nil, fmt.Errorf("%d payloads are about %s, and which of them a Mac takes is not defined", matches, domain)
}

// settingsOf returns the settings of one payload, or nil.
func settingsOf(payload *value.Node) (settings *value.Node, forced bool) {
	switch payload.Get("PayloadType").Str() {
	case domain:
		kept := *payload
		kept.Members = nil
		for _, m := range payload.Members {
			if !strings.HasPrefix(m.Key, "Payload") {
				kept.Members = append(kept.Members, m)
			}
		}
		return &kept, true
	case payloadType:
		preferences := payload.Get("PayloadContent").Get(domain)
		for _, way := range []string{"Forced", "Set-Once"} {
			if list := preferences.Get(way); list != nil && list.Kind == value.List && len(list.Items) > 0 {
				if s := list.Items[0].Get("mcx_preference_settings"); s != nil && s.Kind == value.Map {
					return s, way == "Forced"
				}
			}
		}
	}
	return nil, false
}
