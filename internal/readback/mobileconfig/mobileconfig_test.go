package mobileconfig_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/value"
)

// good is a profile as a console's own editor would write it.
const good = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadScope</key><string>System</string>
<key>PayloadRemovalDisallowed</key><true/>
<key>PayloadIdentifier</key><string>example.profile</string>
<key>PayloadUUID</key><string>11111111-2222-5333-8444-555555555555</string>
<key>PayloadDisplayName</key><string>Example</string>
<key>PayloadDescription</key><string>For tests</string>
<key>PayloadOrganization</key><string>Acme</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.ManagedClient.preferences</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>example.payload</string>
<key>PayloadUUID</key><string>AAAAAAAA-2222-5333-8444-555555555555</string>
<key>PayloadContent</key><dict><key>com.anthropic.claudecode</key><dict><key>Forced</key><array><dict>
<key>mcx_preference_settings</key><dict><key>cleanupPeriodDays</key><integer>7</integer></dict>
</dict></array></dict></dict>
</dict></array>
</dict></plist>
`

func TestRead(t *testing.T) {
	got, err := mobileconfig.Read([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if settings := string(value.AppendJSON(nil, got.Settings)); settings != `{"cleanupPeriodDays":7}` {
		t.Errorf("settings %s", settings)
	}
	got.Settings = nil
	want := &mobileconfig.Profile{
		Identity:     mobileconfig.Identity{Identifier: "example.profile", UUID: "11111111-2222-5333-8444-555555555555"},
		Payload:      mobileconfig.Identity{Identifier: "example.payload", UUID: "AAAAAAAA-2222-5333-8444-555555555555"},
		DisplayName:  "Example",
		Description:  "For tests",
		Organization: "Acme",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadRefuses(t *testing.T) {
	const forced = "<key>Forced</key>"
	tests := []struct{ name, old, instead, want string }{
		{"no property list", `<plist version="1.0">`, `<html><plist version="1.0">`, "the document element is <html>"},
		{"key twice", "PayloadScope", "PayloadType", `key "PayloadType" is there twice`},
		{"type", "<string>Configuration<", "<string>Profile<", `profile: PayloadType is "Profile", not "Configuration"`},
		{"version as text", "<integer>1</integer>", "<string>1</string>", "profile: PayloadVersion is not 1"},
		{"next version", "<integer>1</integer>", "<integer>2</integer>", "profile: PayloadVersion is not 1"},
		{"for the user", "<string>System<", "<string>User<", "profile: PayloadScope is not System"},
		{"no scope", "<key>PayloadScope</key><string>System</string>", "", "profile: PayloadScope is not a text"},
		{"removable", "<key>PayloadRemovalDisallowed</key><true/>", "<key>PayloadRemovalDisallowed</key><false/>", "profile: PayloadRemovalDisallowed is not true"},
		{"no identifier", "<string>example.profile</string>", "<string/>", "profile: PayloadIdentifier is not a text"},
		{"lower-case UUID", "AAAAAAAA", "aaaaaaaa", `payload: PayloadUUID "aaaaaaaa-2222-5333-8444-555555555555" is not an upper-case UUID`},
		{"one UUID", "AAAAAAAA", "11111111", "payload: the payload shares its identity with the profile"},
		{"one identifier", "example.payload", "example.profile", "payload: the payload shares its identity with the profile"},
		{"payload of another type", "com.apple.ManagedClient.preferences", "com.apple.mcxprinting", `payload: PayloadType is "com.apple.mcxprinting"`},
		{"another domain", "com.anthropic.claudecode", "com.example", "payload: the dict around com.anthropic.claudecode must hold it and nothing else"},
		{"second domain", "<key>com.anthropic.claudecode</key>", "<key>x</key><dict/><key>com.anthropic.claudecode</key>", "payload: the dict around com.anthropic.claudecode must hold it"},
		{"set once", forced, "<key>Set-Once</key>", "payload: Forced is not an array of one entry"},
		{"set once as well", forced, "<key>Set-Once</key><array/>" + forced, "payload: the dict around Forced must hold it and nothing else"},
		{"forced twice", "</dict></array></dict></dict>", "</dict><dict/></array></dict></dict>", "payload: Forced is not an array of one entry"},
		{"another key beside", "<key>mcx_preference_settings</key>", "<key>x</key><true/><key>mcx_preference_settings</key>", "payload: the dict around mcx_preference_settings must hold it"},
		{"settings as text", "<dict><key>cleanupPeriodDays</key><integer>7</integer></dict>", "<string>{}</string>", "payload: mcx_preference_settings is not a dict"},
		{"second payload", "</dict></array>\n</dict></plist>", "</dict><dict/></array>\n</dict></plist>", "profile: PayloadContent is not an array of one entry"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(good, test.old, test.instead, 1)
			if text == good {
				t.Fatalf("the good profile has no %q", test.old)
			}
			p, err := mobileconfig.Read([]byte(text))
			if p != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", p, err, test.want)
			}
		})
	}
}

// A file that is wrong throughout gets one error for each thing, not a panic.
func TestReadReportsEverything(t *testing.T) {
	_, err := mobileconfig.Read([]byte(`<plist version="1.0"><true/></plist>`))
	if err == nil || strings.Count(err.Error(), "\n") < 10 {
		t.Errorf("got %v", err)
	}
}
