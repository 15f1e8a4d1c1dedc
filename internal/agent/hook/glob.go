package hook

import (
	"path"
	"strings"
)

// glob matches a whole text: * stands for anything, ? for one byte. Its work is bounded by the product of the lengths,
// for want of backtracking to more than one star. A slash or a dot is a character like any other here; paths and hosts
// are split into their parts before they are matched.
func glob(pattern, s string) bool {
	p, i, star, back := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, back = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p, i = p+1, i+1
		case star >= 0:
			back++
			p, i = star+1, back
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// hasGlob reports wildcards. Brackets count, since path.Match and the policy language give them a meaning, although
// glob takes them literally.
func hasGlob(s string) bool { return strings.ContainsAny(s, "*?[") }

// globPath reports whether a pattern matches an absolute path or a folder above it. ** stands for any number of
// folders. Folders above count because a rule about a folder is about everything in it. The table costs at most the
// product of the numbers of parts, whatever the pattern.
func globPath(pattern, name string) bool {
	pat, segments := strings.Split(pattern, "/"), strings.Split(name, "/")
	// reach[i] says that the pattern so far matches the first i segments.
	reach := make([]bool, len(segments)+1)
	reach[0] = true
	for _, p := range pat {
		next := make([]bool, len(segments)+1)
		for i := range reach {
			switch {
			case p == "**":
				next[i] = reach[i] || i > 0 && next[i-1]
			case i > 0 && reach[i-1]:
				next[i] = matchSegment(p, segments[i-1])
			}
		}
		reach = next
	}
	for _, ok := range reach {
		if ok {
			return true
		}
	}
	return false
}

// matchSegment matches within one part of a path; a broken pattern stands for itself. A file may well be called
// [draft: such a name must stay forbidden where the policy names it.
func matchSegment(pattern, s string) bool {
	if !hasGlob(pattern) {
		return pattern == s
	}
	ok, err := path.Match(pattern, s)
	return ok || err != nil && pattern == s
}
