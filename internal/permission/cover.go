package permission

import "strings"

// Covers reports whether a matches every call that b matches, both standing
// in the same kind of list. It is sound, not complete: false means unknown.
func Covers(a, b Rule) bool {
	fa, fb := a.compiled(), b.compiled()
	if fa.path != nil && fa.path.negated || fb.path != nil && fb.path.negated {
		return false
	}
	if fa.bare {
		return coversTool(fa, fb)
	}
	if fb.bare || fa.tool != fb.tool || fa.glob || fb.glob {
		return false
	}
	if a.Content == b.Content {
		return true
	}
	switch {
	case fa.command != nil && fb.command != nil && !shellFields[fb.param]:
		return coversCommand(fa.command, fb.command)
	case fa.path != nil && fb.path != nil && fb.param == "":
		return coversPath(fa.path, fb.path)
	case fa.host != nil && fb.host != nil:
		return coversHost(fa.host, fb.host)
	}
	return false
}

// shellFields are the input fields of Bash beside its command: a rule on one
// of them is a parameter rule, while `npm:*` is only ever a prefix.
var shellFields = nameSet("timeout description run_in_background dangerouslyDisableSandbox")

// coversTool compares a rule for a whole tool. File rules reach beyond their
// own tool (an Edit rule also guards Write), so a bare name does not cover them.
func coversTool(fa, fb *form) bool {
	if fb.path != nil {
		return false
	}
	if !fb.glob {
		return fa.matchTool(fb.tool) && (!isMCP(fb.tool) || !isServer(fb.tool) || fa.tool == fb.tool || coversServer(fa.tool, fb.tool))
	}
	if fa.tool == fb.tool || fa.tool == "*" {
		return true
	}
	// What a glob matches begins with its literal head; to cover that is enough.
	prefix, _, _ := strings.Cut(fb.tool, "*")
	return isMCP(fa.tool) && !fa.glob && isServer(fa.tool) && strings.HasPrefix(prefix, fa.tool+"__") || trailingStar(fa.tool) && strings.HasPrefix(prefix, strings.TrimSuffix(fa.tool, "*"))
}

// coversServer reports a glob that matches a server name and all its tools.
func coversServer(glob, server string) bool {
	return trailingStar(glob) && strings.HasPrefix(server, strings.TrimSuffix(glob, "*"))
}

// trailingStar reports a glob whose relation to others can be told by prefix.
func trailingStar(s string) bool {
	return strings.HasSuffix(s, "*") && strings.Count(s, "*") == 1
}

// coversCommand handles the shapes whose relation is certain: prefixes, one
// trailing star, and exact texts.
func coversCommand(a, b *commandPattern) bool {
	if b.parts == nil && !b.prefix {
		return b.text == strings.TrimSpace(b.text) && a.match(b.text, squeeze(b.text)) && simpleText(b.text)
	}
	head, open, ok := a.headOf()
	if !ok {
		return false
	}
	bHead, bOpen, bOK := b.headOf()
	if !bOK {
		return false
	}
	if open {
		return strings.HasPrefix(bHead, head)
	}
	return head == bHead && !bOpen || strings.HasPrefix(bHead, head+" ")
}

// headOf returns the literal before a single trailing star. open is set when
// the literal may go on within a word.
func (p *commandPattern) headOf() (head string, open, ok bool) {
	switch {
	case p.prefix:
		return p.text, false, true
	case p.tail:
		return strings.TrimSuffix(p.parts[0], " "), false, true
	case len(p.parts) == 2 && p.parts[1] == "":
		return p.parts[0], true, true
	}
	return "", false, false
}

// simpleText is one simple command without quoting, so that both rules see
// the same readings of it.
func simpleText(s string) bool { return !strings.ContainsAny(s, "|&;()<>`$'\"\\\n{}#") }

// coversPath handles equal anchors: a folder with everything below it, and
// patterns that differ in letter case alone.
func coversPath(a, b *pathPattern) bool {
	if a.anchor != b.anchor || a.dirOnly != b.dirOnly && a.dirOnly {
		return false
	}
	if equalSegments(a.segments, b.segments) {
		return true
	}
	whole := folderOf(a.segments)
	if len(whole) == 1 && whole[0] == "**" || len(a.segments) == 1 && a.segments[0] == "**" {
		return true
	}
	if len(whole) == 0 || hasMeta(whole) || len(b.segments) <= len(whole) || b.segments[0] == "**" {
		return false
	}
	return equalSegments(whole, b.segments[:len(whole)])
}

// folderOf drops the end of folder/**, which matches all that lies below.
func folderOf(segments []string) []string {
	if n := len(segments); n > 0 && segments[n-1] == "**" {
		return segments[:n-1]
	}
	return segments
}

// hasMeta reports segments that may match more than themselves.
func hasMeta(segments []string) bool {
	return strings.ContainsAny(strings.Join(segments, "/"), `*?[\`)
}

// equalSegments compares patterns literally; their case is gone already. No segment holds a slash, so joining is safe.
func equalSegments(a, b []string) bool {
	return strings.Join(a, "/") == strings.Join(b, "/")
}

// coversHost: *.h covers every subdomain at any depth and not h itself; a star
// elsewhere stays within one label, so only equal ones are certain.
func coversHost(a, b *hostPattern) bool {
	if a.any || a.text == b.text {
		return true
	}
	if strings.Contains(b.text, "*") {
		return a.sub && b.sub && !strings.Contains(a.text[1:], "*") && strings.HasSuffix(b.text, a.text[1:])
	}
	return a.match(b.text)
}
