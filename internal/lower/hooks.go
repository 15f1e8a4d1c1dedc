// Package lower turns what people write into what the client reads. [Hooks] makes native hook settings of a hooks section.
package lower

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// ScriptPath returns where a script of the policy folder is installed, below hooks/ of the client's managed folder.
// Scripts elsewhere in the policy folder keep their path below hooks/.
func ScriptPath(script string) string { return strings.TrimPrefix(script, "hooks/") }

// Hooks returns a settings document that holds the hooks for a platform, or nil where there are none. onFailure says that every client of
// the fleet knows the onFailure field (first seen in 2.1.329); older ones are made to block by the command alone.
func Hooks(hooks []policy.Hook, platform ir.Platform, onFailure bool) *value.Node {
	events := map[string][]*value.Node{}
	var order []string
	for _, h := range hooks {
		if h.Platforms != nil && !slices.Contains(h.Platforms, string(platform)) {
			continue
		}
		if events[h.Event] == nil {
			order = append(order, h.Event)
		}
		events[h.Event] = append(events[h.Event], group(h, platform, onFailure))
	}
	if len(order) == 0 {
		return nil
	}
	var members []value.Member
	for _, event := range order {
		list := value.Array(events[event][0].Pos, events[event]...)
		members = append(members, value.Member{Key: event, KeyPos: list.Pos, Value: list})
	}
	pos := members[0].KeyPos
	return value.Object(pos, value.Member{Key: "hooks", KeyPos: pos, Value: value.Object(pos, members...)})
}

// group returns a matcher group with one handler.
func group(h policy.Hook, platform ir.Platform, onFailure bool) *value.Node {
	handlers := value.Array(h.Pos, handler(h, platform, onFailure))
	members := []value.Member{{Key: "hooks", KeyPos: h.Pos, Value: handlers}}
	if h.Matcher != "" {
		members = append(members, value.Member{Key: "matcher", KeyPos: h.Pos, Value: value.Text(h.Matcher, h.Pos)})
	}
	return value.Object(h.Pos, members...)
}

// handler returns the client's form of one hook. Fields that policygen does not know stand in h.Handler and are passed
// on as they are.
func handler(h policy.Hook, platform ir.Platform, onFailure bool) *value.Node {
	n := h.Handler.With("type", value.Text(h.Type, h.Pos))
	if h.BlockOnFailure && onFailure {
		n = n.With("onFailure", value.Text("block", h.Pos))
	}
	if h.Type != "command" {
		return n
	}
	if h.Script == "" && h.HasArgs && !h.BlockOnFailure { // the exec form, which needs no shell and no quoting
		return n.With("command", value.Text(h.Command, h.Pos)).With("args", words(h.Args, h.Pos))
	}
	if platform == ir.Windows && (h.Script != "" || h.BlockOnFailure) {
		n = n.With("shell", value.Text("powershell", h.Pos))
		return n.With("command", value.Text(powershell(h), h.Pos))
	}
	return n.With("command", value.Text(posix(h, platform), h.Pos))
}

// posix returns the command line for sh. The guard turns every failure of the hook, also a missing program, into exit
// code 2, the only one that blocks (client 2.1.329). Arguments are quoted one by one; a command line that the author
// wrote as one text is left to the shell.
func posix(h policy.Hook, platform ir.Platform) string {
	line := h.Command
	if h.Script != "" {
		line = quotePosix(platform.Dir() + "/hooks/" + ScriptPath(h.Script))
	} else if h.HasArgs {
		line = quoteCommand(h.Command)
	} else if h.BlockOnFailure && !simple(h.Command) {
		line = "(" + line + "\n)" // the guard must hold for all of it, also behind a comment
	}
	for _, arg := range h.Args {
		line += " " + quotePosix(arg)
	}
	if h.BlockOnFailure {
		line += " || exit 2"
	}
	return line
}

// simple reports whether a command line is one simple command, whose exit code a guard behind it sees. It may say no
// to one that is. A wrong no costs a pair of parentheses, a wrong yes would let a failure pass.
func simple(line string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word != "exec" && word != "exit" && !strings.ContainsAny(line, ";&|#(){}!<`\n\\")
}

// powershell returns the command line for PowerShell, with a guard where failures must block. Unproven: no Windows
// client was at hand. $LASTEXITCODE is set to 0 first, because a command that starts no program leaves the old value.
func powershell(h policy.Hook) string {
	line := h.Command
	if h.Script != "" {
		line = "& " + quotePowershell(ir.Windows.Dir()+`\hooks\`+strings.ReplaceAll(ScriptPath(h.Script), "/", `\`))
	} else if h.HasArgs {
		line = "& " + quotePowershell(h.Command)
	}
	for _, arg := range h.Args {
		line += " " + quotePowershell(arg)
	}
	if h.BlockOnFailure {
		if strings.ContainsAny(line, "#`") {
			line += "\n" // a comment must not swallow the guard
		}
		return "$global:LASTEXITCODE = 0; try { " + line + " } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }"
	}
	if h.Script != "" {
		line += "; exit $LASTEXITCODE"
	}
	return line
}

// quoteCommand quotes the first word of a line for sh, where name=value would be an assignment. Arguments need no such
// care, because only the first word can be an assignment.
func quoteCommand(s string) string {
	if quoted := quotePosix(s); quoted != s || !strings.Contains(s, "=") {
		return quoted
	}
	return "'" + s + "'"
}

// quotePosix quotes a word for sh. Words that need no quotes get none, as people read these lines in the settings.
func quotePosix(s string) string {
	safe := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-./:=@%+,", r)
	}) < 0
	if safe {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quotePowershell quotes a word for PowerShell, which takes typographic quotes for quotes too. Inside of single quotes
// nothing else is special, and a quote is written twice.
func quotePowershell(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		if r == '\'' || r >= '\u2018' && r <= '\u201b' {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}
