package permission

import (
	"net/url"
	"strings"
)

// hostPattern is the host of a WebFetch rule, lower case, no trailing dot.
type hostPattern struct {
	any    bool
	sub    bool // "*.host": any depth below, not the host itself
	labels []string
	text   string
}

// newHostPattern reads "*", "*.host" and hosts with stars inside of labels.
func newHostPattern(s string) *hostPattern {
	s = cleanHost(s)
	rest, sub := strings.CutPrefix(s, "*.")
	return &hostPattern{any: s == "*", sub: sub, labels: strings.Split(rest, "."), text: s}
}

// cleanHost makes spellings of one host equal: DNS ignores case, and a trailing dot says that the name is complete.
func cleanHost(s string) string { return strings.TrimSuffix(strings.ToLower(s), ".") }

// match compares label by label; a star stays within its label.
func (p *hostPattern) match(host string) bool {
	if host == "" {
		return false
	}
	if p.any {
		return true
	}
	if !p.sub && !strings.Contains(p.text, "*") {
		return host == p.text
	}
	labels := strings.Split(host, ".")
	if p.sub && len(labels) <= len(p.labels) || !p.sub && len(labels) != len(p.labels) {
		return false
	}
	labels = labels[len(labels)-len(p.labels):]
	for i, want := range p.labels {
		if !matchLabel(want, labels[i]) {
			return false
		}
	}
	return true
}

// matchLabel matches one label, whose stars cannot reach beyond a dot.
func matchLabel(pattern, s string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == s
	}
	return matchParts(strings.Split(pattern, "*"), s)
}

// urlHost is the host the client compares: without user, port and trailing
// dot, lower case; "" for a text that is no URL.
func urlHost(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return cleanHost(u.Hostname())
}
