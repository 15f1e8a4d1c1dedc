package iru_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/iru"
)

const document = `{"method":"POST","path":"/api/v1/library/custom-profiles","requests":[{"audience":"web","revision":"0123",
"form":{"name":"N","active":"true","runs_on_mac":"true"},"file":"../../web/macos/web.mobileconfig"}]}`

func TestRead(t *testing.T) {
	got, err := iru.Read([]byte(document))
	if diff := cmp.Diff([]iru.Request{{Audience: "web", Revision: "0123", File: "web/macos/web.mobileconfig"}}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ old, instead, want string }{
		{"{", "x", "invalid character"},
		{`"method"`, `"host":"evil","method"`, `unknown field "host"`},
		{"POST", "DELETE", "it describes DELETE /api/v1/library/custom-profiles"},
		{"../../web/", "../web/", "web: the file ../web/macos/web.mobileconfig does not lie in the output folder"},
		{"../../web/", "../../../web/", "does not lie in the output folder"},
		{`"active":"true"`, `"active":"false"`, "web: the profile would not be active"},
		{`"name":"N",`, "", "web: the profile would not be active"},
	} {
		got, err := iru.Read([]byte(strings.Replace(document, test.old, test.instead, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}
