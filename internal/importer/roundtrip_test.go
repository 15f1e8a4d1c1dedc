package importer

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"math/big"
	"path"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/smallstep/pkcs7"
	howett "howett.net/plist"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

var day = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func loadCatalog(tb testing.TB) *catalog.Catalog {
	tb.Helper()
	cat, err := catalog.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return cat
}

// example compiles the repository's own policies.
func example(tb testing.TB) *compile.Program {
	tb.Helper()
	tree, list, err := source.Dir("../../policies")
	if err != nil || list.HasErrors() {
		tb.Fatal(err, list)
	}
	program, list, err := compile.Check(tree, day)
	if err != nil || list.HasErrors() {
		tb.Fatal(err, list)
	}
	return program
}

// rendered returns what one back end writes.
func rendered(tb testing.TB, cat *catalog.Catalog, name string, b *ir.Bundle) []render.File {
	tb.Helper()
	for _, backend := range compile.Backends(cat) {
		if backend.Name() == name {
			files, err := backend.Render(b)
			if err != nil {
				tb.Fatal(err)
			}
			return files
		}
	}
	tb.Fatalf("no back end %s", name)
	return nil
}

// form is one way in which settings reach a machine.
type form struct {
	name  string
	files func(tb testing.TB, cat *catalog.Catalog, b *ir.Bundle) map[string][]byte
}

// forms are those that policygen writes, and what other tools make of the same settings.
func forms() []form {
	plain := func(name string) form {
		return form{name, func(tb testing.TB, cat *catalog.Catalog, b *ir.Bundle) map[string][]byte {
			files := map[string][]byte{}
			for _, f := range rendered(tb, cat, name, b) {
				files[f.Path] = f.Data
			}
			return files
		}}
	}
	changed := func(name, from, file string, change func(testing.TB, []byte) []byte) form {
		return form{name, func(tb testing.TB, cat *catalog.Catalog, b *ir.Bundle) map[string][]byte {
			return map[string][]byte{file: change(tb, rendered(tb, cat, from, b)[0].Data)}
		}}
	}
	return []form{
		plain("managed-settings"), plain("dropins"), plain("plist"), plain("mobileconfig"), plain("reg"),
		changed("binary plist", "plist", "x.plist", binaryPlist),
		changed("signed profile", "mobileconfig", "x.mobileconfig", signed),
		changed("reg as UTF-8", "reg", "x.reg", func(tb testing.TB, data []byte) []byte { return []byte(narrow(data)) }),
		changed("reg in hex", "reg", "x.reg", func(tb testing.TB, data []byte) []byte { return hexReg(narrow(data)) }),
		changed("Registry.pol", "managed-settings", "Registry.pol", func(tb testing.TB, data []byte) []byte {
			return polFile(`SOFTWARE\Policies\ClaudeCode`, "Settings", 1, string(data))
		}),
		changed("UTF-16", "managed-settings", "managed-settings.json", func(tb testing.TB, data []byte) []byte { return append([]byte(wideMark), wideText(string(data))...) }),
	}
}

func wideText(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// narrow turns UTF-16LE into UTF-8.
func narrow(data []byte) string {
	text, err := plainText(data)
	if err != nil {
		panic(err)
	}
	return text
}

// hexReg writes a registry file's value as regedit writes long texts.
func hexReg(text string) []byte {
	head, rest, _ := strings.Cut(text, `"Settings"="`)
	rest, _, _ = strings.Cut(rest, "\r\n")
	json := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(strings.TrimSuffix(rest, `"`))
	raw := append(wideText(json), 0, 0)
	parts := make([]string, len(raw))
	for i, b := range raw {
		parts[i] = fmt.Sprintf("%02x", b)
		if i%20 == 19 {
			parts[i] = "\\\r\n  " + parts[i]
		}
	}
	return []byte("\ufeff" + head + "; a comment\r\n" + `"Settings"=hex(1):` + strings.Join(parts, ",") + "\r\n\r\n")
}

// polFile writes a Registry.pol of one value, after one of another program.
func polFile(key, name string, kind uint32, text string) []byte {
	data := []byte("PReg\x01\x00\x00\x00")
	record := func(key, name string, kind uint32, value []byte) {
		data = append(data, wideText("["+key+"\x00;"+name+"\x00;")...)
		data = append(binary.LittleEndian.AppendUint32(data, kind), ';', 0)
		data = append(binary.LittleEndian.AppendUint32(data, uint32(len(value))), ';', 0)
		data = append(append(data, value...), ']', 0)
	}
	record(`SOFTWARE\Policies\Other`, "Number", 4, []byte{1, 0, 0, 0})
	record(key, name, kind, wideText(text+"\x00"))
	return data
}

func binaryPlist(tb testing.TB, data []byte) []byte {
	tb.Helper()
	var content any
	if _, err := howett.Unmarshal(data, &content); err != nil {
		tb.Fatal(err)
	}
	out, err := howett.Marshal(content, howett.BinaryFormat)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// signed wraps a profile as a console does.
func signed(tb testing.TB, data []byte) []byte {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme MDM"}, NotBefore: day, NotAfter: day.AddDate(5, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	message, err := pkcs7.NewSignedData(data)
	if err != nil {
		tb.Fatal(err)
	}
	message.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := message.AddSigner(certificate, key, pkcs7.SignerInfoConfig{}); err != nil {
		tb.Fatal(err)
	}
	out, err := message.Finish()
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// imported reads, joins and compiles files.
func imported(tb testing.TB, cat *catalog.Catalog, files map[string][]byte, o Options) (*Result, error) {
	tb.Helper()
	var pieces []*Piece
	for name, data := range files { // the order in which files are named must not matter
		p, err := Read(name, data)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, p)
	}
	j, err := Join(cat, pieces)
	if err != nil {
		return nil, err
	}
	if o.File == "" {
		o.File = "organization.yaml"
	}
	o.At = day
	return Compile(cat, j, o)
}

// built compiles an imported file and returns what its machines get.
func built(tb testing.TB, text []byte) *ir.Bundle {
	tb.Helper()
	program, list, err := compile.Check(source.Memory([]source.File{{Path: "organization.yaml", Data: text}}), day)
	if err != nil || list.HasErrors() {
		tb.Fatal(err, list)
	}
	return program.Resolved.Bundles(program.Resolved.Group("default"))[0]
}

// whatMachinesRead returns the settings that a form carries.
func whatMachinesRead(form string, b *ir.Bundle) *value.Node {
	switch form {
	case "managed-settings", "dropins", "Registry.pol", "UTF-16":
		return nodeIn(b.Settings)
	}
	return nodeIn(b.Profile)
}

// TestRoundTrip: whatever policygen builds, for whomever, imports to a file that builds the same.
func TestRoundTrip(t *testing.T) {
	cat, program := loadCatalog(t), example(t)
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			for _, g := range program.Resolved.Groups {
				bundles := program.Resolved.Bundles(g)
				if f.name != "managed-settings" { // the forms do not depend on the platform
					bundles = bundles[:1]
				}
				roundTrip(t, cat, f, g, bundles)
			}
		})
	}
}

func roundTrip(t *testing.T, cat *catalog.Catalog, f form, g *resolve.Group, bundles []*ir.Bundle) {
	t.Helper()
	for _, b := range bundles {
		r, err := imported(t, cat, f.files(t, cat, b), Options{})
		if err != nil {
			t.Errorf("%s on %s: %v%s", g.Name, b.Platform, err, details(err))
			continue
		}
		if len(r.Left) > 0 {
			t.Errorf("%s on %s: left out: %v", g.Name, b.Platform, r.Left)
		}
		want, got := whatMachinesRead(f.name, b), whatMachinesRead(f.name, built(t, r.Text))
		if !value.Equal(want, got) {
			t.Errorf("%s on %s: %v", g.Name, b.Platform, different(nil, "", want, got, false))
		}
	}
}

func details(err error) string {
	u, ok := err.(*Unproved)
	if !ok {
		return ""
	}
	text := strings.Join(u.Differences, "\n")
	for _, d := range u.List {
		text += fmt.Sprintf("\n%s: %s", d.Pos, d.Message)
	}
	return "\n" + text
}

// TestRoundTripCompanions: MCP servers and CLAUDE.md come back too, byte for byte where policygen wrote them for the organization.
func TestRoundTripCompanions(t *testing.T) {
	cat, program := loadCatalog(t), example(t)
	for _, g := range program.Resolved.Groups {
		b := program.Resolved.Bundles(g)[0]
		files := map[string][]byte{}
		for _, name := range []string{"managed-settings", "managed-mcp", "claude-md"} {
			for _, f := range rendered(t, cat, name, b) {
				files[path.Base(f.Path)] = f.Data
			}
		}
		r, err := imported(t, cat, files, Options{})
		if err != nil {
			t.Errorf("%s: %v%s", g.Name, err, details(err))
			continue
		}
		again := built(t, r.Text)
		if !value.Equal(nodeIn(b.MCP), nodeIn(again.MCP)) {
			t.Errorf("%s: the servers differ", g.Name)
		}
		if g.Name == "default" && !bytes.Equal([]byte(b.Markdown()), []byte(again.Markdown())) {
			t.Errorf("CLAUDE.md differs:\n%s", again.Markdown())
		}
	}
}
