package policytest

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/policygen/policygen/internal/wire"
)

// Replay is what becomes of recorded calls under another revision of the policies.
type Replay struct {
	Calls   int // recorded calls that both revisions could decide
	Same    int
	Skipped map[string]int // calls that could not be decided, by the reason
	Effects []Effect       // most calls first
}

// Effect is one way in which recorded calls are decided otherwise: for one group, by one rule.
type Effect struct {
	Before Outcome  `json:"before"`
	After  Outcome  `json:"after"`
	Group  string   `json:"group"`
	By     string   `json:"by"` // the rule or policy of the stricter decision; "" where none decides
	Tool   string   `json:"tool"`
	Calls  int      `json:"calls"`
	Users  []string `json:"users"` // sorted; people whom the records do not name are left out
	First  Example  `json:"first"`
	Ground *Ground  `json:"-"` // of By
}

// Example is a recorded call.
type Example struct {
	Line    int       `json:"line"` // of the log, counted from 1
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"` // what the call is about: a command, a path, an address
}

// Kind sums an effect up: blocked and freed are about denials, asked and quiet about prompts.
func (e Effect) Kind() string {
	switch {
	case e.After == Deny:
		return "blocked"
	case e.Before == Deny:
		return "freed"
	case rank(e.After) < rank(e.Before):
		return "asked"
	}
	return "quiet"
}

// effectKey joins calls into one effect.
type effectKey struct {
	before, after   Outcome
	group, by, tool string
}

// Replaying replays a log record by record. The zero value is not ready: use [NewReplaying].
type Replaying struct {
	base, head *World
	at         time.Time
	result     Replay
	effects    map[effectKey]*Effect
	memo       map[string]replayed
}

// replayed is what both revisions say of equal calls.
type replayed struct {
	before, after Verdict
	skip          string
}

// NewReplaying begins a replay through two revisions, at one moment: the question is what would happen now.
func NewReplaying(base, head *World, at time.Time) *Replaying {
	return &Replaying{base: base, head: head, at: at, result: Replay{Skipped: map[string]int{}}, effects: map[effectKey]*Effect{}, memo: map[string]replayed{}}
}

// Add replays one record from a line of the log. Records that are no tool call are passed over.
func (r *Replaying) Add(record wire.AuditRecord, line int) {
	if record.Tool == "" {
		return
	}
	s := Subject{Group: record.Group, User: record.User, Project: record.Project, Platform: record.Platform, Mode: record.Mode, At: r.at}
	c := Call{Tool: record.Tool, Input: record.Input, Cwd: record.Cwd, Home: record.Home}
	both := r.both(s, c)
	if both.skip != "" {
		r.result.Skipped[both.skip]++
		return
	}
	r.result.Calls++
	if both.before.Got == both.after.Got {
		r.result.Same++
		return
	}
	r.note(both, record, line)
}

// both decides a call under both revisions, equal calls once.
func (r *Replaying) both(s Subject, c Call) replayed {
	key := memoKey(s, c)
	if known, found := r.memo[key]; found {
		return known
	}
	before, err := r.base.Decide(s, c)
	skip := ""
	if err != nil {
		skip = "before the change, " + err.Error()
	}
	after, err := r.head.Decide(s, c)
	if err != nil && skip == "" {
		skip = "after the change, " + err.Error()
	}
	r.memo[key] = replayed{before, after, skip}
	return r.memo[key]
}

// note counts a call that is decided otherwise.
func (r *Replaying) note(both replayed, record wire.AuditRecord, line int) {
	stricter := both.after
	if rank(both.before.Got) < rank(both.after.Got) {
		stricter = both.before
	}
	key := effectKey{both.before.Got, both.after.Got, record.Group, stricter.By(), record.Tool}
	e := r.effects[key]
	if e == nil {
		e = &Effect{Before: key.before, After: key.after, Group: key.group, By: key.by, Tool: key.tool, Users: []string{},
			First: Example{Line: line, Time: record.Time, Subject: about(record)}}
		if stricter.Decided {
			e.Ground = &stricter.Grounds[0]
		}
		r.effects[key] = e
	}
	e.Calls++
	if i, found := slices.BinarySearch(e.Users, record.User); !found && record.User != "" {
		e.Users = slices.Insert(e.Users, i, record.User)
	}
}

// Result returns what was found so far. Effects stand in an order of their own, whatever the order of the log.
func (r *Replaying) Result() Replay {
	result := r.result
	for _, e := range r.effects {
		result.Effects = append(result.Effects, *e)
	}
	slices.SortFunc(result.Effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(kindOrder(a), kindOrder(b)), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Group, b.Group), cmp.Compare(a.By, b.By),
			cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After))
	})
	return result
}

// kindOrder puts what hurts people first.
func kindOrder(e Effect) int {
	return slices.Index([]string{"blocked", "freed", "asked", "quiet"}, e.Kind())
}

// memoKey is equal for calls that are decided alike.
func memoKey(s Subject, c Call) string {
	text, err := json.Marshal([]any{s.Group, s.User, s.Project, s.Platform, s.Mode, c.Tool, c.Input, c.Cwd, c.Home})
	if err != nil { // the record was JSON before
		return ""
	}
	return string(text)
}

// subjectFields are the fields of inputs that say what a call is about.
var subjectFields = []string{"command", "file_path", "notebook_path", "path", "url", "query", "skill", "subagent_type"}

// about says what a recorded call is about, "" where its input shows nothing.
func about(record wire.AuditRecord) string {
	for _, field := range subjectFields {
		if text, ok := record.Input[field].(string); ok && text != "" {
			return text
		}
	}
	return ""
}
