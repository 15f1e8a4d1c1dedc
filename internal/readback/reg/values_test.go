package reg

import (
	"encoding/binary"
	"errors"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestValues(t *testing.T) {
	text := "Windows Registry Editor Version 5.00\n\n; a comment\n[HKEY_LOCAL_MACHINE\\A]\n" +
		"@=\"default\"\n\"S\"=\"a \\\"b\\\" \\\\ c\"\n\"X\"=hex(2):25,00,\\\n  41,00,25,00,00,00\n\"D\"=dword:00000001\n\"B\"=hex:01,02\n\"G\"=-\n\n[-HKEY_CURRENT_USER\\B]\n"
	want := []Entry{
		{Key: `HKEY_LOCAL_MACHINE\A`, Type: "sz", Text: "default", Line: 5},
		{Key: `HKEY_LOCAL_MACHINE\A`, Name: "S", Type: "sz", Text: `a "b" \ c`, Line: 6},
		{Key: `HKEY_LOCAL_MACHINE\A`, Name: "X", Type: "expand_sz", Text: "%A%", Line: 7},
		{Key: `HKEY_LOCAL_MACHINE\A`, Name: "D", Type: "dword", Line: 9},
		{Key: `HKEY_LOCAL_MACHINE\A`, Name: "B", Type: "other", Line: 10},
		{Key: `HKEY_LOCAL_MACHINE\A`, Name: "G", Type: "delete", Line: 11},
		{Key: `HKEY_CURRENT_USER\B`, Type: "delete", Line: 13},
	}
	encoded := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		encoded = binary.LittleEndian.AppendUint16(encoded, u)
	}
	for _, data := range [][]byte{[]byte(text), []byte("\ufeff" + text), encoded} {
		got, err := Values(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestValuesRefuses(t *testing.T) {
	const top = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n"
	tests := []struct {
		name, text string
		line       int
	}{
		{"no first line", "[A]\n", 1},
		{"a value of no key", "REGEDIT4\n\"a\"=\"b\"\n", 2},
		{"a key without an end", "REGEDIT4\n[A\n", 2},
		{"a name without quotes", top + "a=\"b\"\n", 3},
		{"a name without an end", top + "\"a\n", 3},
		{"no equals sign", top + "\"a\" \"b\"\n", 3},
		{"a text without an end", top + "\"a\"=\"b\n", 3},
		{"a wrong escape", top + "\"a\"=\"\\n\"\n", 3},
		{"half a character", top + "\"a\"=hex(1):00\n", 3},
		{"wrong digits", top + "\"a\"=hex(1):zz,00\n", 3},
		{"no data", top + "\"a\"=\n", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Values([]byte(tt.text))
			var at *LineError
			if !errors.As(err, &at) || at.Line != tt.line {
				t.Errorf("got %v", err)
			}
		})
	}
	var at *Error
	if _, err := Values([]byte("a\x00b")); !errors.As(err, &at) {
		t.Errorf("bytes: %v", err)
	}
}

// FuzzValues: whatever the text is, the answer is entries in its lines or an error.
func FuzzValues(f *testing.F) {
	f.Add([]byte("REGEDIT4\n[A]\n\"a\"=hex(1):61,00,\\\n  00,00\n"))
	f.Add([]byte("Windows Registry Editor Version 5.00\r\n[A]\r\n@=-\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Values(data)
		if err != nil {
			return
		}
		last := 1
		for _, e := range entries {
			if e.Type == "" || e.Line < last {
				t.Errorf("%+v behind line %d", e, last)
			}
			last = e.Line
		}
	})
}
