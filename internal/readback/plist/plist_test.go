package plist_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/value"
)

const (
	prolog = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n"
	open, end = `<plist version="1.0">`, "</plist>\n"
)

func TestRead(t *testing.T) {
	tests := map[string]string{
		"<dict/>":                    `{}`,
		"<array></array>":            `[]`,
		"<string/>":                  `""`,
		"<string> a\n&#13;</string>": `" a\n\r"`,
		"<string>&lt;&amp;]]&gt;<![CDATA[<b>]]></string>": `"<&]]><b>"`,
		"<integer>-30</integer>":                          `-30`,
		"<integer>18446744073709551615</integer>":         `18446744073709552000`,
		"<real>1.5</real>":                                `1.5`,
		"<real>30.0</real>":                               `30`,
		"<true/>":                                         `true`,
		"<false></false>":                                 `false`,
		"<!-- why --><array>\n<true/> <!-- x --> <false/></array>":                                `[true,false]`,
		"<dict><key>b</key><array><dict><key/><true/></dict></array><key>a</key><string/></dict>": `{"a":"","b":[{"":true}]}`,
		"<dict><key>CF$UID</key><integer>7</integer></dict>":                                      `{"CF$UID":7}`,
	}
	for text, want := range tests {
		n, err := plist.Read([]byte(prolog + open + text + end))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(value.AppendJSON(nil, n)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestReadRefusesContent(t *testing.T) {
	tests := map[string]string{
		"":                                  "<plist> holds no value",
		"<true/><true/>":                    "<plist> holds a second value",
		"<null/>":                           "<null> is not part of a property list",
		"<date>2026-01-01T00:00:00Z</date>": "<date> has no JSON form",
		"<data>AAAA</data>":                 "<data> has no JSON form",
		"<dict><key>a</key><true/><key>a</key><false/></dict>":     `key "a" is there twice; readers keep one of the two`,
		"<dict><key>a</key><true/><key>&#97;</key><false/></dict>": `key "a" is there twice; readers keep one of the two`,
		"<dict><key>a</key></dict>":                                `key "a" has no value`,
		"<dict><key>a</key><key>b</key><true/></dict>":             `key "a" has no value`,
		"<dict><true/></dict>":                                     "<true> has no <key> before it",
		"<dict>x</dict>":                                           "text between the elements",
		"<array>x</array>":                                         "text between the elements",
		"<array><?php x?></array>":                                 "a processing instruction",
		"<integer></integer>":                                      `<integer> cannot hold ""`,
		"<integer>0x1f</integer>":                                  `<integer> cannot hold "0x1f"`,
		"<integer>1.5</integer>":                                   `<integer> cannot hold "1.5"`,
		"<integer>+1</integer>":                                    `<integer> cannot hold "+1"`,
		"<integer>18446744073709551616</integer>":                  `<integer> cannot hold "18446744073709551616"`,
		"<real>nan</real>":                                         `<real> cannot hold "nan"`,
		"<real>-inf</real>":                                        `<real> cannot hold "-inf"`,
		"<real>0x1p4</real>":                                       `<real> cannot hold "0x1p4"`,
		"<real>1e999</real>":                                       `<real> cannot hold "1e999"`,
		"<true>x</true>":                                           `<true> cannot hold "x"`,
		"<string><b/></string>":                                    "<string> holds something other than text",
		"<string>a<!-- b -->c</string>":                            "<string> holds something other than text",
		"<string>&unknown;</string>":                               "invalid character entity",
		"<string>\x0b</string>":                                    "illegal character code",
		`<string lang="de">x</string>`:                             `<string> has the attribute lang="de"`,
		`<string xmlns="urn:x">x</string>`:                         "<string> has a name space",
		"<array>":                                                  "element <array> closed by </plist>",
		strings.Repeat("<array>", 81) + strings.Repeat("</array>", 81): "nesting is too deep",
	}
	for text, want := range tests {
		checkRefused(t, prolog+open+text+end, want)
	}
}

func TestReadRefusesFrame(t *testing.T) {
	body := open + "<true/>" + end
	tests := map[string]string{
		"":                             "EOF",
		"bplist00":                     "a binary property list; convert it with plutil -convert xml1",
		"\xef\xbb\xbf" + prolog + body: "the file starts with a byte order mark",
		"{ a = b; }":                   "text between the elements",
		"<true/>":                      "the document element is <true>, not <plist>",
		prolog + body + body:           "something follows </plist>",
		prolog + body + "x":            "something follows </plist>",
		prolog + body + "<":            "unexpected EOF",
		prolog + `<plist version="2.0"><true/></plist>`:      `<plist> has the attribute version="2.0"`,
		`<!DOCTYPE plist [<!ENTITY a "b">]>` + body:          "a document type with declarations of its own",
		`<?xml version="1.0" encoding="ISO-8859-1"?>` + body: "encoding",
		`<?xml-stylesheet href="x"?>` + body:                 "a processing instruction",
		prolog + open + "<true/>":                            "unexpected EOF",
	}
	for text, want := range tests {
		checkRefused(t, text, want)
	}
}

func checkRefused(t *testing.T, text, want string) {
	t.Helper()
	n, err := plist.Read([]byte(text))
	where, ok := errors.AsType[*plist.Error](err)
	if n != nil || !ok || !strings.Contains(where.Msg, want) || !strings.HasPrefix(err.Error(), fmt.Sprintf("offset %d: ", where.Offset)) {
		t.Errorf("%s\ngot  %v, %v\nwant %s", text, n, err, want)
	}
}

// FuzzRead checks that the scan lets nothing through that the parser behind it cannot read, and that all of it is JSON.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"<dict><key>a</key><array><integer>1</integer><real>1.5</real><string>x&#13;</string></array></dict>", "<date/>", "<null/>"} {
		f.Add([]byte(prolog + open + text + end))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := plist.Read(data)
		if err != nil {
			if where, ok := errors.AsType[*plist.Error](err); !ok || where.Offset < 0 || where.Offset > int64(len(data)) {
				t.Fatalf("not an error of the scan: %v", err)
			}
			return
		}
		if again, err := value.Parse("", value.AppendJSON(nil, n), 200); err != nil || !value.Equal(n, again) {
			t.Fatalf("no JSON: %v", err)
		}
	})
}
