package permission

import (
	"cmp"
	"strings"
)

// validate applies what the client checks per tool, in any list.
func validate(r Rule) error {
	if isMCP(r.Tool) {
		return validateMCP(r)
	}
	if fixed, bad := lowerFirst(r.Tool); bad {
		return &SyntaxError{Code: "rule-lowercase", Width: len(r.Tool), Reason: "the tool name " + quote(r.Tool) + " starts with a lower-case letter",
			Hint: "write " + cmp.Or(similarTool(r.Tool), fixed)}
	}
	if !r.HasContent {
		return nil
	}
	if err := validateEscapes(r); err != nil {
		return err
	}
	switch {
	case r.Tool == "Bash" && r.Content == ":*":
		return r.contentError("rule-bash-empty-prefix", "the prefix before :* is empty", "write Bash for every command, or Bash(npm *) for one")
	case r.Tool == "WebFetch":
		return validateWebFetch(r)
	case r.Tool == "WebSearch" && strings.ContainsAny(r.Content, "*?"):
		return r.contentError("rule-websearch-wildcard", "WebSearch rules take no wildcards", "write the exact search text, or WebSearch for all")
	case filePatternTools[r.Tool] && strings.Contains(r.Content, ":*"):
		return r.contentError("rule-file-prefix", `":*" is only for Bash rules`, "write a glob such as src/** or *.ts")
	}
	return nil
}

// validateMCP rejects content: MCP rules name servers and tools only.
func validateMCP(r Rule) error {
	if !r.HasContent {
		return nil
	}
	server, _, _ := strings.Cut(strings.TrimPrefix(r.Tool, mcpPrefix), "__")
	return r.contentError("rule-mcp-parens", "MCP rules take no parentheses",
		"write "+r.Tool+" for this name, or "+mcpPrefix+server+"__* for every tool of the server")
}

// validateWebFetch wants a domain, the only thing that the client compares a fetch with (2.1.329); paths of a URL cannot be told apart.
func validateWebFetch(r Rule) error {
	const hint = "write WebFetch(domain:example.com)"
	switch {
	case strings.Contains(r.Content, "://") || strings.HasPrefix(r.Content, "http"):
		return r.contentError("rule-webfetch-url", "WebFetch rules name a domain, not a URL", hint)
	case r.Content != "*" && !strings.HasPrefix(r.Content, "domain:"):
		return r.contentError("rule-webfetch-domain", `WebFetch rules start with "domain:"`, hint)
	}
	return nil
}

// validateEscapes rejects \( or \) beside unescaped parentheses that do not
// pair up: the client cannot tell which of them was meant.
func validateEscapes(r Rule) error {
	raw := r.Raw[len(r.Tool)+1 : len(r.Raw)-1]
	open, shut, loose := 0, 0, false
	for i := 0; i < len(raw); i++ {
		if raw[i] != '(' && raw[i] != ')' {
			continue
		}
		if i > 0 && raw[i-1] == '\\' && (i == 1 || raw[i-2] != '\\') {
			loose = true
		}
		if !escaped(raw, i) && raw[i] == '(' {
			open++
		} else if !escaped(raw, i) {
			shut++
		}
	}
	if loose && open != shut {
		return r.contentError("rule-ambiguous-escape", `an escaped parenthesis stands beside an unescaped one`,
			"escape every literal parenthesis, and double a backslash that is a path separator")
	}
	return nil
}

// contentError points at everything between the parentheses.
func (r Rule) contentError(code, reason, hint string) error {
	return &SyntaxError{Code: code, Offset: len(r.Tool) + 1, Width: len(r.Raw) - len(r.Tool) - 2, Reason: reason, Hint: hint}
}
