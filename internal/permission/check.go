package permission

import (
	"cmp"
	"errors"
	"strings"
)

// Kind says how badly a rule is off.
type Kind string

// The kinds of findings.
const (
	// Rejected rules are skipped by the client, which says so.
	Rejected Kind = "rejected"
	// NeverMatches rules are accepted and have no effect.
	NeverMatches Kind = "never-matches"
	// Misleading rules work, but not as they read.
	Misleading Kind = "misleading"
)

// Finding is one thing that is wrong with a rule. Offset and Width are bytes
// and lie inside the rule.
type Finding struct {
	Kind          Kind
	Code          string
	Message, Hint string
	Offset, Width int
}

// Check reports everything wrong with a rule in a list, worst first. A rule
// without findings is one that the client keeps and can match.
func Check(list List, raw string) []Finding {
	r, err := Parse(raw)
	if err != nil {
		return []Finding{rejected(err)}
	}
	if f, bad := checkAllowGlob(list, r); bad {
		return []Finding{f}
	}
	var out []Finding
	for _, check := range [...]func(List, Rule) []Finding{checkTool, checkParameter, checkWritePath, checkHost, checkCommand, checkPath} {
		out = append(out, check(list, r)...)
		// What never matches need not be told how it reads.
		if len(out) > 0 && out[len(out)-1].Kind == NeverMatches {
			break
		}
	}
	return out
}

// rejected makes a rule that does not parse a finding. The client skips the single entry and keeps the list (2.1.329), so a deny rule is
// lost without a sound to the user.
func rejected(err error) Finding {
	var e *SyntaxError
	if !errors.As(err, &e) {
		return Finding{Kind: Rejected, Code: "rule-malformed", Message: err.Error()}
	}
	return Finding{Kind: Rejected, Code: e.Code, Message: e.Reason + "; the client skips the entry, so the rule does not apply",
		Hint: e.Hint, Offset: e.Offset, Width: e.Width}
}

// checkAllowGlob rejects what only the allow list rejects.
func checkAllowGlob(list List, r Rule) (Finding, bool) {
	if list != Allow || !strings.Contains(r.Tool, "*") || literalServer(r.Tool) {
		return Finding{}, false
	}
	return Finding{Kind: Rejected, Code: "rule-allow-glob", Width: len(r.Tool),
		Message: "an allow rule takes a glob only after a literal mcp__<server>__; the client skips the entry, so the rule does not apply",
		Hint:    "name the tools, or write mcp__<server>__* for one server"}, true
}

// inTool and inContent point at one half of a rule.
func (r Rule) inTool(kind Kind, code, message, hint string) []Finding {
	return []Finding{{Kind: kind, Code: code, Message: message, Hint: hint, Width: len(r.Tool)}}
}

// inContent leaves the parentheses out of what it points at.
func (r Rule) inContent(kind Kind, code, message, hint string) []Finding {
	return []Finding{{Kind: kind, Code: code, Message: message, Hint: hint, Offset: len(r.Tool) + 1, Width: len(r.Raw) - len(r.Tool) - 2}}
}

// checkTool finds names that no tool has. The client does not look at names
// with "_" or "*" for typos, but a glob can still match nothing.
func checkTool(_ List, r Rule) []Finding {
	name := canonicalTool(r.Tool)
	trimmed := strings.TrimSpace(name)
	switch {
	case trimmed != name:
		return r.inTool(NeverMatches, "rule-spaces", "the tool name has spaces around it, so the rule never matches", "write "+trimmed+strings.TrimSpace(r.Raw[len(r.Tool):]))
	case isTool(name) || isMCP(name):
		return nil
	case strings.Contains(name, "*"):
		return checkGlob(r)
	case strings.Contains(name, "_"):
		return nil
	}
	hint := "check the spelling of the tool name"
	if to := similarTool(name); to != "" {
		hint = "did you mean " + to + "?"
	}
	return r.inTool(NeverMatches, "rule-unknown-tool", "the client has no tool "+quote(name)+", so the rule never matches", hint)
}

// checkGlob finds tool-name globs that match neither a tool nor an MCP name.
func checkGlob(r Rule) []Finding {
	prefix, _, _ := strings.Cut(r.Tool, "*")
	if strings.HasPrefix(prefix, mcpPrefix) || strings.HasPrefix(mcpPrefix, prefix) {
		return nil
	}
	for tool := range knownTools {
		if r.form.matchTool(tool) {
			return nil
		}
	}
	return r.inTool(NeverMatches, "rule-glob-no-tool", "the glob must match a whole tool name and matches none, so the rule never matches",
		"write mcp__"+r.Tool+" for an MCP server")
}

// checkParameter finds parameter rules on a field that only the tool's own
// pattern looks at.
func checkParameter(_ List, r Rule) []Finding {
	tool := canonicalTool(r.Tool)
	field, value, ok := strings.Cut(r.Content, ":")
	if !r.HasContent || !ok || !rawField(tool, field) {
		return nil
	}
	tool = cmp.Or(pathRule[tool], tool)
	return r.inContent(NeverMatches, "rule-raw-parameter", "the client does not match "+quote(field)+" as a parameter, so the rule never matches",
		"write "+tool+"("+value+")")
}

// checkWritePath finds file rules under a tool name that path checks ignore.
func checkWritePath(_ List, r Rule) []Finding {
	to := pathRule[r.Tool]
	if !r.HasContent || to == "" || to == r.Tool || r.Content == "*" || r.Tool == "Grep" || r.compiled().param != "" {
		return nil
	}
	code := "rule-write-path"
	if to == "Read" {
		code = "rule-glob-path"
	}
	return r.inTool(NeverMatches, code, "file access is checked against "+to+"(path) rules only, so "+r.Tool+"(path) never matches",
		"write "+Rule{Tool: to, Content: r.Content, HasContent: true}.String()+"; it covers every tool of its kind")
}

// checkHost finds domains that no URL has.
func checkHost(_ List, r Rule) []Finding {
	host, ok := strings.CutPrefix(r.Content, "domain:")
	if r.Tool != "WebFetch" || !ok || host != "" && !strings.ContainsAny(host, "/:@? \t") {
		return nil
	}
	return r.inContent(NeverMatches, "rule-domain", "the domain is not a plain host name, so the rule never matches",
		"write the host alone, without port, path or blanks")
}

// checkCommand finds Bash patterns that read like something else.
func checkCommand(list List, r Rule) []Finding {
	if r.Tool != "Bash" || !r.HasContent {
		return nil
	}
	prefix, isPrefix := strings.CutSuffix(r.Content, ":*")
	switch {
	case isPrefix && strings.Contains(strings.ReplaceAll(prefix, `\*`, ""), "*"):
		return r.inContent(NeverMatches, "rule-prefix-star", "a * before the closing :* is literal, so the rule hardly ever matches",
			"write Bash("+prefix+" *) for a wildcard")
	case !isPrefix && strings.Contains(r.Content, ":*"):
		at := len(r.Tool) + 1 + strings.Index(r.Raw[len(r.Tool)+1:], ":*")
		return []Finding{{Kind: Misleading, Code: "rule-colon-star", Offset: at, Width: 2,
			Message: `":*" means a prefix only at the end; here the colon is literal and the * a wildcard`, Hint: "end the rule with :*, or write a blank and * instead"}}
	case list == Allow && optionGap(r.Content):
		return r.inContent(Misleading, "rule-option-gap", "the * before further words also matches options, which the rule then allows",
			"name the subcommand and put the * behind it")
	case list == Allow && urlArgument(r.Content):
		return r.inContent(Misleading, "rule-url-argument", "the * also stands for further arguments, such as another address, which the rule then allows",
			"allow WebFetch(domain:...), or the host in the sandbox")
	case noBoundary(r.Content):
		return r.inContent(Misleading, "rule-no-boundary", "without a blank before the *, the rule also matches longer command names",
			"write "+Rule{Tool: "Bash", Content: strings.TrimSuffix(r.Content, "*") + " *", HasContent: true}.String())
	}
	return nil
}

// optionGap reports `git * push`: a star between the command and a word.
func optionGap(s string) bool {
	words := strings.Fields(s)
	if len(words) < 3 || strings.Contains(words[0], "*") {
		return false
	}
	star := false
	for _, w := range words[1:] {
		if strings.Contains(w, "*") {
			star = true
		} else if !strings.HasPrefix(w, "-") {
			return star
		}
	}
	return false
}

// urlArgument reports `curl https://example.com/*`: a star behind an address, where it spans blanks.
func urlArgument(s string) bool {
	_, address, found := strings.Cut(s, "://")
	return found && strings.Contains(address, "*")
}

// noBoundary reports `ls*`: a command name that ends in the only star.
func noBoundary(s string) bool {
	name, ok := strings.CutSuffix(s, "*")
	return ok && name != "" && isField(name)
}

// fileSystemRoots start paths that were surely meant as absolute.
var fileSystemRoots = nameSet(`bin boot dev etc home lib mnt opt private proc root run sbin srv sys tmp usr var Applications
	Library System Users Volumes`)

// checkPath finds file patterns that read like something else.
func checkPath(_ List, r Rule) []Finding {
	if !r.HasContent || r.Tool != "Read" && r.Tool != "Edit" && r.Tool != "Cd" {
		return nil
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Content, "/"), "/")
	switch {
	case r.Content == "/" || r.Content == "!" || r.Content == "//" || r.Content == "./":
		return r.inContent(NeverMatches, "rule-path-empty", "the pattern names no file, so the rule never matches", "write /** for the whole project, //** for the file system")
	case strings.HasPrefix(r.Content, "/") && fileSystemRoots[first]:
		return r.inContent(Misleading, "rule-path-anchor", "a path with one leading slash starts at the project, not at the root of the file system",
			"write "+Rule{Tool: r.Tool, Content: "/" + r.Content, HasContent: true}.String()+" for the absolute path")
	case strings.Contains("/"+r.Content+"/", "/../"):
		return r.inContent(NeverMatches, "rule-path-dots", "the client compares cleaned paths, so a pattern with .. never matches", "write the path without ..")
	case strings.Contains(r.Content, "{") && strings.Contains(r.Content, ","):
		return r.inContent(Misleading, "rule-path-braces", "braces are literal in file patterns", "write one rule for each alternative")
	}
	return nil
}
