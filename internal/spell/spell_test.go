package spell

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	fields := []string{"severity", "target", "mcp_servers", "mode", "mode_until"}
	policies := []string{"no-network", "no-secrets", "approved-mcp-servers", "a"}
	exceptions := []string{"exempt_from", "until", "values"}
	tools := []string{"Bash", "BashOutput", "Glob", "Read", "WebFetch"}
	tests := []struct {
		word       string
		candidates []string
		want       string
	}{
		{"severty", fields, "severity"},
		{"Severity", fields, "severity"},
		{"traget", fields, "target"},
		{"mcpServers", fields, "mcp_servers"},
		{"mode-until", fields, "mode_until"},
		{"mod", fields, "mode"},
		{"x", fields, ""},
		{"", fields, ""},
		{strings.Repeat("s", 1000), fields, ""},
		{"no-netwrk", policies, "no-network"},
		{"No-Network", policies, "no-network"},
		{"approved-mcp-server", policies, "approved-mcp-servers"},
		{"mcp", policies, ""},
		{"zzzzzzzz", policies, ""},
		{"", policies, ""},
		{"exempt", exceptions, "exempt_from"},
		{"value", exceptions, "values"},
		{"bahs", tools, "Bash"},
		{"Raed", tools, "Read"},
		{"Web Fetch", tools, "WebFetch"},
		{"Frobnicate", tools, ""},
		{"x", nil, ""},
		{"ab", []string{"ac", "ad"}, "ac"},
	}
	for _, test := range tests {
		if got := Nearest(test.word, test.candidates); got != test.want {
			t.Errorf("Nearest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}

func TestNearHasALimit(t *testing.T) {
	long := strings.Repeat("abcdefgh", 5)
	if d, near := Near(long, "XXXX"+long[4:]); d != 4 || !near {
		t.Errorf("four slips in forty letters: %d, %v", d, near)
	}
	if d, near := Near(long, "XXXXX"+long[5:]); d != 5 || near {
		t.Errorf("five slips in forty letters: %d, %v", d, near)
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"a", "", 1},
		{"", "abc", 3},
		{"deny", "deny", 0},
		{"deny", "Deny", 0},
		{"auto_mode", "autoMode", 0},
		{"kitten", "sitting", 3},
		{"ab", "ba", 1},
		{"ca", "abc", 3}, // a swapped pair is not edited again
		{strings.Repeat("a", 65), "a", 66},
	}
	for _, test := range tests {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := Distance(test.b, test.a); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}

func TestSame(t *testing.T) {
	if !Same("MCP-Servers", "mcp_servers") || Same("mode", "model") {
		t.Error("case and separators make no difference, letters do")
	}
}

// FuzzDistance holds the answer against what every edit distance keeps to.
func FuzzDistance(f *testing.F) {
	f.Add("kitten", "sitting")
	f.Add("traget", "target")
	f.Add("\xff", "ſ")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := Distance(a, b)
		if d != Distance(b, a) {
			t.Errorf("%q and %q: the distance depends on the order", a, b)
		}
		if Same(a, b) != (d == 0) && len(fold(a)) <= longest {
			t.Errorf("%q and %q: distance %d, same %v", a, b, d, Same(a, b))
		}
		x, y := len(fold(a)), len(fold(b))
		if d < max(x-y, y-x) || d > x+y {
			t.Errorf("%q and %q: distance %d is impossible", a, b, d)
		}
	})
}
