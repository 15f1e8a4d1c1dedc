package pol

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// file writes the records as the format's documentation says.
func file(values ...Value) []byte {
	data := []byte("PReg\x01\x00\x00\x00")
	for _, v := range values {
		data = append(data, wide("["+v.Key+"\x00;"+v.Name+"\x00;")...)
		data = append(binary.LittleEndian.AppendUint32(data, v.Type), ';', 0)
		data = append(binary.LittleEndian.AppendUint32(data, uint32(len(v.Data))), ';', 0)
		data = append(append(data, v.Data...), ']', 0)
	}
	return data
}

func TestRead(t *testing.T) {
	want := []Value{
		{Key: `SOFTWARE\Policies\ClaudeCode`, Name: "Settings", Type: String, Data: wide("{\"a\":\"ü😀];[\"}\x00"), Offset: 8},
		{Key: `SOFTWARE\Policies\Other`, Name: "**del.x", Type: String, Data: wide(" \x00")},
		{Key: `SOFTWARE\Policies\Other`, Name: "n", Type: 4, Data: []byte{1, 0, 0, 0}},
		{Key: "K", Name: "", Type: 0, Data: []byte{}},
	}
	got, err := Read(file(want...))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got[1:] {
		got[i+1].Offset = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	text, err := got[0].Text()
	if err != nil || text != `{"a":"ü😀];["}` {
		t.Errorf("got %q, %v", text, err)
	}
	if none, err := Read([]byte("PReg\x01\x00\x00\x00")); err != nil || len(none) != 0 {
		t.Errorf("an empty file: %v, %v", none, err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := file(Value{Key: "K", Name: "N", Type: String, Data: wide("x\x00")})
	change := func(at int, b byte) []byte {
		changed := bytes.Clone(good)
		changed[at] = b
		return changed
	}
	tests := []struct {
		name   string
		data   []byte
		offset int
		msg    string
	}{
		{"nothing", nil, 0, "signature"},
		{"another signature", change(0, 'p'), 0, "signature"},
		{"another version", change(4, 2), 0, "version"},
		{"no bracket", change(8, '('), 8, `expected "["`},
		{"no semicolon", change(14, ','), 14, `expected ";"`},
		{"data beyond the end", change(28, 200), 34, "cut"},
		{"no closing bracket", change(len(good)-2, ')'), len(good) - 2, `expected "]"`},
		{"cut in the key", good[:11], 10, "without an end"},
		{"cut in the type", good[:23], 22, "cut"},
		{"cut in the data", good[:len(good)-4], 34, "cut"},
		{"a name that is too long", file(Value{Key: strings.Repeat("k", maxName+2)}), 10, "without an end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(tt.data)
			var place *Error
			if !errors.As(err, &place) || !strings.Contains(place.Msg, tt.msg) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		name string
		in   Value
		want string
		ok   bool
	}{
		{"with its end", Value{Type: String, Data: wide("x\x00")}, "x", true},
		{"without its end", Value{Type: String, Data: wide("x")}, "x", true},
		{"expanded", Value{Type: ExpandString, Data: wide("%x%\x00")}, "%x%", true},
		{"empty", Value{Type: String}, "", true},
		{"a number", Value{Type: 4, Data: []byte{1, 0, 0, 0}}, "", false},
		{"half a character", Value{Type: String, Data: []byte{1, 0, 2}}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.in.Text()
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// FuzzRead: what can be read is what the records say, byte for byte.
func FuzzRead(f *testing.F) {
	f.Add(file())
	f.Add(file(Value{Key: "K", Name: "N", Type: String, Data: wide("x\x00")}, Value{Key: "ü", Name: "**del.N", Type: 3, Data: []byte{0}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := Read(data)
		if err != nil {
			var place *Error
			if !errors.As(err, &place) || place.Offset < 0 || place.Offset > len(data) {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		for _, v := range values {
			if strings.ContainsRune(v.Key+v.Name, '\uFFFD') {
				return // half a surrogate pair has no way back
			}
		}
		if got := file(values...); !bytes.Equal(got, data) {
			t.Errorf("%q was read as %+v", data, values)
		}
	})
}
