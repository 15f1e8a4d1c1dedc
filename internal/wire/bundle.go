// Package wire holds what crosses a process: versioned JSON between the compiler, the endpoint agent and the server. It imports nothing of
// this project, so that an endpoint links nothing of the compiler.
//
// A [Bundle] is everything the agent needs for one audience, for the whole time until it is replaced. Read one with [ReadBundle], which
// checks its digest; ask [Granted] which exceptions hold.
package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// BundleVersion is the version of the bundle's shape. It grows when a field changes its meaning; new fields do not raise it.
const BundleVersion = 1

// Bundle is the agent's policy for one audience.
type Bundle struct {
	FormatVersion int         `json:"format_version"`
	Organization  string      `json:"organization"`
	Audience      string      `json:"audience"` // name of the folder in the output tree
	Group         string      `json:"group"`
	Groups        []string    `json:"groups,omitempty"`   // the group, its ancestors, and default: whom exceptions for a team cover
	User          string      `json:"user,omitempty"`     // only for an audience of one person
	Revision      string      `json:"revision,omitempty"` // of the audience's policy, as every artifact of it tells
	Digest        string      `json:"digest"`             // hex SHA-256 of the encoded bundle with this text empty
	ValidUntil    *time.Time  `json:"valid_until"`        // when the static artifacts beside it stop being right; null: no such moment
	Banner        string      `json:"banner,omitempty"`   // of the build's date, see [Banner]; without one a session starts without
	AskURL        string      `json:"ask_url,omitempty"`  // where to ask for an exception
	Policies      []Policy    `json:"policies"`           // in merge order
	Exceptions    []Exception `json:"exceptions"`         // every one that can ever hold for the audience, in the order written
	Timeline      []Moment    `json:"timeline"`           // in order of time
	Audit         *Audit      `json:"audit,omitempty"`
	Rollout       *Rollout    `json:"rollout,omitempty"`
}

// Policy is one named policy in the form that the hook judges.
type Policy struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Type        string     `json:"type"`   // allowlist, denylist, pattern-deny, require, limit, rego
	Target      string     `json:"target"` // as in the policy language
	Values      []Value    `json:"values,omitempty"`
	Pattern     string     `json:"pattern,omitempty"` // RE2, compiled once by the compiler
	Min         *float64   `json:"min,omitempty"`
	Max         *float64   `json:"max,omitempty"`
	Per         string     `json:"per,omitempty"` // session or day
	Module      string     `json:"module,omitempty"`
	Severity    string     `json:"severity"`             // error blocks, warning tells, info records
	Mode        string     `json:"mode"`                 // enforce, warn, observe
	ModeUntil   *time.Time `json:"mode_until,omitempty"` // from then on the mode is enforce
	Rings       []RingDate `json:"rings,omitempty"`      // where there is one date for each ring instead
	Message     string     `json:"message,omitempty"`    // with {{value}}, {{current}}, {{max}}
	HelpURL     string     `json:"help_url,omitempty"`
	Controls    []string   `json:"controls,omitempty"`
	Owner       string     `json:"owner,omitempty"`
	Platforms   []string   `json:"platforms,omitempty"` // absent: all
	Native      bool       `json:"native,omitempty"`    // the client's own settings enforce it too, as long as no exception took that away
}

// Value is an entry of a policy's values: a text, or an MCP server with its address or command.
type Value struct {
	Name    string   `json:"name"`
	URL     string   `json:"url,omitempty"`
	Command []string `json:"command,omitempty"`
}

// Moment is a point in time at which the audience's policy changes by itself.
type Moment struct {
	At      time.Time `json:"at"`
	Changes []string  `json:"changes"` // in words, such as `exception from no-curl ends`
}

// Audit is what the agent records and where it sends it.
type Audit struct {
	Enabled       bool     `json:"enabled"`
	Destination   string   `json:"destination,omitempty"`
	BatchSize     int      `json:"batch_size,omitempty"`
	FlushInterval float64  `json:"flush_interval,omitempty"` // seconds
	IncludeEvents []string `json:"include_events,omitempty"`
	ExcludePaths  []string `json:"exclude_paths,omitempty"` // globs
	Redact        []string `json:"redact,omitempty"`        // RE2
	PublicKey     string   `json:"public_key,omitempty"`
}

// EffectiveMode returns the mode at a moment for a ring, "" being those whom no ring reaches: enforce once mode_until, or the ring's date, has
// come. The agent asks at each event, so that a trial period ends on time without a new bundle.
func (p Policy) EffectiveMode(at time.Time, ring string) string {
	begun := p.ModeUntil != nil && !at.Before(*p.ModeUntil)
	for _, r := range p.Rings {
		begun = begun || r.Ring == ring && !at.Before(r.From)
	}
	if begun {
		return "enforce"
	}
	return p.Mode
}

// Encode returns the bundle as compact JSON that ends with a line break, with its digest filled in. The receiver is a
// copy, and what the caller holds does not change.
func (b Bundle) Encode() ([]byte, error) {
	b.Digest = ""
	b.Policies, b.Exceptions, b.Timeline = list(b.Policies), list(b.Exceptions), list(b.Timeline)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(b); err != nil {
		return nil, fmt.Errorf("encode bundle: %w", err)
	}
	head, tail, _ := bytes.Cut(out.Bytes(), []byte(digestKey+`"`))
	return slices.Concat(head, []byte(digestKey+digest(head, tail)+`"`), tail), nil
}

// list makes an absent list an empty one: readers of the bundle find a list in any case. A null would be a third state
// beside absent and empty that nobody means.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// digestKey opens the digest's text in an encoded bundle. Quotes inside of texts are escaped, so the first place that reads so is the key.
const digestKey = `"digest":"`

// digest returns the digest of a bundle whose bytes around the text of the digest are head and tail. Hashing around
// the text spares copying a bundle of some megabytes.
func digest(head, tail []byte) string {
	sum := sha256.New()
	for _, part := range [][]byte{head, []byte(digestKey + `"`), tail} {
		sum.Write(part)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ReadBundle decodes a bundle and checks its version and digest. The digest is that of the bytes, not of what this
// program understands of them: a bundle with fields that a later compiler added is read, and the fields are passed
// over.
func ReadBundle(data []byte) (*Bundle, error) {
	var b Bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("read bundle: not valid JSON: %w", err)
	}
	if b.FormatVersion != BundleVersion {
		return nil, fmt.Errorf("read bundle: format_version is %d, this program reads %d: update the older of the two", b.FormatVersion, BundleVersion)
	}
	head, rest, _ := bytes.Cut(data, []byte(digestKey))
	got, tail, found := bytes.Cut(rest, []byte{'"'})
	if !found || string(got) != digest(head, tail) || b.Digest != string(got) {
		return nil, fmt.Errorf("read bundle: the content does not match its digest: fetch it again")
	}
	return &b, nil
}
