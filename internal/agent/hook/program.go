// Package hook decides what the endpoint agent says to an event of the client: allow, warn or deny, by which policy, and in which words.
//
// [Compile] makes a [Program] of a bundle, [ParseEvent] reads the event, and [Program.Decide] judges it from the event and from [Facts] that
// the caller gathered; [Decision.Output] is what the client must read. The function is pure: it reads no file, clock or network, its work is
// bounded, and what it cannot judge it answers by the severity of the policy: error blocks.
//
// The targets are rows of one table, in target.go: what of an event each looks at, and how a value is compared with it.
package hook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/wire"
)

// Program is a bundle made ready for events. It is safe for concurrent use.
type Program struct {
	bundle *wire.Bundle
	rules  []rule
}

// rule is one policy made ready. It holds what can be worked out once for a bundle, because the agent may judge many
// events with one.
type rule struct {
	*wire.Policy
	target
	pattern func() (*regexp.Regexp, error) // compiled when first needed: most events meet few patterns
	native  []*permission.Rule             // for target tools: the values that are permission rules, nil for others
}

// Compile makes a program of a bundle. It fails on what this program does not know, because to pass it over would allow what the bundle
// forbids. Patterns are compiled when first needed; call [Program.Check] where a new bundle arrives.
func Compile(b *wire.Bundle) (*Program, error) {
	p := &Program{bundle: b, rules: make([]rule, 0, len(b.Policies))}
	table := targets()
	for i := range b.Policies {
		policy := &b.Policies[i]
		if err := checkWords(policy); err != nil {
			return nil, err
		}
		if policy.Type == "settings" {
			continue // native settings and nothing else: exceptions and reports name it
		}
		t, known := table[policy.Target]
		if !known {
			return nil, unknown(policy, "target", policy.Target)
		}
		if t.observe == nil && t.measure == nil {
			continue // the client alone enforces it
		}
		r := rule{Policy: policy, target: t}
		r.pattern = sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(policy.Pattern) })
		if err := r.parseNative(); err != nil {
			return nil, err
		}
		p.rules = append(p.rules, r)
	}
	return p, nil
}

// The words that a policy may hold.
var (
	knownTypes      = set("allowlist denylist pattern-deny require limit rego settings")
	knownSeverities = set("error warning info")
	knownModes      = set("enforce warn observe")
)

// checkWords refuses words that a later compiler may write. Words are checked before anything else, so that the error
// tells the reader to update the agent and not that a pattern is broken.
func checkWords(p *wire.Policy) error {
	switch {
	case !knownTypes[p.Type]:
		return unknown(p, "type", p.Type)
	case !knownSeverities[p.Severity]:
		return unknown(p, "severity", p.Severity)
	case !knownModes[p.Mode]:
		return unknown(p, "mode", p.Mode)
	}
	return nil
}

// unknown is the error for a word of a later compiler. The compiler of the same version cannot write one, so the only
// cause is an agent that is behind.
func unknown(p *wire.Policy, field, value string) error {
	return fmt.Errorf("policy %s has the %s %q, which this agent does not know: update the agent", p.Name, field, value)
}

// parseNative reads values of target tools that are permission rules with content, such as Bash(rm *). Plain names are
// left to matchTool, as most policies on tools hold nothing else.
func (r *rule) parseNative() error {
	if r.Target != "tools" || !slices.ContainsFunc(r.Values, func(v wire.Value) bool { return strings.Contains(v.Name, "(") }) {
		return nil
	}
	r.native = make([]*permission.Rule, len(r.Values))
	for i, v := range r.Values {
		if !strings.Contains(v.Name, "(") {
			continue
		}
		parsed, err := permission.Parse(v.Name)
		if err != nil {
			return fmt.Errorf("policy %s: %q is no permission rule: %w", r.Name, v.Name, err)
		}
		r.native[i] = &parsed
	}
	return nil
}

// Check compiles every pattern and returns the first problem. It is for the moment at which a bundle is installed:
// there a broken pattern can still be refused, at a call it blocks.
func (p *Program) Check() error {
	for _, r := range p.rules {
		if _, err := r.pattern(); err != nil {
			return fmt.Errorf("policy %s: %w", r.Name, err)
		}
	}
	return nil
}
