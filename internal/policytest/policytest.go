// Package policytest decides calls under a policy before anyone is blocked by it: the cases of the tests sections, one call for a person who
// asks why, recorded calls under two revisions, and a corpus of attacks.
//
// [New] takes a compiled program; [World.Decide] answers for one [Call] of one [Subject] with a [Verdict], which names every rule and policy
// that has a say. [World.Run] runs cases and counts what no case exercises.
//
// What decides are native settings, as package permission models the client, and the endpoint agent where delivery.agent says that it is
// installed. Scripts of hooks are not run; the verdict names them.
package policytest

import (
	"time"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/policy"
)

// Outcome is what becomes of a call.
type Outcome string

// The outcomes. Warn and Record are what a policy says of a call that goes on; they are never the outcome of a call.
const (
	Allow   Outcome = "allow"
	Ask     Outcome = "ask"
	Deny    Outcome = "deny"
	Unknown Outcome = "unknown" // the client's behavior cannot be known from the policy
	Warn    Outcome = "warn"
	Record  Outcome = "record"
)

// Subject is who makes a call, where, and when.
type Subject struct {
	Group    string // policy.DefaultGroup for the organization
	User     string // e-mail address; "" for nobody in particular
	Project  string // git remote; "" for none
	Platform string // one of the group's
	Mode     string // permission mode; "" for the one that sessions start in
	At       time.Time
	Layers   []effective.Layer // settings of the user and the project, the weakest first; nil for none
}

// Call is a tool call, or a connection to an MCP server.
type Call struct {
	Tool   string
	Input  map[string]any
	Cwd    string // absolute; "" for a project in the user's home
	Home   string // absolute; "" for the one that Cwd lies in
	Server string // MCP server; Tool is empty then
}

// Ways in which something is decided.
const (
	Native = "native" // the client's own settings
	Hook   = "hook"   // the endpoint agent
)

// Ground is one rule or policy that has a say about a call.
type Ground struct {
	Outcome Outcome  `json:"outcome"`
	Via     string   `json:"via"`              // Native or Hook
	Policy  string   `json:"policy,omitempty"` // "" where a plain setting decides
	Rule    string   `json:"rule,omitempty"`   // permission rule or setting; "" for the endpoint agent
	Reason  string   `json:"reason,omitempty"`
	Pos     diag.Pos `json:"-"` // where the rule is written, or the policy's name
}

// Name is what a test calls the ground: the policy, else the rule.
func (g Ground) Name() string {
	if g.Policy != "" {
		return g.Policy
	}
	return g.Rule
}

// Verdict is what becomes of a call and why.
type Verdict struct {
	Platform string
	Mode     string // permission mode in force, which a lock may have changed
	Got      Outcome
	Reason   string   // in words, such as "no rule allows it"
	Grounds  []Ground // the one that decides first, where there is one
	Decided  bool     // the first ground decides; false where no rule does
	Scripts  []string // hook scripts that are asked about the call and were not run
	Home     string   // the home folder that was assumed, where the call speaks of one
}

// By is the name of what decides, "" where no rule does.
func (v Verdict) By() string {
	if !v.Decided {
		return ""
	}
	return v.Grounds[0].Name()
}

// World is a compiled policy repository at the moments that calls ask for. It is not safe for concurrent use.
type World struct {
	base      *compile.Program
	evaluator hook.Evaluator
	at        map[worldKey]*compile.Program
	hooks     map[*wireBundle]*hook.Program
}

// worldKey names a state of the repository: a moment, with exceptions or without any.
type worldKey struct {
	at   int64
	bare bool
}

// New returns the world of a program without errors. The evaluator is for Rego modules, and may be nil where no policy has one.
func New(program *compile.Program, evaluator hook.Evaluator) *World {
	return &World{base: program, evaluator: evaluator, at: map[worldKey]*compile.Program{}, hooks: map[*wireBundle]*hook.Program{}}
}

// Set returns the checked repository.
func (w *World) Set() *policy.Set { return w.base.Set }

// program returns the repository resolved for a moment.
func (w *World) program(at time.Time, bare bool) *compile.Program {
	key := worldKey{at.UnixNano(), bare}
	if w.at[key] == nil {
		w.at[key] = w.base.Vary(at, func(set *policy.Set) {
			if bare {
				set.Exceptions = nil
			}
		})
	}
	return w.at[key]
}
