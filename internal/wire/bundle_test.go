package wire_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/wire"
)

func number(f float64) *float64 { return &f }

// full is a bundle with every field filled.
func full() wire.Bundle {
	return wire.Bundle{
		FormatVersion: wire.BundleVersion, Organization: "Acme <\"digest\":\"x\">", Audience: "payments+alice@acme.com", Group: "payments",
		User: "alice@acme.com", ValidUntil: day(12), Banner: "Policies of Acme", AskURL: "https://acme.example/ask",
		Policies: []wire.Policy{
			{
				Name: "servers", Description: "Approved servers only", Type: "allowlist", Target: "mcpServers",
				Values:   []wire.Value{{Name: "github"}, {Name: "docs", URL: "https://mcp.acme.com/*"}, {Name: "jira", Command: []string{"jira-mcp"}}},
				Severity: "error", Mode: "warn", ModeUntil: day(20), Message: "'{{value}}' is not approved", HelpURL: "https://acme.example/mcp",
				Controls: []string{"SOC2:CC6.1"}, Owner: "security@acme.com", Platforms: []string{"linux", "macos"}, Native: true,
			},
			{Name: "pattern", Type: "pattern-deny", Target: "commands", Pattern: `curl\s`, Severity: "warning", Mode: "observe", Rings: []wire.RingDate{{Ring: "canary", From: *day(11)}}},
			{Name: "limit", Type: "limit", Target: "toolCalls", Min: number(0), Max: number(100), Per: "day", Severity: "info", Mode: "observe"},
			{Name: "module", Type: "rego", Target: "tools", Module: "package p", Severity: "error", Mode: "enforce"},
		},
		Exceptions: []wire.Exception{{
			Team: "payments", User: "alice@acme.com", Project: "web", Policies: []string{"servers"}, Values: []string{"slack"},
			Starts: day(1), Expires: day(12), Reason: "a test", Ticket: "SEC-1",
		}},
		Timeline: []wire.Moment{{At: *day(12), Changes: []string{"exception from servers ends"}}},
		Audit: &wire.Audit{
			Enabled: true, Destination: "https://audit.acme.com", BatchSize: 100, FlushInterval: 30, IncludeEvents: []string{"PreToolUse"},
			ExcludePaths: []string{"**/secret/**"}, Redact: []string{"sk-[a-z]+"}, PublicKey: "age1x",
		},
		Rollout: &wire.Rollout{By: "device", Rings: []wire.Ring{{Name: "canary", Percent: 10}, {Name: "all", Percent: 100}}},
	}
}

func encode(t testing.TB, b wire.Bundle) []byte {
	t.Helper()
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestBundleRoundTrip(t *testing.T) {
	for name, b := range map[string]wire.Bundle{"full": full(), "empty": {FormatVersion: wire.BundleVersion}} {
		t.Run(name, func(t *testing.T) {
			data := encode(t, b)
			got, err := wire.ReadBundle(data)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Digest) != 64 {
				t.Errorf("the digest is %q, want 64 hex digits", got.Digest)
			}
			if again := encode(t, *got); !bytes.Equal(again, data) {
				t.Errorf("encoding again gives\n%s, want\n%s", again, data)
			}
			want := b
			want.Digest = got.Digest
			if want.Policies == nil {
				want.Policies, want.Exceptions, want.Timeline = []wire.Policy{}, []wire.Exception{}, []wire.Moment{}
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEncodeIsCompact(t *testing.T) {
	data := encode(t, full())
	if !bytes.HasSuffix(data, []byte("}\n")) || bytes.Count(data, []byte("\n")) != 1 {
		t.Error("the bundle is not one line")
	}
	if bytes.Contains(data, []byte(`\u003c`)) {
		t.Error("the bundle escapes < although no HTML is near")
	}
	stale := full()
	stale.Digest = "stale"
	if !bytes.Equal(encode(t, stale), data) {
		t.Error("the digest that stood in the field before matters")
	}
}

func TestEncodeRefusesWhatJSONCannotSay(t *testing.T) {
	b := full()
	b.Timeline[0].At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := b.Encode(); err == nil {
		t.Error("a year of five digits was encoded")
	}
}

// reseal changes text in an encoded bundle and gives it a fitting digest, as a compiler of another version would.
func reseal(t testing.TB, data []byte, old, new string) []byte {
	t.Helper()
	var b wire.Bundle
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	open := bytes.Replace(data, []byte(b.Digest), nil, 1)
	changed := bytes.Replace(open, []byte(old), []byte(new), 1)
	if bytes.Equal(open, changed) {
		t.Fatalf("%q does not stand in the bundle", old)
	}
	return bytes.Replace(changed, []byte(`"digest":""`), []byte(`"digest":"`+wire.DigestOf(changed)+`"`), 1)
}

func TestReadBundleOfALaterCompiler(t *testing.T) {
	data := reseal(t, encode(t, full()), `"policies":[{`, `"later":{"digest":"x"},"policies":[{"later":1,`)
	got, err := wire.ReadBundle(data)
	if err != nil {
		t.Fatalf("a field that this program does not know: %v", err)
	}
	if got.Policies[0].Name != "servers" {
		t.Errorf("the first policy is %q", got.Policies[0].Name)
	}
}

func TestReadBundleRefuses(t *testing.T) {
	data := string(encode(t, full()))
	cases := []struct{ name, give, want string }{
		{"nothing", "", "not valid JSON"},
		{"half", data[:len(data)/2], "not valid JSON"},
		{"two", data + data, "not valid JSON"},
		{"a list", "[]", "not valid JSON"},
		{"no version", "{}", "format_version is 0, this program reads 1: update the older of the two"},
		{"next version", strings.Replace(data, `"format_version":1`, `"format_version":2`, 1), "format_version is 2"},
		{"changed severity", strings.Replace(data, `"severity":"error"`, `"severity":"info"`, 1), "does not match its digest"},
		{"changed in what it does not know", strings.Replace(data, `"policies"`, `"x":1,"policies"`, 1), "does not match its digest"},
		{"no digest", `{"format_version":1}`, "does not match its digest"},
		{"empty digest", `{"format_version":1,"digest":""}`, "does not match its digest"},
		{"digest in another spelling", strings.Replace(data, `"digest":`, `"Digest":`, 1), "does not match its digest"},
		{"reformatted", strings.Replace(data, `,"`, `, "`, 1), "does not match its digest"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := wire.ReadBundle([]byte(c.give)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestEffectiveMode(t *testing.T) {
	ringed := wire.Policy{Mode: "warn", Rings: []wire.RingDate{{Ring: "pilot", From: *day(10)}, {Ring: "early", From: *day(11)}}}
	cases := []struct {
		name string
		p    wire.Policy
		ring string
		want string
	}{
		{"enforce", wire.Policy{Mode: "enforce"}, "pilot", "enforce"},
		{"no end", wire.Policy{Mode: "observe"}, "pilot", "observe"},
		{"before", wire.Policy{Mode: "warn", ModeUntil: day(11)}, "pilot", "warn"},
		{"at the moment", wire.Policy{Mode: "warn", ModeUntil: day(10)}, "pilot", "enforce"},
		{"after", wire.Policy{Mode: "observe", ModeUntil: day(9)}, "pilot", "enforce"},
		{"the ring's date has come", ringed, "pilot", "enforce"},
		{"the next ring's has not", ringed, "early", "warn"},
		{"a ring without a date", ringed, "most", "warn"},
		{"no ring", ringed, "", "warn"},
	}
	for _, c := range cases {
		if got := c.p.EffectiveMode(*day(10), c.ring); got != c.want {
			t.Errorf("%s: the mode is %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzReadBundle(f *testing.F) {
	data := encode(f, full())
	f.Add(data)
	f.Add(encode(f, wire.Bundle{FormatVersion: 1}))
	f.Add([]byte(`{"format_version":1,"digest":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := wire.ReadBundle(text)
		if err != nil {
			return
		}
		again, err := wire.ReadBundle(encode(t, *b))
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		again.Digest = b.Digest // of bytes that may hold fields this program does not know
		one, two := encode(t, *b), encode(t, *again)
		if !bytes.Equal(one, two) {
			t.Errorf("got %s, then %s", one, two)
		}
		if len(text) > 2 && !bytes.ContainsAny(text[len(text)-1:], " \n\r\t") {
			if _, err := wire.ReadBundle(append(text[:len(text)-1:len(text)-1], ' ', text[len(text)-1])); err == nil {
				t.Error("a byte more goes unnoticed")
			}
		}
	})
}
