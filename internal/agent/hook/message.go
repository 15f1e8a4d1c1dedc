package hook

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/wire"
)

const (
	maxValue   = 200   // bytes of an observed value in a message
	maxMessage = 9_000 // bytes of a message; the client caps the texts of hooks at 10,000 characters (documentation)
)

// message is what a developer reads of one policy: what happened, by which policy, why, and the way out. Every line
// beyond the first has a label, so that it can be read in a terminal and quoted in a ticket.
func (p *Program) message(r *rule, v violation, b Behavior) string {
	lead := "Policy"
	switch b {
	case Deny:
		lead = "Blocked by policy"
	case Warn:
		lead = "Warning of policy"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s", lead, r.Name)
	if p.bundle.Organization != "" {
		fmt.Fprintf(&out, " (%s)", p.bundle.Organization)
	}
	out.WriteString(": " + r.text(v))
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&out, "\n%s: %s", label, clip(text, 2000))
		}
	}
	if v.why != "" {
		line("Reason", clean(v.why))
	}
	if r.Message != "" {
		line("Why", r.Description)
	}
	line("Help", r.HelpURL)
	if b == Deny {
		line("To ask for an exception", p.ask(r))
	}
	return out.String()
}

// ask says where to ask for an exception. There is always an answer: a block without a way out is worked around.
func (p *Program) ask(r *rule) string {
	switch {
	case p.bundle.AskURL != "":
		return p.bundle.AskURL
	case r.Owner != "":
		return "write to " + r.Owner + " and name the policy " + r.Name
	}
	return "ask the owner of the policy repository and name the policy " + r.Name
}

// text is the policy's message with its places filled in, in one pass, so that an observed value cannot bring places
// of its own. A policy without a message speaks through its description, and one without either through its rule, in
// the words that guidance and documentation use.
func (r *rule) text(v violation) string {
	text := r.Message
	if text == "" {
		text = strings.TrimSuffix(first(r.Description, wire.InWords(*r.Policy), r.Target+" is against the policy"), ".")
		if v.value != "" {
			text += ". " + r.found() + ": {{value}}"
		}
	}
	number := func(f *float64) string {
		if f == nil {
			return ""
		}
		return decimal(*f)
	}
	return strings.NewReplacer("{{value}}", clean(first(v.value, "(unknown)")), "{{current}}", first(v.current, v.value, "(unknown)"), "{{max}}", number(r.Max),
		"{{min}}", number(r.Min)).Replace(clip(text, 2000))
}

// found introduces the observed value.
func (r *rule) found() string {
	switch r.Type {
	case "require":
		return "Missing"
	case "limit":
		return "Now"
	}
	return "Found"
}

// clean makes an observed value fit for one line of a message. The value comes from a command or file that anybody may
// have written, and is shown to a person and to the model.
func clean(value string) string {
	// Control characters could move the cursor of a terminal, and bidirectional marks could turn the sentence around.
	value = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, clip(value, maxValue))
	return strings.TrimSpace(value)
}

// clip shortens a text to a number of bytes, between two characters. The three dots come on top of the limit; limits
// here leave room for them.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "..."
}

// join is the message of a decision: the findings that made it what it is, then the milder ones. The worst come first,
// because the end may be cut off.
func join(found []Finding, worst Behavior) string {
	var parts []string
	for _, behavior := range []Behavior{Deny, Warn} {
		for _, f := range found {
			if f.Behavior == behavior && (worst == Deny || worst == Warn) {
				parts = append(parts, f.Message)
			}
		}
	}
	return clip(strings.Join(parts, "\n\n"), maxMessage)
}
