package hook

import (
	"time"

	"github.com/policygen/policygen/internal/wire"
)

// Facts is what the caller knows beside the event. [Program.Decide] reads nothing itself. The difference between nil
// and empty matters throughout: what could not be read must not pass for what is not there.
type Facts struct {
	At         time.Time
	User       string   // e-mail address, "" where not known
	Groups     []string // the audience's group and its ancestors
	Ring       string   // of wire.Rollout for this device or user; "" where no ring reaches it
	Project    string   // of wire.NormalizeRemote, "" where there is no remote
	Home       string   // absolute
	ProjectDir string   // absolute; "" means the event's folder
	Platform   string   // linux, macos, windows

	Counters Counters

	// What is configured on the machine, read at SessionStart (and Settings at ConfigChange, Instructions at InstructionsLoaded).
	// nil means that it could not be read, an empty list that there is none. Servers are useful at PreToolUse as well.
	Servers      []Server
	Plugins      []string // enabled ones, name@marketplace
	Skills       []string // names, those of plugins as plugin:skill
	Settings     []File   // project and user settings, never the managed ones
	Instructions []File   // CLAUDE.md and the like

	Marks []Mark // of earlier events of the session; see Decision.Marks

	Resolve   func(path string) string // follows symbolic links of an absolute path; may be nil
	Evaluator Evaluator                // of Rego modules; nil where the program has none
}

// Counters are the totals before this event; nil where they could not be counted, which a limit answers by failing
// closed.
type Counters struct {
	Session, Day *Totals
}

// Totals is what limits are compared with.
type Totals struct {
	Tokens    float64
	Cost      float64  // in US dollars
	ToolCalls int      // calls before this one
	Files     []string // distinct absolute paths written before this event
}

// Server is a configured MCP server.
type Server struct {
	Name    string   // as in the configuration
	URL     string   // of a remote server
	Command []string // of a local server, word by word
}

// File is a file with its content. Content is kept as text: files here are small, and patterns and required texts are
// compared with all of it.
type File struct {
	Path    string // absolute
	Content string
}

// Mark is a finding of an event that cannot block, kept so that later events of the session can. Callers store it as it is.
type Mark struct {
	Scope  string `json:"scope"` // see Decision.Scopes
	Policy string `json:"policy"`
	Value  string `json:"value"` // fills {{value}} in the policy's message
	Why    string `json:"why,omitempty"`
	// Excused says that an exception for single values covered it when it was found.
	Excused bool `json:"excused,omitempty"`
}

// Evaluator runs Rego modules. Implementations must not read the network, the clock, random numbers or the
// environment. The limits keep decisions repeatable: an audit record can be judged again later, with the same result.
type Evaluator interface {
	// Evaluate returns whether the module allows the input, and the reasons where it does not.
	Evaluate(module string, input map[string]any) (allow bool, reasons []string, err error)
}

// subject is whom exceptions are asked about. The moment belongs to it, as exceptions begin and end between two events
// of one session.
func (f Facts) subject() wire.Subject {
	return wire.Subject{Groups: f.Groups, User: f.User, Project: f.Project, At: f.At}
}
