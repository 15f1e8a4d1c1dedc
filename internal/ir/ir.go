// Package ir is the waist of the compiler: what policies mean, on its left, and what artifacts look like, on its right, know only these
// types. A [Bundle] is everything one audience gets on one platform, resolved, sorted and immutable; every leaf of its settings carries its
// origin and trail (see package value).
package ir

import (
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// Platform is an operating system that artifacts are made for.
type Platform string

// The platforms, in the order in which they are listed everywhere.
const (
	Linux   Platform = "linux"
	MacOS   Platform = "macos"
	Windows Platform = "windows"
)

// Platforms returns every platform in order.
func Platforms() []Platform { return []Platform{Linux, MacOS, Windows} }

// Dir returns the folder in which the client looks for managed files, with the platform's separators and without one at the end.
// Source: client documentation, "Settings files"; Linux seen on 2.1.329.
func (p Platform) Dir() string {
	switch p {
	case MacOS:
		return "/Library/Application Support/ClaudeCode"
	case Windows:
		return `C:\Program Files\ClaudeCode`
	default:
		return "/etc/claude-code"
	}
}

// Audience is who gets a set of artifacts.
type Audience struct {
	Name  string // "default", a group's name, or group+user: the folder's name in the output tree
	Group string // "default" or the group's name
	User  string // e-mail address; "" for a group
	Ring  string // of the rollout, where it gets something else than the rest of the audience; "" for the rest
}

// Members is how an identity provider knows the people of an audience.
type Members struct {
	Groups  []string // names of its groups
	Users   []string // addresses of people who are listed one by one, in lower case
	Depth   int      // groups above: 0 for the organization itself
	Order   int      // of groups that both match, the lower wins where neither is deeper
	Domains []string // of mail, for the organization itself: whom a gateway serves
}

// Section is one section of the managed CLAUDE.md.
type Section struct {
	Title string
	Text  string // Markdown, ends without a line break
	Parts []Part // what the text is made of, in order; none where it was not compiled
}

// Part is a piece of a section, and where it is written.
type Part struct {
	Text string
	Pos  diag.Pos
}

// Script is a file that hooks run, shipped beside the settings.
type Script struct {
	Path string // slash-separated, below hooks/
	Data []byte
	Pos  diag.Pos // the beginning of the file among the policy files
}

// Interval is when artifacts hold: from From up to, not including, Until. A zero time means without bound.
type Interval struct{ From, Until time.Time }

// Bundle is everything one audience gets on one platform.
type Bundle struct {
	Organization string
	Audience     Audience
	Members      Members
	Platform     Platform
	Valid        Interval
	Revision     string       // of what the audience gets, see [RevisionOf]; one for all its platforms
	Settings     *Document    // the native settings for machines that get CLAUDE.md as a file
	Profile      *Document    // the same with guidance as claudeMd, for targets that ship no files; equals Settings where there is no guidance
	Files        []string     // the source files that contribute, in merge order
	Guidance     []Section    // in merge order
	MCP          *Document    // the managed-mcp.json document; nil: no such file
	Scripts      []Script     // sorted by path
	Agent        *wire.Bundle // the endpoint agent's policy, one for all platforms of the audience; nil where it is not installed
}

// Empty reports whether the bundle would produce no artifact at all.
func (b *Bundle) Empty() bool {
	return b.Settings == nil && len(b.Guidance) == 0 && b.MCP == nil && len(b.Scripts) == 0
}

// Document is a JSON document that several artifacts, platforms and audiences may share. Its encodings are made once. Safe for
// concurrent use.
type Document struct {
	Node *value.Node
	memo memo
}

// NewDocument returns the document of a map, or nil where the map has no members: files that would be empty are not written.
func NewDocument(n *value.Node) *Document {
	if n == nil || len(n.Members) == 0 {
		return nil
	}
	return &Document{Node: n}
}
