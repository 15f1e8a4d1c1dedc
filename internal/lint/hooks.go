package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// hook is one handler of the resolved settings, whichever way it was written.
type hook struct {
	event   string
	handler *value.Node
}

// text returns a field of the handler.
func (h hook) text(field string) string { return h.handler.Get(field).Str() }

// eachHook makes a lint of one that looks at a single hook.
func eachHook(check func(*scene, hook)) func(*scene) {
	return func(s *scene) {
		hooks := s.settings.Get("hooks")
		if hooks == nil {
			return
		}
		for _, event := range hooks.Members {
			for _, group := range event.Value.Items {
				if list := group.Get("hooks"); list != nil {
					for _, handler := range list.Items {
						check(s, hook{event.Key, handler})
					}
				}
			}
		}
	}
}

// waits reports whether the client waits for the hook, and for long: prompts and agents have short limits of their own, and so have some
// events (client documentation, "Hooks").
func (h hook) waits() bool {
	return !h.handler.Get("async").True() && slices.Contains([]string{"command", "http", "mcp_tool"}, h.text("type")) &&
		!slices.Contains([]string{"UserPromptSubmit", "MessageDisplay", "SessionEnd"}, h.event)
}

// timeless finds hooks that may hang for ten minutes.
func timeless(s *scene, h hook) {
	if h.handler.Get("timeout") == nil && h.waits() {
		s.add(diag.New(diag.HookTimeout, h.handler.Pos, "the %s hook has no timeout", h.event).
			WithClient("claude waits 600 seconds for it").WithHint("write timeout: 60"))
	}
}

var (
	interpreters = []string{"sh", "bash", "dash", "zsh", "python", "python3", "node", "ruby", "perl", "pwsh", "powershell", "powershell.exe"}
	scriptName   = regexp.MustCompile(`\.(sh|py|js|mjs|cjs|ts|rb|pl|ps1|cmd|bat|exe)$`)
	projectName  = regexp.MustCompile(`^\$\{?CLAUDE_PROJECT_DIR\b`)
	elsewhereDir = regexp.MustCompile(`^([/~$%]|[A-Za-z]:)`)
)

// relative finds hooks whose program the project supplies.
func relative(s *scene, h hook) {
	if h.text("type") != "command" {
		return
	}
	words := commandWords(h)
	if len(words) > 1 && slices.Contains(interpreters, words[0]) {
		words = slices.DeleteFunc(words[1:], func(w string) bool { return strings.HasPrefix(w, "-") })
		if len(words) > 0 && scriptName.MatchString(words[0]) && !strings.ContainsAny(words[0], `/\`) {
			words[0] = "./" + words[0] // an interpreter looks in the working folder, a shell in PATH
		}
	}
	if len(words) == 0 || !fromProject(words[0]) {
		return
	}
	s.add(diag.New(diag.HookRelative, h.handler.Pos, "the %s hook runs %q, which the project supplies", h.event, words[0]).
		WithClient("claude runs hooks in the project's folder").WithHint("ship the program with `script:`, or write its absolute path"))
}

// commandWords returns the words of a command up to the first operator, without quotes: enough to see which program it starts.
func commandWords(h hook) []string {
	words := strings.Fields(strings.NewReplacer(`"`, "", `'`, "", "(", " ").Replace(h.text("command")))
	if args := h.handler.Get("args"); args != nil { // the exec form, whose command is one word
		words = []string{h.text("command")}
		for _, arg := range args.Items {
			words = append(words, arg.Str())
		}
	}
	if len(words) > 0 && words[0] == "&" { // PowerShell's call
		words = words[1:]
	}
	return words
}

// fromProject reports whether a path is looked for in the project.
func fromProject(word string) bool {
	if projectName.MatchString(word) {
		return true
	}
	return strings.ContainsAny(word, `/\`) && !elsewhereDir.MatchString(word) && !strings.HasPrefix(word, `\\`)
}

// guarded are command lines that turn every failure into exit code 2, as policygen writes them for `on_failure: block`.
var guarded = regexp.MustCompile(`(\|\|\s*exit 2\s*;?|\{ exit 2 \})\s*$`)

// blockingEvents are those on which a hook is asked for leave.
var blockingEvents = []string{"PreToolUse", "UserPromptSubmit", "UserPromptExpansion"}

// failsOpen finds guards that let everything through when they cannot run.
func failsOpen(s *scene, h hook) {
	kind := h.text("type")
	asked := slices.Contains(blockingEvents, h.event) && !h.handler.Get("async").True() && slices.Contains([]string{"command", "http", "mcp_tool"}, kind)
	if !asked || h.text("onFailure") == "block" || kind == "command" && guarded.MatchString(h.text("command")) {
		return
	}
	s.add(diag.New(diag.HookFailsOpen, h.handler.Pos, "when the %s hook fails, the call goes on", h.event).
		WithClient("only exit code 2 or an answer that denies blocks a call").WithHint("write `on_failure: block`, or `async: true` where the hook only records"))
}
