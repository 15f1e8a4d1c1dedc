package client_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/client"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"empty object", `{}`, `{}`},
		{"space", " {\n \"a\" : [ 1 , true , null ] } \n", `{"a":[1,true,null]}`},
		{"keys sorted at every depth", `{"b":{"d":1,"c":2},"a":[{"z":0,"y":0}]}`, `{"a":[{"y":0,"z":0}],"b":{"c":2,"d":1}}`},
		{"upper case before lower", `{"a":1,"B":2,"_":3}`, `{"B":2,"_":3,"a":1}`},
		{"array indexes first and by value", `{"a":1,"10":2,"9":3,"0":4,"-1":5}`, `{"0":4,"9":3,"10":2,"-1":5,"a":1}`},
		{"leading zero is no array index", `{"01":1,"1":2,"+1":3}`, `{"1":2,"+1":3,"01":1}`},
		{"largest array index", `{"4294967294":1,"4294967295":2,"a":3,"5":4}`, `{"5":4,"4294967294":1,"4294967295":2,"a":3}`},
		{"beyond 64 bits is no array index", `{"99999999999999999999":1,"7":2}`, `{"7":2,"99999999999999999999":1}`},
		{"surrogates sort below U+FF5E", "{\"\uff5e\":1,\"\U0001F642\":2}", "{\"\U0001F642\":2,\"\uff5e\":1}"},
		{"prefix first", `{"ab":1,"a":2,"":3}`, `{"":3,"a":2,"ab":1}`},
		{"last of equal keys", `{"a":1,"a":{"b":2}}`, `{"a":{"b":2}}`},
		{"escaped and plain key are equal", `{"\u0061":1,"a":2}`, `{"a":2}`},
		{"slash and HTML stay", `["<a href='x'>&\/"]`, `["<a href='x'>&/"]`},
		{"line separators stay", `["\u2028\u2029\u007f"]`, "[\"\u2028\u2029\u007f\"]"},
		{"mandatory escapes", `["\u0000\u001f\u0008\u0009\u000a\u000c\u000d\"\\"]`, `["\u0000\u001f\b\t\n\f\r\"\\"]`},
		{"surrogate pair becomes one character", `["\ud83d\ude42"]`, "[\"\U0001F642\"]"},
		{"lone surrogate", `["\ud83d"]`, "[\"\ufffd\"]"},
		{"scalar document", `"x"`, `"x"`},
		{"null document", `null`, `null`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := client.Canonical([]byte(test.doc))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// The expected texts are what JSON.stringify(JSON.parse(text)) gives.
func TestCanonicalNumbers(t *testing.T) {
	tests := []struct{ number, want string }{
		{"0", "0"}, {"-0", "0"}, {"-0.0", "0"}, {"0e5", "0"},
		{"1.0", "1"}, {"-1.50", "-1.5"}, {"1E3", "1000"}, {"1e+2", "100"}, {"123e-1", "12.3"},
		{"100000000000000000000", "100000000000000000000"}, {"1e20", "100000000000000000000"},
		{"1e21", "1e+21"}, {"1.5e21", "1.5e+21"}, {"999999999999999999999", "1e+21"}, {"-1e21", "-1e+21"},
		{"0.000001", "0.000001"}, {"1e-6", "0.000001"}, {"1e-7", "1e-7"}, {"0.00000012", "1.2e-7"}, {"-1e-10", "-1e-10"},
		{"9007199254740993", "9007199254740992"}, {"0.1", "0.1"}, {"0.30000000000000004", "0.30000000000000004"},
		{"5e-324", "5e-324"}, {"1e-400", "0"}, {"1.7976931348623157e308", "1.7976931348623157e+308"},
		{"1e400", "null"}, {"-1e400", "null"},
	}
	for _, test := range tests {
		got, err := client.Canonical([]byte(test.number))
		if err != nil {
			t.Errorf("%s: %v", test.number, err)
		} else if string(got) != test.want {
			t.Errorf("%s: got %s, want %s", test.number, got, test.want)
		}
	}
}

func TestCanonicalErrors(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"empty", "", "policy is not JSON"},
		{"truncated", `{"a":`, "policy is not JSON"},
		{"comment", "// x\n{}", "policy is not JSON"},
		{"trailing comma", `{"a":1,}`, "policy is not JSON"},
		{"two documents", `{} {}`, "text follows the JSON document"},
		{"trailing text", `{} x`, "text follows the JSON document"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := client.Canonical([]byte(test.doc))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			if sum, err := client.SHA256([]byte(test.doc)); err == nil || sum != "" {
				t.Errorf("SHA256 = %q, %v", sum, err)
			}
		})
	}
}

func TestSHA256(t *testing.T) {
	sum := sha256.Sum256([]byte(`{"2":1,"a":[1,"<"]}`))
	want := hex.EncodeToString(sum[:])
	for _, doc := range []string{`{"a":[1.0,"<"],"2":1e0}`, "{ \"2\": 1, \"a\": [1, \"\\u003c\"] }\n"} {
		got, err := client.SHA256([]byte(doc))
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", doc, got, err, want)
		}
	}
}

// FuzzCanonical holds that a canonical text is JSON, stays as it is when it is read again, and means the same.
func FuzzCanonical(f *testing.F) {
	for _, doc := range []string{`{"b":1,"a":[1.0,1e21,1e-7,-0,{"10":1,"9":2}]}`, `"\ud83d\ude42\u2028"`, `[]`, `{"a":1,"a":2}`} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		once, err := client.Canonical(doc)
		if err != nil {
			return
		}
		if !json.Valid(once) {
			t.Fatalf("%q is not JSON", once)
		}
		twice, err := client.Canonical(once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%q became %q, %v", once, twice, err)
		}
	})
}
