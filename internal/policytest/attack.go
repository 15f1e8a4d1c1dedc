package policytest

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/policy"
)

// corpus is data: one file for each family, one line for each technique.
//
//go:embed attacks/*.json
var corpus embed.FS

// families lists the files of the corpus in the order of the report.
var families = []string{"shell", "encoding", "fetch", "secrets", "paths", "persist", "mcp", "instructions", "windows"}

// Family is a kind of way around a policy.
type Family struct {
	Name    string   `json:"family"`
	Title   string   `json:"title"`
	Attacks []Attack `json:"attacks"`
}

// Attack is one technique: a call that goes around what most policies mean, and harmless work that looks like it.
type Attack struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Platforms []string          `json:"platforms"` // absent: all
	Attack    Step              `json:"attack"`
	Benign    Step              `json:"benign"`
	Effect    Reach             `json:"effect"` // what the attack needs from the machine while it runs
	Links     map[string]string `json:"links"`  // symbolic links on the machine, by path
}

// Step is a call. Bash and PowerShell are short for their tools.
type Step struct {
	Bash       string         `json:"bash"`
	PowerShell string         `json:"powershell"`
	Tool       string         `json:"tool"`
	Input      map[string]any `json:"input"`
	Server     string         `json:"server"`
}

// Reach is what a command needs from the operating system, which a sandbox can refuse. Empty texts need nothing.
type Reach struct {
	Network string `json:"network"` // a host
	Read    string `json:"read"`    // a path
	Write   string `json:"write"`   // a path
}

// Corpus returns the attacks that policygen knows.
func Corpus() ([]Family, error) {
	all := make([]Family, len(families))
	for i, name := range families {
		text, err := corpus.ReadFile("attacks/" + name + ".json")
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &all[i]); err != nil {
			return nil, fmt.Errorf("attacks/%s.json: %w", name, err)
		}
	}
	return all, nil
}

// on reports whether the technique exists on a platform.
func (a Attack) on(platform string) bool {
	return len(a.Platforms) == 0 || slices.Contains(a.Platforms, platform)
}

// place is where the corpus plays on a platform: bob works in his repository, with an approved MCP server if there is one.
type place struct{ home, cwd, server string }

// placeOn returns the folders of a platform.
func placeOn(platform string) place {
	switch platform {
	case policy.MacOS:
		return place{home: "/Users/bob", cwd: "/Users/bob/repo"}
	case policy.Windows:
		return place{home: `C:\Users\bob`, cwd: `C:\Users\bob\repo`}
	}
	return place{home: "/home/bob", cwd: "/home/bob/repo"}
}

// needsServer reports a step that works with an approved MCP server, whichever that is.
func (s Step) needsServer() bool { return strings.Contains(s.Tool+s.Server, "{server}") }

// fill puts the folders and the server into a text of the corpus.
func (p place) fill(text string) string {
	return strings.NewReplacer("{home}", p.home, "{cwd}", p.cwd, "/home/bob", p.home, "{server}", p.server).Replace(text)
}

// call makes the call of a step.
func (p place) call(s Step) Call {
	c := Call{Tool: p.fill(s.Tool), Server: p.fill(s.Server), Cwd: p.cwd, Home: p.home, Input: map[string]any{}}
	for key, v := range s.Input {
		if text, ok := v.(string); ok {
			v = p.fill(text)
		}
		c.Input[key] = v
	}
	switch {
	case s.Bash != "":
		c.Tool, c.Input["command"] = "Bash", p.fill(s.Bash)
	case s.PowerShell != "":
		c.Tool, c.Input["command"] = "PowerShell", p.fill(s.PowerShell)
	}
	return c
}

// behind returns the call with the targets of symbolic links in the place of their paths, as the client looks at both (documentation of
// 2.1.240: to deny, either is enough). ok is false where no link is on the way.
func (p place) behind(c Call, links map[string]string) (followed Call, ok bool) {
	followed = c
	followed.Input = map[string]any{}
	for key, v := range c.Input {
		text, _ := v.(string)
		for from, to := range links {
			if rest, found := strings.CutPrefix(text, p.fill(from)); found && (rest == "" || rest[0] == '/') {
				v, ok = p.fill(to)+rest, true
			}
		}
		followed.Input[key] = v
	}
	return followed, ok
}

// Untried says what of a score was never seen on the client, "" for nothing: rules and the sandbox were tried on Linux, where make conformance
// makes the attacks that the sandbox holds.
func Untried(platform string) string {
	switch platform {
	case policy.MacOS:
		return "the sandbox is judged by its settings: attacks were made against that of linux alone"
	case policy.Windows:
		return "no client ran there: rules are judged by what the client does on linux"
	}
	return ""
}

// Limits returns what no policy on a client can stop, each in one sentence. A report that left them out would promise too much.
func Limits() []string {
	return []string{
		"what people do in their own terminal, editor and browser, outside of the client",
		"what a person confirms when asked: the rows asked above",
		"whoever administers the machine and changes or removes the client, its settings or the endpoint agent",
		"another coding agent, or another build of the client that does not read managed settings",
		"what an allowed program does with the code that it runs: a test or build script is a program like any other, and only the sandbox is around it",
		"what an approved MCP server, plugin or host does with what it is given: an allowed host can carry data away as well",
		"commands on machines where the sandbox cannot be set up, unless sandbox.failIfUnavailable ends the session, and on Windows, which has none",
		"a mistake in the operating system or in the client itself",
	}
}
