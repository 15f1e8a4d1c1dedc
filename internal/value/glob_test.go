package value_test

import (
	"testing"

	"github.com/policygen/policygen/internal/value"
)

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"a", "a", true}, {"a", "ab", false},
		{"https://*.acme.com/*", "https://a.b.acme.com/x", true}, {"https://*.acme.com/*", "https://acme.com/x", false},
		{"a*b*c", "aXbXbXc", true}, {"a*b*c", "aXbX", false}, {"*a", "aaab", false}, {"*a", "aaba", true}, {"**", "x", true}, {"a*", "ab*", true},
	}
	for _, test := range tests {
		if got := value.Glob(test.pattern, test.text); got != test.want {
			t.Errorf("%q on %q: %v", test.pattern, test.text, got)
		}
	}
}
