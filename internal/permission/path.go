package permission

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// anchor says which folder a path pattern starts from.
type anchor int

// The anchors as claude 2.1.329 reads managed rules. One leading slash is the
// trap: it is not the root of the file system.
const (
	anchorCwd     anchor = iota // x or ./x
	anchorProject               // /x
	anchorHome                  // ~/x
	anchorRoot                  // //x
	anchorCount
)

// pathPattern is the content of a Read or Edit rule: a gitignore pattern
// below one anchor, compared without regard to case.
type pathPattern struct {
	anchor  anchor
	negated bool
	dirOnly bool
	// segments is the full pattern; loose is the same with one trailing
	// "/**" removed, as deny and ask rules read it.
	segments, loose []string
	// name is the last segment of a pattern for any depth, suffix tells that it
	// is a star and a literal: most patterns are, and these are quick to match.
	name   string
	suffix bool
}

// cutAnchor takes the anchor off. A slash that stays in front keeps a pattern
// of one segment from matching at any depth.
func cutAnchor(s string) (anchor, string) {
	switch {
	case strings.HasPrefix(s, "//"):
		return anchorRoot, s[1:]
	case s == "~" || strings.HasPrefix(s, "~/"):
		return anchorHome, "/" + strings.TrimPrefix(s[1:], "/")
	case strings.HasPrefix(s, "/"):
		return anchorProject, s
	}
	return anchorCwd, strings.TrimPrefix(s, "./")
}

// newPathPattern reads a pattern. A negated one always starts from the working
// directory. Case is dropped because claude 2.1.329 does, on Linux too.
func newPathPattern(s string) *pathPattern {
	p := &pathPattern{}
	if strings.HasPrefix(s, "!") {
		p.negated, s = true, s[1:]
	} else {
		p.anchor, s = cutAnchor(s)
	}
	s = strings.ToLower(s)
	p.segments = gitignore(s)
	p.loose = p.segments
	if cut, ok := strings.CutSuffix(s, "/**"); ok && cut != "" && cut != "**" {
		p.loose = gitignore(cut)
	}
	p.dirOnly = strings.HasSuffix(s, "/") && len(p.segments) > 0
	if len(p.segments) == 2 && p.segments[0] == "**" && p.segments[1] != "**" {
		p.name = p.segments[1]
		p.suffix = p.name[0] == '*' && literal(p.name[1:])
	}
	return p
}

// gitignore splits a pattern; one without an inner slash matches at any depth.
func gitignore(s string) []string {
	body := strings.TrimSuffix(s, "/")
	if body == "" {
		return nil
	}
	if !strings.Contains(body, "/") {
		return []string{"**", body}
	}
	return strings.Split(strings.TrimPrefix(body, "/"), "/")
}

// matchPrefix reports whether the pattern matches exactly these segments.
// whole is true when they are the complete path, so a file and not a folder.
func (p *pathPattern) matchPrefix(rel []string, whole, loose bool) bool {
	if p.dirOnly && whole {
		return false
	}
	if p.name != "" {
		return p.matchName(rel[len(rel)-1])
	}
	if loose {
		return matchSegments(p.loose, rel)
	}
	return matchSegments(p.segments, rel)
}

// matchName compares one segment with a pattern that is for any depth.
func (p *pathPattern) matchName(segment string) bool {
	if p.suffix {
		return strings.HasSuffix(segment, p.name[1:])
	}
	return matchSegment(p.name, segment)
}

// matchFolder reports the folder itself of a pattern folder/**. Commands that
// name it are allowed with what lies in it.
func (p *pathPattern) matchFolder(rel []string) bool {
	n := len(p.segments)
	return n > 1 && p.segments[n-1] == "**" && matchSegments(p.segments[:n-1], rel)
}

// matchSegments matches whole segments; "**" stands for any number of them,
// at the end for at least one. As in matchSegment one restart point is
// enough, so that many "**" cannot make it slow.
func matchSegments(pat, rel []string) bool {
	p, i, starP, starI := 0, 0, -1, 0
	for i < len(rel) {
		switch {
		case p < len(pat) && pat[p] == "**":
			if p++; p == len(pat) {
				return true
			}
			starP, starI = p, i
		case p < len(pat) && matchSegment(pat[p], rel[i]):
			p, i = p+1, i+1
		case starP < 0:
			return false
		default:
			starI++
			p, i = starP, starI
		}
	}
	return p == len(pat) && p > 0
}

// matchSegment is a glob within one path segment: * ? [class] and backslash.
// It keeps one restart point, so its cost is bounded by both lengths.
func matchSegment(pat, s string) bool {
	if literal(pat) {
		return pat == s
	}
	p, i, starP, starI := 0, 0, -1, 0
	for i < len(s) {
		if p < len(pat) && pat[p] == '*' {
			p++
			starP, starI = p, i
			continue
		}
		if next, size, ok := matchOne(pat[p:], s[i:]); ok {
			p, i = p+next, i+size
			continue
		}
		if starP < 0 {
			return false
		}
		starI++
		p, i = starP, starI
	}
	return strings.Trim(pat[p:], "*") == ""
}

// literal reports a segment without glob characters. A plain loop is several
// times faster here than strings.ContainsAny.
func literal(pat string) bool {
	for i := 0; i < len(pat); i++ {
		if c := pat[i]; c == '*' || c == '?' || c == '[' || c == '\\' {
			return false
		}
	}
	return true
}

// matchOne matches one character and returns the bytes used on both sides.
func matchOne(pat, s string) (int, int, bool) {
	if pat == "" {
		return 0, 0, false
	}
	c, size := utf8.DecodeRuneInString(s)
	switch pat[0] {
	case '?':
		return 1, size, true
	case '[':
		if n, ok := matchClass(pat, c); n > 0 {
			return n, size, ok
		}
	case '\\':
		if len(pat) > 1 {
			want, n := utf8.DecodeRuneInString(pat[1:])
			return 1 + n, size, want == c
		}
	}
	want, n := utf8.DecodeRuneInString(pat)
	return n, size, want == c
}

// matchClass reads [abc], [a-z], [!x]; it returns 0 when the class never closes.
func matchClass(pat string, c rune) (int, bool) {
	i, not, found := 1, false, false
	if i < len(pat) && (pat[i] == '!' || pat[i] == '^') {
		not, i = true, i+1
	}
	for start := i; i < len(pat); {
		// As in gitignore, a bracket that comes first stands for itself.
		if pat[i] == ']' && i > start {
			return i + 1, found != not
		}
		lo, hi, n := classRange(pat[i:])
		i += n
		found = found || lo <= c && c <= hi
	}
	return 0, false
}

// classRange reads one character or a range of a class and its length in
// bytes. A hyphen before the closing bracket stands for itself.
func classRange(pat string) (lo, hi rune, n int) {
	lo, n = utf8.DecodeRuneInString(pat)
	if n+1 < len(pat) && pat[n] == '-' && pat[n+1] != ']' {
		hi, size := utf8.DecodeRuneInString(pat[n+1:])
		return lo, hi, n + 1 + size
	}
	return lo, lo, n
}

// target is a path of a call, ready for comparison: the segments below each
// anchor, nil where the path does not lie below it.
type target struct {
	abs string
	rel [anchorCount][]string
	has pairs // of abs in lower case
}

// places are the folders that the paths of calls lie in, clean. Calls that
// follow each other mostly share them.
type places struct {
	cwd, project, home string
	further            []string
	bases              [anchorCount]string
	inside             []string // where reading needs no rule
}

// move makes them those of a call.
func (p *places) move(c *Call, further []string) {
	if p.bases[anchorRoot] != "" && p.cwd == c.Cwd && p.project == c.project() && p.home == c.Home && slices.Equal(p.further, further) {
		return
	}
	*p = places{cwd: c.Cwd, project: c.project(), home: c.Home, further: further, inside: p.inside[:0]}
	for a, base := range [anchorCount]string{c.Cwd, c.project(), c.Home, "/"} {
		p.bases[a] = path.Clean(slashed(base))
	}
	if c.project() != "" {
		p.inside = append(p.inside, p.bases[anchorProject])
	}
	if c.Cwd != "" {
		p.inside = append(p.inside, p.bases[anchorCwd])
	}
	for _, dir := range further {
		p.inside = append(p.inside, absolute(dir, c.project(), c.Home))
	}
}

// newTarget resolves p against dir. Windows paths are read as /c/...
func (s *subject) newTarget(p, dir string) target {
	t := target{abs: absolute(p, dir, s.Home)}
	lower := strings.ToLower(t.abs)
	t.has.add(lower)
	all := s.mem.split(lower, '/')
	for a, base := range s.places.bases {
		if below, ok := under(t.abs, base); ok && below != "" {
			t.rel[a] = all[len(all)-1-strings.Count(below, "/"):]
		}
	}
	return t
}

// absolute resolves a path as a shell would, without looking at the disk:
// symbolic links stay, because the call may run on another machine.
func absolute(p, dir, home string) string {
	p = slashed(p)
	switch {
	case p == "~":
		p = home
	case strings.HasPrefix(p, "~/"):
		p = home + p[1:]
	case !strings.HasPrefix(p, "/"):
		p = slashed(dir) + "/" + p
	}
	return path.Clean(p)
}

// slashed turns C:\dir into /c/dir; other paths stay as they are.
func slashed(p string) string {
	if len(p) < 3 || p[1] != ':' || p[2] != '\\' && p[2] != '/' {
		return p
	}
	return "/" + strings.ToLower(p[:1]) + strings.ReplaceAll(p[2:], `\`, "/")
}

// under returns the part of abs below base, which is clean.
func under(abs, base string) (string, bool) {
	if base == "/" {
		return abs[1:], strings.HasPrefix(abs, "/")
	}
	rest, ok := strings.CutPrefix(abs, base)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), true
}
