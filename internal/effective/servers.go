package effective

import (
	"net/url"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/value"
)

// list returns the entries of a list that may not be there.
func list(n *value.Node) []*value.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// counting returns the entries of an allowlist that the client consults for a server: once any entry names a command, command servers need
// one of those, and likewise for addresses; otherwise names count (documentation; commands seen on 2.1.329).
func counting(allowed *value.Node, s value.Member) []*value.Node {
	kind := "serverCommand"
	if s.Value.Get("url") != nil {
		kind = "serverUrl"
	}
	if special := slices.DeleteFunc(slices.Clone(allowed.Items), func(e *value.Node) bool { return e.Get(kind) == nil }); len(special) > 0 {
		return special
	}
	return allowed.Items
}

// entryMatches reports whether an entry of an MCP list is for a server. A command matches with all its arguments or
// not at all, and in their order.
func entryMatches(entry *value.Node, s value.Member) bool {
	switch {
	case entry.Get("serverName") != nil:
		return entry.Get("serverName").Str() == s.Key
	case entry.Get("serverUrl") != nil:
		return MatchURL(entry.Get("serverUrl").Str(), s.Value.Get("url").Str())
	}
	command := []string{s.Value.Get("command").Str()}
	for _, arg := range list(s.Value.Get("args")) {
		command = append(command, arg.Str())
	}
	var want []string
	for _, word := range list(entry.Get("serverCommand")) {
		want = append(want, word.Str())
	}
	return slices.Equal(command, want)
}

// MatchURL matches an address against a serverUrl pattern as the client does (2.1.329): the host without regard to case or a dot at its end,
// the path exactly, * for anything, user information ignored, and a pattern without a path for every path. A pattern without a port stands
// for the scheme's own port, or for any where the host has a wildcard.
func MatchURL(pattern, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	scheme, rest, ok := strings.Cut(pattern, "://")
	if !ok || !strings.EqualFold(scheme, u.Scheme) {
		return false
	}
	host, path, hasPath := strings.Cut(rest, "/")
	if _, after, user := strings.Cut(host, "@"); user {
		host = after
	}
	if !matchHost(strings.ToLower(host), u) {
		return false
	}
	return !hasPath || value.Glob("/"+path, "/"+strings.TrimPrefix(u.EscapedPath(), "/"))
}

// matchHost matches the host and port of an address against a pattern in lower case. A port that is written counts
// even beside a wildcard; brackets around an IPv6 address are not part of the host.
func matchHost(pattern string, u *url.URL) bool {
	usual := map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
	port := u.Port()
	if port == "" {
		port = usual
	}
	host, want, written := pattern, usual, false
	if i := strings.LastIndexByte(pattern, ':'); i > strings.LastIndexByte(pattern, ']') {
		host, want, written = pattern[:i], pattern[i+1:], true
	}
	if written || !strings.Contains(host, "*") {
		if !value.Glob(want, port) {
			return false
		}
	}
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ".")
	return value.Glob(host, strings.TrimSuffix(strings.ToLower(u.Hostname()), "."))
}
