package reg_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/policygen/policygen/internal/readback/reg"
	"github.com/policygen/policygen/internal/value"
)

const good = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode]\r\n\"Settings\"=\"{\\\"a\\\":\\\"b\\\\\\\\c\\\\u00e9😀\\\"}\"\r\n\r\n"

// encode returns text as UTF-16LE with a byte order mark.
func encode(text string) []byte {
	data := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		data = binary.LittleEndian.AppendUint16(data, unit)
	}
	return data
}

func TestRead(t *testing.T) {
	n, err := reg.Read(encode(good))
	if err != nil || string(value.AppendJSON(nil, n)) != `{"a":"b\\cé😀"}` {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestStoredRevision(t *testing.T) {
	begin := strings.TrimSuffix(good, "\r\n")
	tests := []struct{ line, revision, err string }{
		{"", "", ""},
		{"\"PolicyRevision\"=\"0123456789abcdef\"\r\n", "0123456789abcdef", ""},
		{"\"Revision\"=\"0\"\r\n", "", `expected "\"PolicyRevision\"=\""`},
		{"\"PolicyRevision\"=dword:0\r\n", "", "expected"},
		{"\"PolicyRevision\"=\"0\"\r\n\"PolicyRevision\"=\"0\"\r\n", "", "expected"},
	}
	for _, test := range tests {
		stored, err := reg.Stored(encode(begin + test.line + "\r\n"))
		if stored.Revision != test.revision || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%q: got %q, %v", test.line, stored.Revision, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	quoted := func(old, instead string) []byte {
		if !strings.Contains(good, old) {
			t.Fatalf("the good file has no %q", old)
		}
		return encode(strings.Replace(good, old, instead, 1))
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "offset 0: the file does not start with the byte order mark"},
		{"ANSI", []byte(good), "offset 0: the file does not start with the byte order mark"},
		{"big-endian", []byte("\xfe\xff\x00W"), "offset 0: the file does not start with the byte order mark"},
		{"no mark", encode(good)[2:], "offset 0: the file does not start with the byte order mark"},
		{"cut", encode(good)[:77], "offset 76: the last character is cut"},
		{"lone surrogate", append(encode("W"), 0x00, 0xd8), "offset 4: half a surrogate pair"},
		{"wrong pair", append(encode("W"), 0x00, 0xd8, 'x', 0), "offset 4: half a surrogate pair"},
		{"older header", quoted("Windows Registry Editor Version 5.00", "REGEDIT4"), `offset 2: expected "Windows Registry Editor Version 5.00\r\n"`},
		{"LF", encode(strings.ReplaceAll(good, "\r\n", "\n")), `offset 2: expected "Windows Registry Editor Version 5.00\r\n"`},
		{"no empty line", quoted("5.00\r\n\r\n", "5.00\r\n"), `offset 78: expected "\r\n"`},
		{"another key", quoted("Policies", "Policy"), `offset 82: expected "[HKEY_LOCAL_MACHINE`},
		{"deletes the key", quoted("[HKEY", "[-HKEY"), `offset 82: expected "[HKEY_LOCAL_MACHINE`},
		{"another value", quoted(`"Settings"`, `"settings"`), "offset 184: expected"},
		{"REG_EXPAND_SZ", quoted(`"Settings"="`, `"Settings"=hex(2):7b,00"`), "offset 184: expected"},
		{"deleted", quoted(`"Settings"="`, `"Settings"=-`), "offset 184: expected"},
		{"bad escape", quoted(`\\u00e9`, `\u00e9`), "offset 238: a backslash may stand before a backslash or a quote only"},
		{"tail of an escape", encode(good[:strings.Index(good, `"}"`)]), "a backslash may stand before"},
		{"line break in the value", quoted("b", "b\r\n"), `offset 228: a value cannot hold U+000D`},
		{"NUL in the value", quoted("b", "b\x00"), `offset 228: a value cannot hold U+0000`},
		{"no closing quote", encode(good[:strings.Index(good, `\"b`)]), "the value has no closing quote"},
		{"text behind the value", quoted("\"\r\n\r\n", "\" ; why\r\n\r\n"), `expected "\r\n"`},
		{"second value", encode(good[:len(good)-2] + "\"Other\"=\"x\"\r\n\r\n"), `PolicyRevision`},
		{"second key", encode(good + "[HKEY_CURRENT_USER\\SOFTWARE\\Policies\\ClaudeCode]\r\n"), "nothing may follow"},
		{"no empty line at the end", encode(good[:len(good)-2]), `expected "\r\n"`},
		{"not JSON", quoted(`{\"a\"`, `{a`), "value Settings: line 1, column 2: "},
		{"key twice", quoted(`{\"a\"`, `{\"a\":1,\"a\"`), `value Settings: line 1, column 8: key "a" is written twice`},
		{"no object", encode("Windows Registry Editor Version 5.00\r\n\r\n[" + reg.Key + "]\r\n\"Settings\"=\"[]\"\r\n\r\n"), "value Settings: settings must be a JSON object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, err := reg.Read(test.data)
			if n != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", n, err, test.want)
			}
		})
	}
}

// FuzzRead checks that every error in the file lies in it, and that what is read is the only way to write it.
func FuzzRead(f *testing.F) {
	f.Add(encode(good))
	f.Add([]byte(good))
	f.Add(append(encode(good), 0, 0xd8))
	f.Add(encode(strings.TrimSuffix(good, "\r\n") + "\"PolicyRevision\"=\"0123456789abcdef\"\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		stored, err := reg.Stored(data)
		if err != nil {
			if where, ok := errors.AsType[*reg.Error](err); !ok || where.Offset < 0 || where.Offset > len(data) {
				t.Fatalf("error %v in a file of %d bytes", err, len(data))
			}
			return
		}
		escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
		want := good[:strings.Index(good, `"{`)+1] + escape(stored.Settings) + "\"\r\n"
		beside := want + `"PolicyRevision"="` + escape(stored.Revision) + "\"\r\n\r\n"
		if text := string(data); text != string(encode(beside)) && (stored.Revision != "" || text != string(encode(want+"\r\n"))) {
			t.Fatalf("%v is read from a file that is not how it is written", stored)
		}
	})
}
