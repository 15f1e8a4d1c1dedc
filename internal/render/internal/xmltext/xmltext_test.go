package xmltext

import (
	"encoding/xml"
	"testing"
)

func TestEscapes(t *testing.T) {
	tests := []struct{ in, want string }{
		{`{"a":"<b> & c ]]> 'd' %e% $f [g]"}`, `{"a":"<b> & c ]]> 'd' %e% $f [g]"}`},
		{"a\tb\r\nc", "a b  c"},
		{"a\x00\x1b\ufffe\uffffé\u2028\U0001F600", "aé\u2028\U0001F600"},
	}
	for _, test := range tests {
		var got struct {
			A    string `xml:"a,attr"`
			Text string `xml:",chardata"`
		}
		document := `<x a="` + Attribute(test.in) + `">` + Text(test.in) + `</x>`
		if err := xml.Unmarshal([]byte(document), &got); err != nil || got.A != test.want || got.Text != test.want {
			t.Errorf("%s: %v\ngot  %q and %q\nwant %q", document, err, got.A, got.Text, test.want)
		}
	}
}
