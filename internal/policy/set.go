// Package policy turns a policy folder into a checked [Set]: typed sections with the place of everything in them. Start with [Load]; it
// goes on after a problem, so that one run shows all of them. What a section means for an audience is package resolve's business.
package policy

import (
	"slices"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// DefaultGroup is the name of the organization without overlays.
const DefaultGroup = "default"

// Platform names, in the order in which they are listed everywhere.
const (
	Linux   = "linux"
	MacOS   = "macos"
	Windows = "windows"
)

// AllPlatforms returns the platform names in order.
func AllPlatforms() []string { return []string{Linux, MacOS, Windows} }

// Set is a checked policy repository.
type Set struct {
	Organization    string
	OrganizationPos diag.Pos
	EffectiveDate   time.Time // zero where not written
	EffectivePos    diag.Pos
	LastUpdated     time.Time // zero where not written
	Client          Client
	Groups          []*Group // in the order declared
	Files           []*File  // in merge order: path order within each layer
	Overridable     map[string]diag.Pos
	UnknownKeys     map[string]diag.Pos
	Targets         []Target // of delivery; empty means all
	Sources         []Target // of delivery: what else brings settings to the machines; nil where not written
	Gateway         bool     // delivery.gateway is written: the remote source knows groups
	Domains         []string // of mail, whose users the gateway serves
	Policies        []*Policy
	Exceptions      []*Exception
	Governance      *Governance            // nil where no file has the section
	Agent           map[string]*value.Node // paths of the endpoint agent by platform
	Audit           *wire.Audit            // nil where no file has the section
	Rollout         *wire.Rollout          // nil where no file has the section
	Tests           []*Test                // in the order of files and lines
	Ignores         []*Ignore              // in the order of files and lines
	Tree            *source.Tree
}

// Client is which clients the fleet runs.
type Client struct {
	Minimum, Maximum *value.Node // versions, nil where not written
	Enforce          bool        // also emit the required-version keys
	Build            string      // the version that the artifacts are for: what it does not know is left out; "" where that is an error
}

// Oldest returns the version that every client of the fleet or of the build has at least, "" where none is stated.
func (c Client) Oldest() string {
	switch {
	case c.Build != "":
		return c.Build
	case c.Minimum != nil:
		return c.Minimum.Scalar
	}
	return ""
}

// Target is one name of delivery.targets or delivery.sources.
type Target struct {
	Name string
	Pos  diag.Pos
}

// Group is one declared group.
type Group struct {
	Name        string
	Pos         diag.Pos
	Description string
	Parent      string // "" directly below the organization
	ParentPos   diag.Pos
	Platforms   []string // own or inherited, in the order of AllPlatforms
	Depth       int      // 1 directly below the organization
	Users       []string // of match, in lower case
	IDPGroups   []string // of match; with any, the group has more members than Users
	own         *value.Node
}

// File is one policy file that could be read.
type File struct {
	Path      string
	Group     string // "" for an organization file
	GroupPos  diag.Pos
	Platforms []string    // nil means all
	Settings  *value.Node // canonical names; nil where the file has none
	Narrow    *value.Node
	Servers   *value.Node // mcp_servers; nil where absent, which differs from empty
	Guidance  []Section
	Hooks     []Hook
	root      *value.Node
}

// Section is one guidance section.
type Section struct {
	Title string
	Text  string
	Pos   diag.Pos // of the title
	Parts []Part   // of a text that is put together from policies
}

// Part is what one policy adds to a section.
type Part struct {
	Text string
	Pos  diag.Pos // of the policy
}

// Hook is one entry of a hooks section.
type Hook struct {
	Event, Matcher, If string
	Handler            *value.Node // the native handler's members as far as they are the same on every platform, without type and command
	Type               string
	Command            string
	Script             string // path in the policy folder; Data is its content
	Data               []byte
	Args               []string
	HasArgs            bool
	BlockOnFailure     bool
	Platforms          []string // nil means all
	Pos                diag.Pos
}

// Policy is one named policy.
type Policy struct {
	Name         string
	Pos          diag.Pos // of the name
	Type, Target string
	Group        string // of the file it stands in
	ModeUntil    time.Time
	Rollout      []wire.RingDate // nil where none is written; ModeUntil is then the date of the last ring if that reaches everybody
	Settings     *value.Node     // of type settings, canonical
	Node         *value.Node
}

// Exception is one exception.
type Exception struct {
	Pos                 diag.Pos
	Team, User, Project string
	Policies            []string
	Starts, Expires     time.Time // zero: no bound
	ExpiresPos          diag.Pos
	Group               string // of the file it stands in
	Node                *value.Node
	unread              bool // expires is written and wrong
}

// Group returns the declared group with the name, or nil.
func (s *Set) Group(name string) *Group {
	i := slices.IndexFunc(s.Groups, func(g *Group) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return s.Groups[i]
}

// MergeOrder returns the files in the order in which they merge for some group: organization files, then overlays from the top of the
// group tree down, each layer in path order. Files of unrelated groups keep a stable place too, so that it is one order for all.
func (s *Set) MergeOrder() []*File {
	depth := make(map[string]int, len(s.Groups))
	for _, g := range s.Groups {
		depth[g.Name] = g.Depth
	}
	ordered := slices.Clone(s.Files)
	slices.SortStableFunc(ordered, func(a, b *File) int { return depth[a.Group] - depth[b.Group] })
	return ordered
}
