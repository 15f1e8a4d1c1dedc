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

// firstLine returns the message of a decision without its hints and its lead.
func firstLine(d hook.Decision) string {
	line, _, _ := strings.Cut(d.Message, "\n")
	_, text, _ := strings.Cut(line, ": ")
	return text
}

// TestWhereMarksHold: what an event could not block is blocked later, where somebody acts, and nowhere else.
func TestWhereMarksHold(t *testing.T) {
	p := compile(t, bundle(rule("denylist", "skills", "deploy"), rule("pattern-deny", "claudeMd", "sk-[a-z]{10}")))
	f := machine()
	for _, source := range []struct {
		event hook.Event
		want  []hook.Mark
		hint  string
	}{
		{event(t, "SessionStart", nil), []hook.Mark{
			{Scope: "session", Policy: "skills-denylist", Value: "deploy"},
			{Scope: "session", Policy: "claudeMd-pattern-deny", Value: "/home/alice/web/CLAUDE.md"},
		}, "it was found when the session started: put it right and start a new session"},
		{event(t, "InstructionsLoaded", map[string]any{"file_path": "/home/alice/web/CLAUDE.md"}), []hook.Mark{
			{Scope: "file:/home/alice/web/CLAUDE.md", Policy: "claudeMd-pattern-deny", Value: "/home/alice/web/CLAUDE.md"},
		}, "it was found when an instruction file was loaded: change the file and start a new session"},
	} {
		found := p.Decide(source.event, f)
		if diff := cmp.Diff(source.want, found.Marks); diff != "" || found.Behavior != hook.Warn {
			t.Fatalf("%s: %s\n%s", source.event.Name, found.Behavior, diff)
		}
		later := facts()
		later.Marks = found.Marks
		for _, c := range []struct {
			event hook.Event
			want  hook.Behavior
		}{
			{tool(t, "Read", "file_path", "x"), hook.Deny},
			{event(t, "PermissionRequest", map[string]any{"tool_name": "Read"}), hook.Deny},
			{event(t, "UserPromptSubmit", map[string]any{"prompt": "hello"}), hook.Deny},
			{event(t, "PostToolUse", map[string]any{"tool_name": "Read"}), hook.None},
			{event(t, "UserPromptExpansion", map[string]any{"command_name": "help"}), hook.Allow},
			{event(t, "Stop", nil), hook.None},
		} {
			d := p.Decide(c.event, later)
			if d.Behavior != c.want || c.want == hook.Deny && (d.Policy != source.want[0].Policy || !strings.Contains(d.Message, "Reason: "+source.hint)) {
				t.Errorf("%s, then %s: %+v, want %s", source.event.Name, c.event.Name, d, c.want)
			}
			if d.Marks != nil || d.Scopes != nil {
				t.Errorf("%s changes marks: %+v of %v", c.event.Name, d.Marks, d.Scopes)
			}
		}
	}
}

// TestMarksFollowThePolicy: a mark blocks as far as its policy blocks at that moment.
func TestMarksFollowThePolicy(t *testing.T) {
	mark := hook.Mark{Scope: "session", Policy: "skills-denylist", Value: "deploy", Why: "seen at start"}
	excused := mark
	excused.Excused = true
	change := func(edit func(*wire.Policy)) wire.Policy {
		p := rule("denylist", "skills", "deploy")
		edit(&p)
		return p
	}
	same := change(func(*wire.Policy) {})
	grant := func(values ...string) []wire.Exception {
		return []wire.Exception{{Team: "payments", Policies: []string{"skills-denylist"}, Values: values}}
	}
	cases := []struct {
		name       string
		policy     wire.Policy
		mark       hook.Mark
		exceptions []wire.Exception
		want       hook.Behavior
	}{
		{"enforced", same, mark, nil, hook.Deny},
		{"warning", change(func(p *wire.Policy) { p.Severity = "warning" }), mark, nil, hook.None},
		{"info", change(func(p *wire.Policy) { p.Severity = "info" }), mark, nil, hook.None},
		{"mode warn", change(func(p *wire.Policy) { p.Mode = "warn" }), mark, nil, hook.None},
		{"observed", change(func(p *wire.Policy) { p.Mode = "observe" }), mark, nil, hook.None},
		{"observed until yesterday", change(func(p *wire.Policy) { p.Mode, p.ModeUntil = "observe", day(9) }), mark, nil, hook.Deny},
		{"observed until tomorrow", change(func(p *wire.Policy) { p.Mode, p.ModeUntil = "observe", day(11) }), mark, nil, hook.None},
		{"another policy", change(func(p *wire.Policy) { p.Name = "x" }), mark, nil, hook.None},
		{"another platform", change(func(p *wire.Policy) { p.Platforms = []string{"windows"} }), mark, nil, hook.None},
		{"whole exception", same, mark, grant(), hook.None},
		{"exception for the value", same, mark, grant("deploy"), hook.None},
		{"exception for another", same, mark, grant("lint"), hook.Deny},
		{"excused, values still granted", same, excused, grant("dep*"), hook.None},
		{"excused, the exception is gone", same, excused, nil, hook.Deny},
	}
	for _, c := range cases {
		b := bundle(c.policy)
		b.Exceptions = c.exceptions
		f := facts()
		f.Marks = []hook.Mark{c.mark}
		d := compile(t, b).Decide(tool(t, "Read"), f)
		if d.Behavior != c.want || strings.Contains(d.Message, "Reason: seen at start") != (c.want == hook.Deny) {
			t.Errorf("%s: %+v, want %s", c.name, d, c.want)
		}
	}
}

// TestLimitsWithoutCounters: totals that were not counted count as exceeded, by the weight of the policy, and only where somebody acts.
func TestLimitsWithoutCounters(t *testing.T) {
	prompt, call := event(t, "UserPromptSubmit", nil), tool(t, "Read")
	totals := &hook.Totals{Tokens: 1, Cost: 1, ToolCalls: 1}
	cases := []struct {
		name, per, severity string
		counters            hook.Counters
		event               hook.Event
		want                hook.Behavior
		why                 string
	}{
		{"session", "session", "error", hook.Counters{Day: totals}, prompt, hook.Deny, "the totals of the session could not be counted"},
		{"no period is the session", "", "error", hook.Counters{Day: totals}, prompt, hook.Deny, "the totals of the session could not be counted"},
		{"day", "day", "error", hook.Counters{Session: totals}, prompt, hook.Deny, "the totals of the day could not be counted"},
		{"day at a call", "day", "error", hook.Counters{Session: totals}, call, hook.Deny, "the totals of the day could not be counted"},
		{"warning", "day", "warning", hook.Counters{}, prompt, hook.Warn, "the totals of the day could not be counted"},
		{"info", "day", "info", hook.Counters{}, prompt, hook.Allow, ""},
		{"counted session", "session", "error", hook.Counters{Session: totals}, prompt, hook.Allow, ""},
		{"counted day", "day", "error", hook.Counters{Day: totals}, prompt, hook.Allow, ""},
		{"nobody acts", "session", "error", hook.Counters{}, event(t, "SessionStart", nil), hook.None, ""},
	}
	for _, target := range []string{"sessionTokens", "sessionCost", "toolCalls", "filesTouched"} {
		for _, c := range cases {
			limit := 5.0
			f := facts()
			f.Counters = c.counters
			d := decide(t, c.event, f, wire.Policy{Name: "limit", Type: "limit", Target: target, Per: c.per, Max: &limit, Severity: c.severity, Mode: "enforce"})
			if d.Behavior != c.want || !strings.Contains(d.Message, c.why) {
				t.Errorf("%s, %s: %+v, want %s", target, c.name, d, c.want)
			}
			if unknown := len(d.Observed) == 1 && d.Observed[0].Unknown; unknown != (c.why != "" || c.severity == "info") {
				t.Errorf("%s, %s: unknown is %v", target, c.name, unknown)
			}
		}
	}
}

// TestPlaces: {{value}}, {{current}}, {{max}} and {{min}} are filled in once, and only those.
func TestPlaces(t *testing.T) {
	number := func(f float64) *float64 { return &f }
	totals := &hook.Totals{Cost: 12.5, Tokens: 2_000_000}
	limit := func(target, message string, min, max *float64) wire.Policy {
		return wire.Policy{Name: "limit", Type: "limit", Target: target, Min: min, Max: max, Severity: "error", Mode: "enforce", Message: message}
	}
	deny := func(message, description string) wire.Policy {
		p := rule("denylist", "commands", "curl")
		p.Message, p.Description = message, description
		return p
	}
	cases := []struct {
		policy wire.Policy
		totals *hook.Totals
		want   string
	}{
		{deny("no {{value}}", ""), nil, "no curl {{max}}"},
		{deny("{{value}} {{value}}", ""), nil, "curl {{max}} curl {{max}}"},
		{deny("now {{current}}, at most {{max}}, at least {{min}}.", ""), nil, "now curl {{max}}, at most , at least ."},
		{deny("{{ value }} {{other}} {value}", ""), nil, "{{ value }} {{other}} {value}"},
		{deny("", "Keep out"), nil, "Keep out. Found: curl {{max}}"},
		{deny("", ""), nil, "Do not run these commands: curl. Found: curl {{max}}"},
		{limit("sessionCost", "{{current}} of {{max}} USD", nil, number(10)), totals, "12.5 of 10 USD"},
		{limit("sessionCost", "{{value}} > {{max}} > {{min}}", number(0.5), number(10.25)), totals, "12.5 > 10.25 > 0.5"},
		{limit("sessionTokens", "{{current}} of {{max}}", nil, number(1e6)), totals, "2000000 of 1000000"},
		{limit("sessionTokens", "{{current}} of {{max}}", nil, number(1e6)), nil, "(unknown) of 1000000"},
	}
	for _, c := range cases {
		f := facts()
		f.Counters.Session = c.totals
		if diff := cmp.Diff(c.want, firstLine(decide(t, bash(t, "curl {{max}}"), f, c.policy))); diff != "" {
			t.Errorf("%q: %s", c.policy.Message, diff)
		}
	}
}

// TestModeUntil: the moment itself already enforces, and a mode that enforces stays so.
func TestModeUntil(t *testing.T) {
	until := *day(10)
	for _, c := range []struct {
		mode          string
		before, after hook.Behavior
	}{{"observe", hook.Allow, hook.Deny}, {"warn", hook.Warn, hook.Deny}, {"enforce", hook.Deny, hook.Deny}} {
		p := rule("denylist", "commands", "curl")
		p.Mode, p.ModeUntil = c.mode, &until
		program := compile(t, bundle(p))
		for offset, want := range map[time.Duration]hook.Behavior{-time.Hour: c.before, -1: c.before, 0: c.after, 1: c.after, time.Hour: c.after} {
			f := facts()
			f.At = until.Add(offset).In(time.FixedZone("east", 9*3600)) // the same moment in another zone
			d := program.Decide(bash(t, "curl x"), f)
			if d.Behavior != want || len(d.Observed) != 1 || (d.Observed[0].Mode == "enforce") != (want == hook.Deny) {
				t.Errorf("%s, %v after its end: %+v, want %s", c.mode, offset, d, want)
			}
		}
	}
}

// TestValueExceptionsAndPlatforms: an exception takes away the values that it names, a platform the whole policy.
func TestValueExceptionsAndPlatforms(t *testing.T) {
	excused := []wire.Exception{{Team: "payments", Policies: []string{"commands-denylist"}, Values: []string{"curl"}, Ticket: "SEC-7"}}
	cases := []struct {
		name, line, platform string
		platforms            []string
		want                 hook.Behavior
		observed             string // value and the exception's ticket of each finding
	}{
		{"excused", "curl x", "linux", nil, hook.Allow, "curl x SEC-7"},
		{"not excused", "wget x", "linux", nil, hook.Deny, "wget x -"},
		{"both", "curl x; wget y", "linux", nil, hook.Deny, "curl x SEC-7, wget y -"},
		{"both, the other way", "wget y; curl x", "linux", nil, hook.Deny, "wget y -"},
		{"neither", "ls", "linux", nil, hook.Allow, ""},
		{"its platform", "wget x", "linux", []string{"macos", "linux"}, hook.Deny, "wget x -"},
		{"another platform", "wget x", "windows", []string{"macos", "linux"}, hook.None, ""},
		{"unknown platform", "wget x", "", []string{"macos"}, hook.Deny, "wget x -"},
	}
	for _, c := range cases {
		p := rule("denylist", "commands", "curl", "wget")
		p.Platforms = c.platforms
		b := bundle(p)
		b.Exceptions = excused
		f := facts()
		f.Platform = c.platform
		d := compile(t, b).Decide(bash(t, c.line), f)
		var observed []string
		for _, found := range d.Observed {
			ticket := "-"
			if found.Exception != nil {
				ticket = found.Exception.Ticket
			}
			observed = append(observed, found.Value+" "+ticket)
		}
		if diff := cmp.Diff(c.observed, strings.Join(observed, ", ")); diff != "" || d.Behavior != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, d.Behavior, c.want, diff)
		}
	}
}

// TestEvaluatorBySeverity: a module that cannot answer is as if it denied, and no module outweighs its policy's severity.
func TestEvaluatorBySeverity(t *testing.T) {
	answer := func(allow bool, err error) hook.Evaluator {
		return modules{"m": func(map[string]any) (bool, []string, error) { return allow, []string{"r"}, err }}
	}
	for name, c := range map[string]struct {
		evaluator hook.Evaluator
		broken    bool
		unknown   bool
		why       string
	}{
		"none":  {nil, true, true, "it is a module, and this program needs an evaluator for it"},
		"error": {answer(true, errors.New("no such rule")), true, true, "its module failed: no such rule"},
		"deny":  {answer(false, nil), true, false, "r"},
		"allow": {answer(true, nil), false, false, ""},
	} {
		for severity, want := range map[string]hook.Behavior{"error": hook.Deny, "warning": hook.Warn, "info": hook.Allow} {
			f := facts()
			f.Evaluator = c.evaluator
			d := decide(t, bash(t, "ls"), f, wire.Policy{Name: "m", Type: "rego", Target: "commands", Module: "m", Severity: severity, Mode: "enforce"})
			if !c.broken {
				if d.Behavior != hook.Allow || d.Observed != nil {
					t.Errorf("%s, %s: %+v, want nothing", name, severity, d)
				}
				continue
			}
			if d.Behavior != want || len(d.Observed) != 1 || d.Observed[0].Unknown != c.unknown || !strings.Contains(d.Observed[0].Message, "\nReason: "+c.why) {
				t.Errorf("%s, %s: %+v, want %s", name, severity, d, want)
			}
		}
	}
}
