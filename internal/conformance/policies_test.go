//go:build conformance

package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/lower"
)

// trial is one row of the lowering table, tried on the client: an organization with one policy, and what somebody does there. In all texts
// PROJECT stands for the working directory.
type trial struct {
	target, kind string
	rest         string      // the policy's other fields, in YAML flow style
	more         string      // further sections of the policy file
	level        lower.Level // what coverage claims for Linux without the agent
	files        map[string]string
	machine      client.SessionOptions
	probes       []probe
}

// verdict is what the policy says of a probe.
type verdict string

const (
	forbidden verdict = "forbidden"
	allowed   verdict = "allowed"
	gap       verdict = "gap" // forbidden, and yet it goes through: the claimed level must admit it
)

// probe is something that somebody does.
type probe struct {
	says verdict
	does string
	want string // what becomes of it
	call *attempt
	look func(*testing.T, evidence) string
}

// evidence is what a probe looks at.
type evidence struct {
	trial   trial
	tree    string
	session client.Session
	refused bool // the client would not hold the session
	result  client.CallResult
}

// TestPolicies tries every native row of the lowering table. Fragments and flattened file take turns; that they resolve to one policy is shown
// for each row by their digests.
func TestPolicies(t *testing.T) {
	var trials []trial
	for _, some := range [][]trial{serverTrials(), toolTrials(), pathTrials(), domainTrials(), modelTrials(), pluginTrials(), sessionTrials()} {
		trials = append(trials, some...)
	}
	for _, pair := range lower.NativePairs() {
		if !slices.ContainsFunc(trials, func(s trial) bool { return s.target+" "+s.kind == pair }) {
			t.Errorf("nobody tries %s: add a trial", pair)
		}
	}
	rows := make([][]string, len(trials))
	t.Cleanup(func() {
		t.Logf("\n%s", columns("target\ttype\ttree\tpolicy says\tcall\toutcome\tlevel", slices.Concat(rows...)))
	})
	for i, s := range trials {
		kind := []string{fileTree, dropinTree}[i%2]
		t.Run(fmt.Sprintf("%s/%s/%d", s.target, s.kind, i), func(t *testing.T) {
			t.Parallel()
			rows[i] = s.try(t, kind)
		})
	}
}

// try builds the organization, checks the level that is claimed, and returns what became of the probes, as lines of the table.
func (s trial) try(t *testing.T, kind string) []string {
	t.Helper()
	s.machine.Dir = openDir(t)
	name := "p"
	policy := "{name: " + name + ", type: " + s.kind + ", " + s.rest + "}"
	if s.target != "" {
		policy = "{name: " + name + ", type: " + s.kind + ", target: " + s.target + ", " + s.rest + "}"
	}
	folder := writeDir(t, map[string]string{
		"acme.yaml": s.here("organization: Acme Corporation\n" + s.more + "\npolicies:\n  - " + policy + "\n"),
	})
	if level := levelOf(t, folder, name); level != s.level {
		t.Errorf("coverage claims %s, want %s", level, s.level)
	}
	b := build(t, folder)
	b.predicted(t, "default/linux/")
	tree := b.tree("default", "linux", kind)
	addFiles(t, tree, s.files)
	outcomes := s.hold(t, tree)
	var lines []string
	for i, p := range s.probes {
		lines = append(lines, strings.Join([]string{s.target, s.kind, "linux/" + kind, string(p.says), p.does, outcomes[i], string(s.level)}, "\t"))
		if outcomes[i] != p.want {
			t.Errorf("%s (%s): %s, want: %s", p.does, p.says, outcomes[i], p.want)
		} else {
			tally.probes[p.says].Add(1)
		}
		if p.says == gap && s.level == lower.Native {
			t.Errorf("%s goes through, but coverage claims that settings are enough", p.does)
		}
	}
	return lines
}

// hold runs the session that the probes look at.
func (s trial) hold(t *testing.T, tree string) []string {
	t.Helper()
	options := s.machine
	for _, p := range s.probes {
		if p.call != nil {
			options.Calls = append(options.Calls, p.call.call(options.Dir))
		}
	}
	e := evidence{trial: s, tree: tree}
	var err error
	e.session, err = runner.Session(t.Context(), tree, options)
	var refused *client.RefusedError
	if e.refused = errors.As(err, &refused); err != nil && !e.refused {
		t.Fatal(err)
	}
	tally.sessions.Add(1)
	tally.calls.Add(int64(len(e.session.Calls)))
	if len(e.session.Calls) != len(options.Calls) && !e.refused {
		t.Fatalf("%d of %d calls were answered; exit %d, stderr %q", len(e.session.Calls), len(options.Calls), e.session.ExitCode, e.session.Stderr)
	}
	var outcomes []string
	calls := 0
	for _, p := range s.probes {
		if p.call != nil {
			e.result = e.session.Calls[calls]
			calls++
		}
		outcomes = append(outcomes, p.look(t, e))
	}
	return outcomes
}

func (s trial) here(text string) string { return strings.ReplaceAll(text, "PROJECT", s.machine.Dir) }

// levelOf returns the level that coverage claims for a policy of everybody, on Linux.
func levelOf(t *testing.T, folder, name string) lower.Level {
	t.Helper()
	program, _ := check(t, folder)
	for _, g := range program.Resolved.Groups {
		for _, e := range g.Enforced {
			if g.Name == "default" && e.Policy.Name == name && e.Platform == "linux" {
				return e.Lowered.Level
			}
		}
	}
	t.Fatalf("no policy %s", name)
	return ""
}

// bash is a command of the model.
func bash(says verdict, command, want string) probe { return uses(says, "Bash", command, want) }

// uses is a call of any tool, with its input as in an attempt.
func uses(says verdict, tool, input, want string) probe {
	does := attempt{tool: tool, input: input}
	return probe{says: says, does: does.String(), want: want, call: &does, look: func(_ *testing.T, e evidence) string {
		switch o := outcome(e.result); {
		case o == "ran" && strings.Contains(e.result.Text, "denied by permission rule"): // how claude 2.1.329 refuses an agent
			return "refused by rule"
		case strings.HasPrefix(e.result.Text, "Unable to verify if domain"), strings.Contains(e.result.Text, "Could not resolve host"):
			return "went to the network"
		case o == "ran" && e.result.IsError:
			return "failed"
		default:
			return o
		}
	}}
}

// posts is a command that sends something to the model's server, which sees whether it arrives.
func posts(says verdict, address, want string) probe {
	_, path, _ := strings.Cut(address, "/")
	command := "curl --silent --max-time 5 --noproxy none --request POST --data '{}' http://" + address
	p := arrives(says, "/"+path, want)
	p.does, p.call = "Bash curl http://"+address, &attempt{tool: "Bash", input: command}
	return p
}

// arrives asks whether anything reached the model's server under a path.
func arrives(says verdict, path, want string) probe {
	return probe{says: says, does: "POST " + path, want: want, look: func(_ *testing.T, e evidence) string {
		if slices.ContainsFunc(e.session.Requests, func(r client.Request) bool { return r.Path == path }) {
			return "arrived"
		}
		return "blocked"
	}}
}

// server asks whether the client loads an MCP server of the project.
func server(says verdict, name, want string) probe {
	return probe{says: says, does: "server " + name, want: want, look: func(_ *testing.T, e evidence) string {
		if slices.Contains(servers(e.session), name) {
			return "loaded"
		}
		return "kept out"
	}}
}

// skill asks whether the client offers a skill, as it does for those of the plugins in use.
func skill(says verdict, name, want string) probe {
	return probe{says: says, does: "skill " + name, want: want, look: func(_ *testing.T, e evidence) string {
		if strings.Contains(string(e.session.Stdout), `"`+name+`"`) {
			return "offered"
		}
		return "kept out"
	}}
}

// model asks whether the conversation is held with the model that somebody wants.
func model(says verdict, name, want string) probe {
	return probe{says: says, does: "--model " + name, want: want, look: func(_ *testing.T, e evidence) string {
		for _, r := range e.session.Requests {
			var body struct {
				Model string `json:"model"`
			}
			if json.Unmarshal(r.Body, &body) == nil && body.Model != "" && body.Model != name {
				return "another model"
			}
		}
		return "used"
	}}
}

// mode asks in which permission mode the session begins.
func mode(says verdict, name, want string) probe {
	return probe{says: says, does: "--permission-mode " + name, want: want, look: func(_ *testing.T, e evidence) string {
		return e.session.Init.PermissionMode
	}}
}

// reaches asks whether the model is told a text.
func reaches(says verdict, does, text, want string) probe {
	return probe{says: says, does: does, want: want, look: func(_ *testing.T, e evidence) string {
		if e.session.Reached(text) {
			return "reached the model"
		}
		return "kept out"
	}}
}

// starts asks whether the session with the key of an account comes about.
func starts(says verdict, want string) probe {
	return probe{says: says, does: "session with a key", want: want, look: func(_ *testing.T, e evidence) string {
		if e.refused {
			return "session refused"
		}
		return "started"
	}}
}

// setting asks for a value of the policy in force, where no session can show what it does.
func setting(says verdict, key, want string) probe {
	return probe{says: says, does: "policy in force: " + key, want: want, look: func(t *testing.T, e evidence) string {
		got, err := effective(t, e.tree)
		if err != nil {
			t.Fatal(err)
		}
		var policy map[string]json.RawMessage
		if err := json.Unmarshal(got.Policy, &policy); err != nil {
			t.Fatal(err)
		}
		return string(policy[key])
	}}
}

// typed is a command of the client that somebody types, with a home folder of its own.
func typed(says verdict, want string, args ...string) probe {
	return probe{says: says, does: "claude " + strings.Join(args, " "), want: want, look: func(t *testing.T, e evidence) string {
		argv := []string{runner.Client().Bin}
		for _, arg := range args {
			argv = append(argv, e.trial.here(arg))
		}
		home := openDir(t)
		env := []string{"HOME=" + home, "PATH=/usr/local/bin:/usr/bin:/bin", "CLAUDE_CODE_TMPDIR=" + openDir(t), "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1"}
		cmd := runner.Isolation().Command(t.Context(), e.tree, openDir(t), env, argv...)
		cmd.Dir = e.trial.machine.Dir
		said, err := cmd.CombinedOutput()
		switch {
		case err == nil:
			return "ran"
		case strings.Contains(string(said), "blocked by enterprise policy"):
			return "refused by policy"
		case strings.Contains(string(said), "Could not resolve host"):
			return "went to the network"
		}
		t.Errorf("claude %s: %v\n%s", strings.Join(argv[1:], " "), err, said)
		return "failed"
	}}
}

// columns lays out lines of cells that are separated by tabs.
func columns(head string, lines []string) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
	w.Flush()
	return text.String()
}
