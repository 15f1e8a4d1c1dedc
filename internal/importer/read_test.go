package importer

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const profile = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadOrganization</key><string>Acme</string>
<key>PayloadContent</key><array>PAYLOADS</array>
</dict></plist>`

const (
	wifi   = `<dict><key>PayloadType</key><string>com.apple.wifi.managed</string></dict>`
	direct = `<dict><key>PayloadType</key><string>com.anthropic.claudecode</string><key>PayloadVersion</key><integer>1</integer><key>model</key><string>opus</string></dict>`
	once   = `<dict><key>PayloadType</key><string>com.apple.ManagedClient.preferences</string><key>PayloadContent</key><dict>
<key>com.anthropic.claudecode</key><dict><key>Set-Once</key><array><dict><key>mcx_preference_settings</key><dict>
<key>model</key><string>opus</string></dict></dict></array></dict></dict></dict>`
)

func payloads(p ...string) string {
	return strings.Replace(profile, "PAYLOADS", strings.Join(p, ""), 1)
}

func registry(lines ...string) string {
	return "Windows Registry Editor Version 5.00\r\n\r\n" + strings.Join(lines, "\r\n") + "\r\n"
}

const (
	machineLine = `[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode]`
	userLine    = `[HKEY_CURRENT_USER\Software\Policies\ClaudeCode]`
	settingLine = `"Settings"="{\"model\":\"opus\"}"`
)

func TestReadKinds(t *testing.T) {
	tests := []struct {
		name, file, in string
		kind           string
		note           string // part of the only note; "" for none
	}{
		{"settings", "-", `{"model":"opus"}`, Settings, ""},
		{"settings behind a mark", "x", "\ufeff{\"model\":\"opus\"}", Settings, ""},
		{"an empty file", "managed-settings.json", " \n", Settings, ""},
		{"servers", "x.json", `{"mcpServers":{}}`, Servers, ""},
		{"settings with a key of that name", "x.json", `{"mcpServers":{},"model":"opus"}`, Settings, ""},
		{"guidance", "CLAUDE.md", "Be kind.\n", Guidance, ""},
		{"guidance from standard input", "-", "# Rules\nBe kind.\n", Guidance, ""},
		{"a property list", "-", `<plist version="1.0"><dict><key>model</key><string>opus</string></dict></plist>`, Plist, ""},
		{"a profile with several payloads", "x", payloads(wifi, direct), Profile, "1 other payloads"},
		{"a profile that sets once", "x", payloads(once), Profile, "does not force"},
		{"a registry file", "x", registry(machineLine, settingLine), Reg, ""},
		{"a registry file of a user", "x", registry(userLine, settingLine), Reg, "which users can change"},
		{"a registry file of both", "x", registry(userLine, settingLine, machineLine, settingLine), Reg, "line 4 sets a value in HKEY_CURRENT_USER"},
		{"a value that Windows expands", "x", registry(machineLine, `"Settings"=hex(2):7b,00,22,00,61,00,22,00,3a,00,22,00,25,00,22,00,7d,00,\`, "  00,00"), Reg, "REG_EXPAND_SZ"},
		{"a value that was set and deleted before", "x", registry("[-"+machineLine[1:], machineLine, settingLine), Reg, ""},
		{"Registry.pol", "x", string(polFile(`Software\policies\claudecode`, "settings", 1, `{"model":"opus"}`)), Pol, ""},
		{"Registry.pol that Windows expands", "x", string(polFile(registryKey, "Settings", 2, `{"model":"%x%"}`)), Pol, "REG_EXPAND_SZ"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Read(tt.file, []byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if p.Kind != tt.kind || strings.Contains(strings.Join(p.Notes, "\n"), tt.note) != true || (tt.note == "") != (len(p.Notes) == 0) {
				t.Errorf("got %s, %q", p.Kind, p.Notes)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name, file, in string
		place, msg     string
	}{
		{"a comment", "a.json", "{\n  // why\n}", "a.json:2:3", "JSON has no comments"},
		{"a trailing comma", "a.json", `{"a":1,}`, "a.json:1:8", "invalid character"},
		{"cut JSON", "a.json", `{"a":`, "a.json:1:6", "ends too early"},
		{"a key twice", "a.json", `{"a":1,"a":2}`, "a.json:1:8", "written twice"},
		{"an array", "a.json", `[]`, "a.json:1:1", "array, not an object"},
		{"servers that are none", "a.json", `{"mcpServers":[]}`, "a.json:1:15", "not an object"},
		{"bytes", "a", "\x00\x01\x02", "a", "neither text nor"},
		{"half a character", "a", "\xff\xfe{\x00}", "a", "cut"},
		{"a cut property list", "a.plist", "<plist version=\"1.0\"><dict>", "a.plist", "offset"},
		{"a cut binary property list", "a.plist", "bplist00\x01", "a.plist", "binary property list"},
		{"a date", "a.plist", `<plist version="1.0"><dict><key>a</key><date>2026-01-01T00:00:00Z</date></dict></plist>`, "a.plist", "date"},
		{"a list of a plist", "a.plist", `<plist version="1.0"><array/></plist>`, "a.plist", "not a dict"},
		{"a profile about others", "a", payloads(wifi), "a", "none of the 1 payloads"},
		{"a profile with two payloads for it", "a", payloads(direct, once), "a", "2 payloads are about"},
		{"a registry file of others", "a.reg", registry(`[HKEY_LOCAL_MACHINE\SOFTWARE\Other]`, settingLine), "a.reg", "no value Settings below"},
		{"a registry file that deletes", "a.reg", registry(machineLine, `"Settings"=-`), "a.reg", "no value Settings below"},
		{"a registry file without its first line", "a.reg", machineLine, "a.reg:1", "first line"},
		{"a cut registry file", "a.reg", registry(machineLine, `"Settings"="{`), "a.reg:4", "no closing quote"},
		{"a cut name", "a.reg", registry(machineLine, `"Sett`), "a.reg:4", "no closing quote"},
		{"a number", "a.reg", registry(machineLine, `"Settings"=dword:00000001`), "a.reg:4", "no text"},
		{"two values", "a.reg", registry(machineLine, settingLine, settingLine), "a.reg:5", "first on line 4"},
		{"a value of no key", "a.reg", registry(settingLine), "a.reg:3", "before the first key"},
		{"a key without an end", "a.reg", registry(`[HKEY_LOCAL_MACHINE`), "a.reg:3", "closing bracket"},
		{"half a character in hex", "a.reg", registry(machineLine, `"Settings"=hex(1):7b,00,7d`), "a.reg:4", "not UTF-16LE"},
		{"wrong JSON in a value", "a.reg", registry(machineLine, `"Settings"="{,}"`), "a.reg (value Settings):1:3", "invalid character"},
		{"servers in a value", "a.reg", registry(machineLine, `"Settings"="{\"mcpServers\":{}}"`), "a.reg", "MCP servers, not settings"},
		{"another program's Registry.pol", "Registry.pol", string(polFile("Software", "x", 1, "y")), "Registry.pol", "in 2 records"},
		{"a Registry.pol with a number", "Registry.pol", string(polFile(registryKey, "Settings", 4, "y")), "Registry.pol", "of type 4"},
		{"a cut Registry.pol", "Registry.pol", string(polFile(registryKey, "Settings", 1, "y")[:90]), "Registry.pol", "offset"},
		{"a Registry.pol without its signature", "Registry.pol", "{}", "Registry.pol", "signature PReg"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(tt.file, []byte(tt.in))
			var own *Error
			if !errors.As(err, &own) {
				t.Fatalf("got %v", err)
			}
			if own.Place != tt.place || !strings.Contains(own.Msg, tt.msg) || own.Hint == "" && own.Place == tt.file {
				t.Errorf("got %+v", own)
			}
		})
	}
}

func TestReadSigned(t *testing.T) {
	data := signed(t, []byte(payloads(direct)))
	p, err := Read("x", data)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`the signature of "Acme MDM" fits the content; whether that certificate is to be trusted was not checked`}
	if diff := cmp.Diff(want, p.Notes); diff != "" || p.Organization != "Acme" || p.Settings.Get("model").Str() != "opus" {
		t.Errorf("%+v\n%s", p, diff)
	}
	changed := []byte(strings.Replace(string(data), "opus", "fake", 1))
	if _, err := Read("x", changed); err == nil || !strings.Contains(err.Error(), "signature does not fit") {
		t.Errorf("got %v", err)
	}
	if _, err := Read("x", data[:len(data)/2]); err == nil {
		t.Error("a cut file was read")
	}
}

func TestJoin(t *testing.T) {
	cat := loadCatalog(t)
	read := func(file, text string) *Piece {
		p, err := Read(file, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	j, err := Join(cat, []*Piece{
		read("d/20-b.json", `{"model":"b","permissions":{"deny":["B"]}}`),
		read("d/10-a.json", `{"model":"a","permissions":{"deny":["A"]}}`),
		read("d/managed-settings.json", `{"model":"main","permissions":{"deny":["M"]},"allowedMarketplaces":[]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"model": "b", "permissions": map[string]any{"deny": []any{"M", "A", "B"}}, "strictKnownMarketplaces": []any{}}
	if diff := cmp.Diff(want, j.Settings.Any()); diff != "" {
		t.Error(diff)
	}
	if notes := shadowed(cat, read("x", `{"allowedMarketplaces":[],"strictKnownMarketplaces":[]}`).Settings); len(notes) != 1 {
		t.Errorf("got %q", notes)
	}
}

func TestJoinRefuses(t *testing.T) {
	tests := []struct {
		name  string
		files [][2]string
		msg   string
	}{
		{"two machines", [][2]string{{"a/managed-settings.json", `{"model":"a"}`}, {"b/managed-settings.json", `{"model":"b"}`}}, "the same name"},
		{"a registry file that says something else", [][2]string{{"a.json", `{"model":"a"}`}, {"b.reg", registry(machineLine, settingLine)}}, "holds other settings than a.json"},
		{"two files of servers", [][2]string{{"a.json", `{"mcpServers":{}}`}, {"b.json", `{"mcpServers":{}}`}}, "a second file of MCP servers"},
		{"two of guidance", [][2]string{{"a.md", "x"}, {"b.md", "y"}}, "a second CLAUDE.md"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var pieces []*Piece
			for _, f := range tt.files {
				p, err := Read(f[0], []byte(f[1]))
				if err != nil {
					t.Fatal(err)
				}
				pieces = append(pieces, p)
			}
			if _, err := Join(loadCatalog(t), pieces); err == nil || !strings.Contains(err.Error(), tt.msg) {
				t.Errorf("got %v", err)
			}
		})
	}
	p, err := Read("a.reg", []byte(registry(machineLine, settingLine)))
	if err != nil {
		t.Fatal(err)
	}
	q, err := Read("a.json", []byte(`{"model":"opus"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Join(loadCatalog(t), []*Piece{p, q}); err != nil {
		t.Errorf("two forms of one policy: %v", err)
	}
}

// FuzzRead: whatever the bytes are, the answer is a piece or an error with a place.
func FuzzRead(f *testing.F) {
	f.Add("a.json", []byte(`{"model":"opus"}`))
	f.Add("a", []byte(payloads(direct)))
	f.Add("a.reg", []byte(registry(machineLine, settingLine)))
	f.Add("a", polFile(registryKey, "Settings", 1, "{}"))
	f.Add("a", []byte("bplist00\xd0\x08"))
	f.Add("a", []byte("0\x80\x06\t*\x86H\x86\xf7\r\x01\x07\x02"))
	f.Fuzz(func(t *testing.T, file string, data []byte) {
		p, err := Read(file, data)
		var own *Error
		if err != nil && (!errors.As(err, &own) || own.Msg == "") || err == nil && p.Kind == "" {
			t.Errorf("got %+v, %v", p, err)
		}
	})
}
