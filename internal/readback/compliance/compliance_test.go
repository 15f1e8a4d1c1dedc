package compliance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/compliance"
)

const (
	a = "0123456789abcdef"
	b = "fedcba9876543210"
)

func TestScript(t *testing.T) {
	got, err := compliance.Script([]byte("released() {\n\tcat <<'.'\n" + a + " web\n" + b + " web/rings/pilot\n.\n}\n"))
	if diff := cmp.Diff(map[string]string{"web": a, "web/rings/pilot": b}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"":                              "no table of revisions",
		"cat <<'.'\n" + a + " web\n":    "no table of revisions",
		"cat <<x\nx\ncat <<'.'\n.\n.\n": "or another one",
		"cat <<'.'\nx web\n.\n":         `"x web" is no revision`,
		"cat <<'.'\n" + a + "\n.\n":     "is no revision with an audience",
		"cat <<'.'\n" + a + " web\n" + b + " web\n.\n": "of its own",
	} {
		if got, err := compliance.Script([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

func TestQueries(t *testing.T) {
	sum := strings.Repeat("0", 64)
	text := "-- One.\nSELECT 1 WHERE data IN ('" + b + "', '" + a + "');\nSELECT 1 WHERE d LIKE '%Revision " + a + ".%' OR v LIKE '%+r" + b + "%' OR v LIKE '%+r" + b + "%';\nSELECT 1 WHERE sha256 IN ('" + sum + "');\n"
	if diff := cmp.Diff([][]string{{a, b}, {a, b}}, compliance.Queries([]byte(text))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{sum}, compliance.Digests([]byte(text))); diff != "" {
		t.Error(diff)
	}
	if got := compliance.Queries(nil); got != nil {
		t.Errorf("got %v", got)
	}
}
