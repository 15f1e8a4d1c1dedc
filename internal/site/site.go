// Package site makes the documentation of a policy repository as a static web site: for developers what holds for their group, why, and how
// to ask for an exception; for auditors all policies, owners, controls and exceptions. Start with [New], turn the model into pages with
// [Model.Pages] and put them in place with [Write].
//
// The pages need no server and load nothing from elsewhere, so they can be opened from a folder or an archive. Every text of the policies is
// treated as data: it is escaped where it is printed.
package site

import (
	"time"

	"github.com/policygen/policygen/internal/graph"
)

// Model is what the pages say.
type Model struct {
	Organization string
	At           time.Time // the date it holds for
	Until        time.Time // when something changes by itself; zero: never
	Approvers    []string  // who may approve exceptions; none: nobody is named
	Audiences    []*Audience
	Policies     []*Policy
	Exceptions   []Exception
	Controls     []Control
	Tree         *graph.Node
}

// Audience is one group, or one person who holds an exception.
type Audience struct {
	Name, Group, User, Description string
	Parents                        []string // from the organization down, without the audience
	Platforms                      []string
	Rules                          []Rule
	Exceptions                     []Exception
	Settings                       []Setting
	Servers                        []string // of managed-mcp.json
	Exclusive                      bool     // there is a managed-mcp.json, so other MCP servers are off
	Guidance                       []Section
	Changes                        []Change
}

// Rule is a policy as it holds for an audience.
type Rule struct {
	*Policy
	Mode   string // enforce, warn or observe
	Exempt string // why it does not hold; "" where it does
	Levels []Level
}

// Level is how a policy is enforced on some platforms.
type Level struct {
	Platforms []string
	Level     string // as policygen coverage prints it
	Reason    string
}

// Policy is a named policy.
type Policy struct {
	Name, Description, Words, Message, Rationale, Severity, Type, Target, Owner, HelpURL string // Words: the rule in a sentence
	Controls                                                                             []string
	Values                                                                               []string
	Group                                                                                string // "" for the whole organization
	File                                                                                 string
	Line                                                                                 int32
	Audiences                                                                            []string // for which it holds
}

// Exception is an exception as the exceptions list prints it. Times are as printed.
type Exception struct {
	State, For, From, Starts, Expires, ApprovedBy, Ticket, Reason, File string
	Policies                                                            []string
	Team, User                                                          string
	Line                                                                int32
}

// Control is a control of a framework and the policies that name it.
type Control struct {
	Name     string
	Policies []string
}

// Setting is one native setting of an audience.
type Setting struct {
	Path, Doc string
	Values    []Value
}

// Value is one value of a setting, and the platforms that have it.
type Value struct {
	Text      string   // JSON, or the text itself of a list entry
	Platforms []string // none: all of the audience
	File      string
	Line      int32
}

// Section is one section of the instructions for the model.
type Section struct{ Title, Text string }

// Change is a moment at which an audience's policy changes by itself.
type Change struct {
	At   string
	What []string
}
