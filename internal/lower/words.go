package lower

import (
	"strings"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// Rule returns a policy as its author wrote it, in the form that the endpoint agent judges and that [wire.InWords]
// puts into a sentence. What depends on an audience or on other files is left empty: module, controls, platforms.
func Rule(p *policy.Policy) wire.Policy {
	rule := wire.Policy{Name: p.Name, Description: p.Text("description"), Type: p.Type, Target: p.Target, Pattern: p.Text("pattern"), Per: p.Text("per"),
		Severity: p.Severity(), Mode: "enforce", Message: p.Text("message"), HelpURL: p.Text("help_url"), Owner: p.Text("owner"),
		Min: number(p.Node.Get("min")), Max: number(p.Node.Get("max"))}
	if mode := p.Text("mode"); mode != "" {
		rule.Mode = mode
	}
	for _, v := range p.Values() {
		rule.Values = append(rule.Values, wire.Value{Name: v.Name, URL: v.URL, Command: v.Command})
	}
	return rule
}

// number returns a limit, nil where none is written: zero is a limit of its own.
func number(n *value.Node) *float64 {
	if n == nil || n.Kind != value.Number {
		return nil
	}
	f := n.Float()
	return &f
}

// Sentence returns what guidance says of a policy, so that the model knows the rule, why it holds, and the way out. It
// is Markdown, one item of a list, because it stands in the instructions that the model reads. The rule itself is told
// even where there is a description: a model that knows the list does not have to find its border by trying. grant is what exceptions
// take from single values.
func Sentence(p *policy.Policy, grant wire.Grant) string {
	parts := []string{ended(p.Text("description")), wire.InWords(Rule(p))}
	if message := p.Text("message"); message != "" {
		parts = append(parts, `Whoever meets it reads: "`+blanks.Replace(flat(message))+`".`)
	}
	switch p.Severity() {
	case "warning":
		parts = append(parts, "It warns and does not block.")
	case "info":
		parts = append(parts, "It is only recorded.")
	}
	if len(grant.Values) > 0 {
		parts = append(parts, "An exception holds here for "+flat(strings.Join(grant.Values, ", "))+".")
	}
	if help := p.Text("help_url"); help != "" {
		parts = append(parts, "Why, and how to ask for an exception: "+help)
	} else if owner := p.Text("owner"); owner != "" {
		parts = append(parts, "To ask for an exception, write to "+ended(owner))
	}
	line := "- **" + p.Name + "**"
	separator := ": "
	for _, part := range parts {
		if part != "" {
			line += separator + part
			separator = " "
		}
	}
	return line
}

// blanks stand for what a message is filled with when it is shown.
var blanks = strings.NewReplacer("{{value}}", "...", "{{current}}", "...", "{{max}}", "...", "{{min}}", "...")

// flat brings a text onto one line, since a list item ends with its line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// ended ends a text with a full stop, unless it is empty or ends a sentence already.
func ended(text string) string {
	text = flat(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
