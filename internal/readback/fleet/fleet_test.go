package fleet_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/fleet"
)

const list = `controls:
  apple_settings:
    configuration_profiles:
      - path: "./macos/web.mobileconfig"
        labels_include_any: ["Policy: web"]
  windows_settings:
    configuration_profiles:
      - path: "./windows/web.xml"
        labels_include_any: ["Policy: web"]
`

func TestList(t *testing.T) {
	got, err := fleet.List([]byte(list))
	if diff := cmp.Diff([]fleet.Profile{{"macos/web.mobileconfig", "Policy: web"}, {"windows/web.xml", "Policy: web"}}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, test := range []struct{ old, instead, want string }{
		{"controls:", "controls", "yaml:"},
		{"controls:", "scripts: []\ncontrols:", "field scripts not found"},
		{"./macos", "/macos", "/macos/web.mobileconfig does not lie in the folder"},
		{"./macos", "./../macos", "does not lie in the folder"},
		{`["Policy: web"]`, "[]", "is not for one label"},
		{`["Policy: web"]`, `["a", "b"]`, "is not for one label"},
		{"Policy: web", "$X", "a dollar sign"},
	} {
		got, err := fleet.List([]byte(strings.Replace(list, test.old, test.instead, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}

const command = `<Replace><Item><Target><LocURI>./U</LocURI></Target><Meta><Format xmlns="syncml:metinf">chr</Format></Meta><Data>a &amp; &#36;b</Data></Item></Replace>
`

func TestWindows(t *testing.T) {
	got, err := fleet.Windows([]byte(command + command))
	if diff := cmp.Diff([]fleet.Setting{{"./U", "a & $b"}, {"./U", "a & $b"}}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, test := range []struct{ old, instead, want string }{
		{"</Replace>", "", "XML syntax error"},
		{"&#36;", "$", "a dollar sign"},
		{"Replace>", "Exec>", "the command Exec does not set one text"},
		{">chr<", ">int<", "does not set one text"},
		{"</Item>", "</Item><Item/>", "does not set one text"},
	} {
		got, err := fleet.Windows([]byte(strings.ReplaceAll(command, test.old, test.instead)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}

func TestApple(t *testing.T) {
	if _, err := fleet.Apple([]byte("<string>&#36;HOME</string>")); err != nil {
		t.Error(err)
	}
	if _, err := fleet.Apple([]byte("<string>$HOME</string>")); err == nil {
		t.Error("a dollar sign is taken")
	}
}
