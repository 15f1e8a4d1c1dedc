// Package permission knows the permission rules of Claude Code: how a rule is
// written, which rules the client rejects or never matches, and what the
// client decides about a tool call under a set of rules.
//
// Start with Parse for one rule, Check for what is wrong with one, and Decide
// for the outcome of a call. The facts were taken from claude 2.1.329; the
// tables in the tests were recorded from that version. The package does no
// I/O and depends on the standard library alone, so the hook agent links it.
package permission

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// List is the permission list that a rule stands in.
type List string

// The three lists of the permissions block.
const (
	Allow List = "allow"
	Ask   List = "ask"
	Deny  List = "deny"
)

// Rule is one permission rule, `Tool` or `Tool(content)`.
type Rule struct {
	// Tool is the name as written; Normalize resolves old names.
	Tool string
	// Content is the text between the parentheses with \( \) and \\ unescaped.
	Content string
	// HasContent is true when the rule was written with parentheses.
	HasContent bool
	// Raw is the text that was parsed; empty for a rule made by hand.
	Raw string

	form *form
}

// SyntaxError says why the client rejects a rule. Offset and Width are bytes
// and always lie inside the rule.
type SyntaxError struct {
	// Code is a stable slug such as "rule-lowercase".
	Code string
	// Reason is what is wrong, Hint what to write instead (may be empty).
	Reason, Hint  string
	Offset, Width int
}

// Error returns the reason without the hint.
func (e *SyntaxError) Error() string { return e.Reason }

// Parse reads a rule. Every error is a *SyntaxError and means that claude
// 2.1.329 skips the entry in whichever list it stands. What only one list
// rejects, and what is accepted without effect, is reported by Check.
func Parse(raw string) (Rule, error) {
	r, err := split(raw)
	if err == nil {
		err = validate(r)
	}
	if err != nil {
		return Rule{}, err
	}
	r.form = compile(r)
	return r, nil
}

// String prints the rule so that Parse reads it back as an equal rule.
func (r Rule) String() string {
	if !r.HasContent {
		return r.Tool
	}
	if r.Content == "*" && !isMCP(r.Tool) {
		return r.Tool + "(*)"
	}
	return r.Tool + "(" + escaper.Replace(r.Content) + ")"
}

// Equal reports whether two rules have the same tool and content as written.
func (r Rule) Equal(o Rule) bool {
	return r.Tool == o.Tool && r.HasContent == o.HasContent && r.Content == o.Content
}

var escaper = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`)

// unescape undoes the escapes in the client's order, parentheses first, which
// matters for a backslash pair that stands before a parenthesis.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, `\(`, "("), `\)`, ")")
	return strings.ReplaceAll(s, `\\`, `\`)
}

// split finds the name and the content: the first unescaped "(" opens, the
// last unescaped ")" closes and must be the last byte.
func split(raw string) (Rule, error) {
	if strings.TrimSpace(raw) == "" {
		return Rule{}, &SyntaxError{Code: "rule-empty", Width: len(raw), Reason: "the permission rule is empty",
			Hint: "write Tool or Tool(content), or remove the entry"}
	}
	if i := strings.IndexByte(raw, 0); i >= 0 {
		return Rule{}, &SyntaxError{Code: "rule-nul", Offset: i, Width: 1, Reason: "the permission rule holds a NUL character",
			Hint: "remove the NUL character"}
	}
	open, shut := parens(raw)
	if open < 0 && shut < 0 {
		return Rule{Tool: raw, Raw: raw}, nil
	}
	if err := checkParens(raw, open, shut); err != nil {
		return Rule{}, err
	}
	return Rule{Tool: raw[:open], Content: unescape(raw[open+1 : shut]), HasContent: true, Raw: raw}, nil
}

// parens returns where the content opens and closes, -1 where it does not.
// Parentheses between them need no escape: Bash(f(x)) is a rule.
func parens(raw string) (open, shut int) {
	open, shut = -1, -1
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '(' && open < 0 && !escaped(raw, i):
			open = i
		case raw[i] == ')' && !escaped(raw, i):
			shut = i
		}
	}
	return open, shut
}

// checkParens reports parentheses that do not form Tool(content).
func checkParens(raw string, open, shut int) error {
	bad := func(code string, at, width int, reason, hint string) error {
		return &SyntaxError{Code: code, Offset: at, Width: width, Reason: reason, Hint: hint}
	}
	const hint = `write Tool or Tool(content); nothing may follow the closing ")"`
	switch {
	case open < 0 || shut >= 0 && shut < open:
		return bad("rule-malformed", shut, 1, `the rule has a ")" without a "(" before it`, hint)
	case shut < 0:
		return bad("rule-malformed", open, 1, `the rule has a "(" that is never closed`, hint)
	case shut != len(raw)-1:
		return bad("rule-malformed", shut+1, len(raw)-shut-1, `the rule has text after its closing ")"`, hint)
	case strings.ContainsAny(raw[:open], "()"):
		return bad("rule-malformed", 0, open, "the tool name holds a parenthesis", hint)
	case shut == open+1 && open == 0:
		return bad("rule-empty-parens", 0, 2, "the rule has neither a tool name nor content", hint)
	case shut == open+1:
		return bad("rule-empty-parens", open, 2, "the rule has empty parentheses",
			"write "+raw[:open]+" for every use of the tool, or put a pattern between the parentheses")
	case open == 0:
		return bad("rule-malformed", 0, 1, "the rule has no tool name", hint)
	}
	return nil
}

// escaped reports whether the byte at i stands behind an odd number of backslashes.
func escaped(s string, i int) bool {
	n := 0
	for j := i - 1; j >= 0 && s[j] == '\\'; j-- {
		n++
	}
	return n%2 == 1
}

// lowerFirst reports a name whose first letter has an upper-case form: the
// client takes it for a mistyped tool unless it holds "_".
func lowerFirst(name string) (fixed string, bad bool) {
	first, n := utf8.DecodeRuneInString(name)
	up := unicode.ToUpper(first)
	if strings.Contains(name, "_") || up == first {
		return name, false
	}
	return string(up) + name[n:], true
}
