package reg_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/policygen/policygen/internal/ir"
	readreg "github.com/policygen/policygen/internal/readback/reg"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/reg"
	"github.com/policygen/policygen/internal/value"
)

// dump returns a .reg file as UTF-8 text with plain line breaks.
func dump(t *testing.T, data []byte) []byte {
	t.Helper()
	if !bytes.HasPrefix(data, []byte{0xff, 0xfe}) || len(data)%2 != 0 {
		t.Fatalf("not UTF-16LE with a byte order mark: % x", data[:min(8, len(data))])
	}
	units := make([]uint16, len(data)/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2+2*i:])
	}
	text := string(utf16.Decode(units))
	if plain := strings.ReplaceAll(text, "\r\n", ""); strings.ContainsAny(plain, "\r\n") {
		t.Fatal("a line does not end in CRLF")
	}
	return []byte(strings.ReplaceAll(text, "\r\n", "\n"))
}

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	files, err := reg.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Path != "ClaudeCode.reg" || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "ClaudeCode.reg.txt", dump(t, f.Data))
	if back, err := readreg.Read(f.Data); err != nil || value.Digest(back) != f.Resolved {
		t.Errorf("reads back as %v, %v", back, err)
	}
}

func FuzzRender(f *testing.F) {
	rendertest.AddJSON(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := rendertest.FuzzedSettings(data)
		if n == nil {
			return
		}
		files, err := reg.New().Render(rendertest.Settings(n, ir.Windows))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := readreg.Stored(files[0].Data)
		text := stored.Settings
		if err != nil || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			t.Fatalf("the value is not one line of printable ASCII: %q, %v", text, err)
		}
		back, err := readreg.Read(files[0].Data)
		if err != nil || !value.Equal(n, back) {
			t.Fatalf("%s\nreads back as %v", dump(t, files[0].Data), err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.Windows)
	for b.Loop() {
		if _, err := reg.New().Render(bundle); err != nil {
			b.Fatal(err)
		}
	}
}
