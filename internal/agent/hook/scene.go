package hook

import (
	"github.com/policygen/policygen/internal/agent/hook/shell"
	"github.com/policygen/policygen/internal/permission"
)

// maxWork is how many bytes one decision compares before it gives up; what is left is answered as unknown.
const maxWork = 64 << 20

// scene is one event with its facts, taken apart as far as policies ask for it. It belongs to one decision and one
// goroutine. The line and the list of files are made when the first policy asks, since most events need neither.
type scene struct {
	Event
	Facts
	work    int
	cache   map[string]seen
	line    *shell.Line
	touched []access
	call    permission.Call
}

// newScene fills in what follows from the rest. An event outside of a project counts its own folder as the project.
func newScene(e Event, f Facts) *scene {
	if f.ProjectDir == "" {
		f.ProjectDir = e.Cwd
	}
	s := &scene{Event: e, Facts: f, work: maxWork, cache: map[string]seen{}}
	s.call = permission.Call{Tool: e.Tool, Input: e.Input, Cwd: e.Cwd, Home: f.Home, ProjectDir: f.ProjectDir}
	return s
}

// see returns what the event shows of a rule's target, taken apart once. Several policies about one target are common,
// and taking a long line apart costs more than comparing it. Limits observe nothing: they hold wherever somebody acts.
func (s *scene) see(r *rule) seen {
	if r.observe == nil {
		return seen{judged: acts(s.Name)}
	}
	if _, ok := s.cache[r.Target]; !ok {
		s.cache[r.Target] = r.observe(s)
	}
	return s.cache[r.Target]
}

// spend accounts for a comparison with a text and reports whether there is room for it. The fixed part makes empty
// texts cost something, so that a million of them end as well.
func (s *scene) spend(text string) bool {
	s.work -= len(text) + 64
	return s.work >= 0
}

// shellTools run a command line.
var shellTools = map[string]shell.Dialect{"Bash": shell.Posix, "Monitor": shell.Posix, "PowerShell": shell.PowerShell}

// shellLine returns the command line of the call taken apart, nil for other tools. A command that is no text cannot be
// judged, and is one whose rest was not looked at.
func (s *scene) shellLine() *shell.Line {
	dialect, ok := shellTools[s.Tool]
	if !ok || !isTool(s.Name) {
		return nil
	}
	if s.line == nil {
		line := shell.Read(s.input("command"), dialect)
		if _, isText := s.Input["command"].(string); !isText && s.Input["command"] != nil {
			line.Unsure, line.Partial = "the command is not a text", true
		}
		s.line = &line
	}
	return s.line
}
