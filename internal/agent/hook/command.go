package hook

import (
	"strings"

	"github.com/policygen/policygen/internal/agent/hook/shell"
	"github.com/policygen/policygen/internal/wire"
)

// commands observes each simple command of the line, and for patterns the line as a whole, since a pattern may be
// about a pipe. Each command is observed by itself because an allowlist must approve every part of a line: `ls && curl
// x` is not approved by ls.
func (s *scene) commands() seen {
	line := s.shellLine()
	if line == nil {
		return seen{}
	}
	out := seen{judged: true}
	fold := func(text string) string { return text }
	if s.Tool == "PowerShell" {
		fold = strings.ToLower // its commands ignore case
	}
	for _, c := range line.Commands {
		if len(c.Words) == 0 {
			continue
		}
		core := c.Core()
		if len(core) == 0 {
			core = c.Words
		}
		o := observation{value: c.Text(), forms: []string{fold(strings.Join(core, " "))}}
		// A plain cd starts nothing, so that an allowlist need not name it.
		o.loose = c.Derived || len(core) <= 2 && core[0] == "cd"
		for _, w := range c.Readings() {
			// The client squeezes more than the shell's blanks, form feeds and quoted ones among them, before it compares.
			if text := strings.Join(strings.Fields(strings.Join(w, " ")), " "); s.spend(text) {
				o.wide = append(o.wide, fold(text))
			} else {
				line.Unsure, line.Partial = tooMuchWork, true
			}
		}
		out.list = append(out.list, o)
	}
	if text := s.input("command"); text != "" {
		out.list = append(out.list, observation{value: text, texts: []string{text}, loose: true})
	}
	if line.Unsure != "" {
		out.list = append(out.list, unsure(line))
	}
	return out
}

// matchCommand compares a word prefix with a command. The endings of the client's rules, ` *` and `:*`, say the same
// as none. A prefix ends at a word, so that `git` does not stand for gitk. Only the core of a command is compared with
// an allowlist, every reading with a denylist.
func matchCommand(s *scene, v wire.Value, _ observation, form string) bool {
	value := strings.TrimSuffix(strings.TrimSuffix(v.Name, ":*"), " *")
	value = strings.Join(strings.Fields(value), " ")
	if s.Tool == "PowerShell" {
		value = strings.ToLower(value)
	}
	switch {
	case value == "":
		return false
	case strings.ContainsAny(value, "*?"):
		return glob(value, form) || glob(value+" *", form)
	}
	return form == value || strings.HasPrefix(form, value) && form[len(value)] == ' '
}

// eachReading visits the words of every reading of every command of the line. When the work is used up it marks the
// line as partial instead of returning an error: what is left over then counts as blind, and breaks lists and
// patterns.
func (s *scene) eachReading(visit func(c shell.Command, w []string)) {
	line := s.shellLine()
	if line == nil {
		return
	}
	for _, c := range line.Commands {
		for _, w := range c.Readings() {
			if !s.spend(c.Words[0]) {
				line.Unsure, line.Partial = tooMuchWork, true
				return
			}
			visit(c, w)
		}
	}
}
