package hook_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/wire"
)

func TestSeverityAndMode(t *testing.T) {
	cases := []struct {
		severity, mode string
		until          *time.Time
		want           hook.Behavior
		found          hook.Behavior
	}{
		{"error", "enforce", nil, hook.Deny, hook.Deny},
		{"warning", "enforce", nil, hook.Warn, hook.Warn},
		{"info", "enforce", nil, hook.Allow, hook.None},
		{"error", "warn", nil, hook.Warn, hook.Warn},
		{"warning", "warn", nil, hook.Warn, hook.Warn},
		{"info", "warn", nil, hook.Allow, hook.None},
		{"error", "observe", nil, hook.Allow, hook.None},
		{"warning", "observe", nil, hook.Allow, hook.None},
		{"error", "observe", day(10), hook.Deny, hook.Deny},
		{"error", "observe", day(11), hook.Allow, hook.None},
		{"warning", "observe", day(10), hook.Warn, hook.Warn},
		{"info", "observe", day(10), hook.Allow, hook.None},
	}
	for _, c := range cases {
		p := rule("denylist", "commands", "curl")
		p.Severity, p.Mode, p.ModeUntil = c.severity, c.mode, c.until
		d := decide(t, bash(t, "curl x"), facts(), p)
		if d.Behavior != c.want || len(d.Observed) != 1 || d.Observed[0].Behavior != c.found {
			t.Errorf("%s %s until %v: %+v, want %s", c.severity, c.mode, c.until, d, c.want)
		}
	}
}

func TestWorstWins(t *testing.T) {
	warn, info := rule("pattern-deny", "commands", "curl"), rule("denylist", "domains", "evil.org")
	warn.Severity, info.Severity = "warning", "info"
	deny, second := rule("denylist", "commands", "curl"), rule("denylist", "tools", "Bash")
	d := decide(t, bash(t, "curl evil.org"), facts(), warn, info, deny, second)
	if d.Behavior != hook.Deny || d.Policy != deny.Name || d.Severity != "error" {
		t.Errorf("%+v", d)
	}
	if len(d.Observed) != 4 {
		t.Errorf("observed %d findings, want 4", len(d.Observed))
	}
	at := func(name string) int { return strings.Index(d.Message, "policy "+name) }
	if at(deny.Name) != len("Blocked by ") || at(second.Name) < at(deny.Name) || at(warn.Name) < at(second.Name) || at(info.Name) >= 0 {
		t.Errorf("the message is not in order: %s", d.Message)
	}
}

func TestPlatforms(t *testing.T) {
	p := rule("denylist", "commands", "curl")
	p.Platforms = []string{"macos"}
	for platform, want := range map[string]hook.Behavior{"linux": hook.None, "macos": hook.Deny, "": hook.Deny} {
		f := facts()
		f.Platform = platform
		if d := decide(t, bash(t, "curl x"), f, p); d.Behavior != want {
			t.Errorf("on %q: %s, want %s", platform, d.Behavior, want)
		}
	}
}

func TestExceptions(t *testing.T) {
	curl := []string{"commands-denylist"}
	cases := []struct {
		name      string
		exception wire.Exception
		want      hook.Behavior
	}{
		{"team", wire.Exception{Team: "engineering", Policies: curl}, hook.None},
		{"user", wire.Exception{User: "ALICE@acme.com", Policies: curl}, hook.None},
		{"another user", wire.Exception{User: "bob@acme.com", Policies: curl}, hook.Deny},
		{"project", wire.Exception{Project: "web", Policies: curl}, hook.None},
		{"another project", wire.Exception{Project: "api", Policies: curl}, hook.Deny},
		{"another policy", wire.Exception{Team: "engineering", Policies: []string{"x"}}, hook.Deny},
		{"running", wire.Exception{Team: "engineering", Policies: curl, Starts: day(9), Expires: day(11)}, hook.None},
		{"expired", wire.Exception{Team: "engineering", Policies: curl, Expires: day(10)}, hook.Deny},
		{"not started", wire.Exception{Team: "engineering", Policies: curl, Starts: day(11)}, hook.Deny},
		{"value", wire.Exception{Team: "engineering", Policies: curl, Values: []string{"curl"}}, hook.Allow},
		{"another value", wire.Exception{Team: "engineering", Policies: curl, Values: []string{"wget"}}, hook.Deny},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := bundle(rule("denylist", "commands", "curl", "wget"))
			b.Exceptions = []wire.Exception{c.exception}
			d := compile(t, b).Decide(bash(t, "curl x"), facts())
			if d.Behavior != c.want || len(d.Observed) != 1 {
				t.Fatalf("%+v, want %s", d, c.want)
			}
			if excused := d.Observed[0].Exception; (excused != nil) != (c.want != hook.Deny) {
				t.Errorf("excused by %+v", excused)
			} else if excused != nil && !cmp.Equal(*excused, c.exception) {
				t.Errorf("excused by %+v, want %+v", excused, c.exception)
			}
		})
	}
}

func TestExceptedValues(t *testing.T) {
	b := bundle(rule("allowlist", "mcpServers", "github"), rule("denylist", "commands", "curl", "wget"), rule("require", "skills", "lint"))
	b.Exceptions = []wire.Exception{
		{Team: "payments", Policies: []string{"mcpServers-allowlist"}, Values: []string{"burp-*"}, Ticket: "SEC-1"},
		{Team: "payments", Policies: []string{"commands-denylist"}, Values: []string{"curl"}},
		{Team: "payments", Policies: []string{"skills-require"}, Values: []string{"lint"}},
	}
	p := compile(t, b)
	for _, c := range []struct {
		event hook.Event
		want  hook.Behavior
	}{
		{tool(t, "mcp__burp-mcp__scan"), hook.Allow},
		{tool(t, "mcp__slack__post"), hook.Deny},
		{tool(t, "mcp__github__get"), hook.Allow},
		{bash(t, "curl x"), hook.Allow},
		{bash(t, "curl x && wget x"), hook.Deny},
	} {
		if d := p.Decide(c.event, facts()); d.Behavior != c.want {
			t.Errorf("%s %v: %+v, want %s", c.event.Tool, c.event.Input, d, c.want)
		}
	}
	f := machine()
	f.Servers = []hook.Server{{Name: "github"}}
	if d := p.Decide(event(t, "SessionStart", nil), f); d.Behavior != hook.Allow {
		t.Errorf("a skill that need not be there: %+v", d)
	}
}

func TestLimits(t *testing.T) {
	limit := func(target, per string, max float64) wire.Policy {
		return wire.Policy{Name: target, Type: "limit", Target: target, Per: per, Max: &max, Severity: "error", Mode: "enforce", Message: "{{current}} of {{max}} used"}
	}
	f := facts()
	f.Counters = hook.Counters{
		Session: &hook.Totals{Tokens: 1000, Cost: 1.25, ToolCalls: 10, Files: []string{"/home/alice/web/a", "/home/alice/web/b"}},
		Day:     &hook.Totals{Tokens: 5000, Cost: 9, ToolCalls: 99},
	}
	prompt := event(t, "UserPromptSubmit", nil)
	write := func(path string) hook.Event { return tool(t, "Write", "file_path", path) }
	cases := []struct {
		policy  wire.Policy
		event   hook.Event
		message string // "" where the limit holds
	}{
		{limit("sessionTokens", "session", 1000), prompt, ""},
		{limit("sessionTokens", "session", 999), prompt, "1000 of 999 used"},
		{limit("sessionTokens", "day", 4000), prompt, "5000 of 4000 used"},
		{limit("sessionCost", "", 1.2), tool(t, "Read"), "1.25 of 1.2 used"},
		{limit("sessionCost", "", 1.25), tool(t, "Read"), ""},
		{limit("toolCalls", "session", 10), tool(t, "Read"), "11 of 10 used"},
		{limit("toolCalls", "session", 10), prompt, ""},
		{limit("toolCalls", "day", 100), tool(t, "Read"), ""},
		{limit("filesTouched", "session", 2), write("a"), ""},
		{limit("filesTouched", "session", 2), write("/home/alice/web/c"), "3 of 2 used"},
		{limit("filesTouched", "session", 2), bash(t, "touch a b c d"), "4 of 2 used"},
		{limit("filesTouched", "session", 2), tool(t, "Read", "file_path", "c"), ""},
		{limit("toolCalls", "session", 1), event(t, "PostToolUse", map[string]any{"tool_name": "Read"}), ""},
	}
	for _, c := range cases {
		d := decide(t, c.event, f, c.policy)
		if (d.Behavior == hook.Deny) != (c.message != "") || !strings.Contains(d.Message, c.message) {
			t.Errorf("%s per %s max %v at %s: %s, %q, want %q", c.policy.Target, c.policy.Per, *c.policy.Max, c.event.Name, d.Behavior, d.Message, c.message)
		}
	}
	d := decide(t, prompt, facts(), limit("sessionTokens", "day", 1))
	if d.Behavior != hook.Deny || !d.Observed[0].Unknown || !strings.Contains(d.Message, "could not be counted") {
		t.Errorf("without totals: %+v", d)
	}
	low := limit("toolCalls", "session", 0)
	low.Min, low.Max = low.Max, nil
	if d := decide(t, prompt, facts(), low); d.Behavior != hook.Allow {
		t.Errorf("a minimum blocks at the start: %+v", d)
	}
}

// modules is an evaluator that knows its modules by name.
type modules map[string]func(input map[string]any) (bool, []string, error)

func (m modules) Evaluate(module string, input map[string]any) (bool, []string, error) {
	return m[module](input)
}

func TestModules(t *testing.T) {
	p := wire.Policy{Name: "module", Type: "rego", Target: "commands", Module: "m", Severity: "error", Mode: "enforce"}
	answer := func(allow bool, err error, reasons ...string) hook.Evaluator {
		return modules{"m": func(map[string]any) (bool, []string, error) { return allow, reasons, err }}
	}
	warning := p
	warning.Severity = "warning"
	cases := []struct {
		name      string
		policy    wire.Policy
		evaluator hook.Evaluator
		want      hook.Behavior
		message   string
		unknown   bool
	}{
		{"allows", p, answer(true, nil), hook.Allow, "", false},
		{"denies", p, answer(false, nil, "too late", "too big"), hook.Deny, "Reason: too late; too big", false},
		{"denies in silence", p, answer(false, nil), hook.Deny, "", false},
		{"fails", p, answer(true, errors.New("loop")), hook.Deny, "its module failed: loop", false},
		{"no evaluator", p, nil, hook.Deny, "needs an evaluator", true},
		{"no evaluator, warning", warning, nil, hook.Warn, "needs an evaluator", true},
	}
	for _, c := range cases {
		f := facts()
		f.Evaluator = c.evaluator
		d := decide(t, bash(t, "ls -l"), f, c.policy)
		if d.Behavior != c.want || !strings.Contains(d.Message, c.message) || c.unknown && !d.Observed[0].Unknown {
			t.Errorf("%s: %+v", c.name, d)
		}
		if d := decide(t, tool(t, "Read"), f, c.policy); d.Behavior != hook.None {
			t.Errorf("%s, at a call it is not about: %+v", c.name, d)
		}
	}
	f := facts()
	f.Counters.Session = &hook.Totals{ToolCalls: 3}
	f.Evaluator = modules{"m": func(input map[string]any) (bool, []string, error) {
		want := map[string]any{"event": "PreToolUse", "tool": "Bash", "user": "alice@acme.com", "platform": "linux", "target": "commands", "time": "2026-11-10T12:00:00Z"}
		for key, value := range want {
			if input[key] != value {
				t.Errorf("input %s is %v, want %v", key, input[key], value)
			}
		}
		if diff := cmp.Diff([]any{"ls -l"}, input["values"]); diff != "" {
			t.Error(diff)
		}
		return true, nil, nil
	}}
	decide(t, bash(t, "ls -l"), f, p)
}

func TestCompileRefusesWhatItDoesNotKnow(t *testing.T) {
	cases := []struct {
		name   string
		change func(*wire.Policy)
		want   string
	}{
		{"type", func(p *wire.Policy) { p.Type = "oracle" }, `policy commands-denylist has the type "oracle", which this agent does not know: update the agent`},
		{"target", func(p *wire.Policy) { p.Target = "moods" }, `the target "moods"`},
		{"severity", func(p *wire.Policy) { p.Severity = "fatal" }, `the severity "fatal"`},
		{"mode", func(p *wire.Policy) { p.Mode = "" }, `the mode ""`},
		{"rule", func(p *wire.Policy) { p.Target = "tools"; p.Values[0].Name = "Bash(" }, "is no permission rule"},
	}
	for _, c := range cases {
		p := rule("denylist", "commands", "curl")
		c.change(&p)
		if _, err := hook.Compile(bundle(p)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// TestSettingsAreTheClients: a policy of native settings is in the bundle for exceptions and reports, and judges nothing.
func TestSettingsAreTheClients(t *testing.T) {
	settings := wire.Policy{Name: "web", Type: "settings", Severity: "error", Mode: "enforce", Native: true}
	if d := decide(t, bash(t, "ls"), facts(), settings); d.Behavior != hook.None {
		t.Errorf("%+v", d)
	}
	if d := decide(t, bash(t, "curl x"), facts(), settings, rule("denylist", "commands", "curl")); d.Behavior != hook.Deny {
		t.Errorf("%+v", d)
	}
}

func TestBrokenPatternFailsClosed(t *testing.T) {
	p, err := hook.Compile(bundle(rule("pattern-deny", "commands", "(")))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "commands-pattern-deny") {
		t.Errorf("Check says %v", err)
	}
	if d := p.Decide(bash(t, "ls"), facts()); d.Behavior != hook.Deny || !strings.Contains(d.Message, "its pattern is broken") {
		t.Errorf("%+v", d)
	}
}

func TestNativeTargetsAreLeftToTheClient(t *testing.T) {
	for _, target := range []string{"marketplaces", "env", "loginOrg", "httpHookUrls", "retentionDays"} {
		if d := decide(t, bash(t, "ls"), facts(), rule("denylist", target, "*")); d.Behavior != hook.None {
			t.Errorf("%s: %+v", target, d)
		}
	}
}
