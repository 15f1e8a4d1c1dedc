package plist

import "testing"

func TestReadFragment(t *testing.T) {
	n, err := ReadFragment([]byte("<key>a</key>\n<array/>\n<key>b</key>\n<string>&lt;key&gt;</string>\n"))
	if err != nil || len(n.Members) != 2 || n.Get("b").Str() != "<key>" {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestReadFragmentErrors(t *testing.T) {
	for name, text := range map[string]string{
		"empty":               "",
		"a property list":     `<?xml version="1.0"?><plist version="1.0"><dict><key>a</key><true/></dict></plist>`,
		"a dictionary":        "<dict><key>a</key><true/></dict>",
		"a key without value": "<key>a</key>",
		"a value too many":    "<key>a</key><true/><true/>",
		"the end of the list": "<key>a</key><true/></dict></plist><plist><dict><key>b</key><true/>",
		"two equal keys":      "<key>a</key><true/><key>a</key><false/>",
	} {
		if n, err := ReadFragment([]byte(text)); err == nil {
			t.Errorf("%s: got %v", name, n)
		}
	}
}
