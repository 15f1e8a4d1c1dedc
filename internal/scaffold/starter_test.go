package scaffold_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/scaffold"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

// everywhere is the audience of a group with one policy on Linux, which is a JSON object.
func everywhere(t *testing.T, settings string) scaffold.Audience {
	t.Helper()
	p := scaffold.Platform{Name: "linux", Settings: parse(t, "policy.json", settings)}
	return scaffold.Audience{Group: "team", Platforms: []scaffold.Platform{p}, Server: &p}
}

func parse(t *testing.T, name, text string) *value.Node {
	t.Helper()
	n, err := value.Parse(name, []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func loadCatalog(t *testing.T) *catalog.Catalog {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// start makes a starter and returns its files by path.
func start(t *testing.T, kind string, who scaffold.Audience) (scaffold.Starter, map[string]string) {
	t.Helper()
	s, err := scaffold.NewStarter(loadCatalog(t), kind, who)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range s.Files {
		files[f.Path] = string(f.Data)
	}
	return s, files
}

// told is what was left out, a line each.
func told(s scaffold.Starter) []string {
	lines := []string{}
	for _, l := range s.LeftOut {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s %s: %s", l.File, l.Path, l.Value.Any(), l.Reason)))
	}
	return lines
}

func TestStartersAreComplete(t *testing.T) {
	for _, kind := range scaffold.Kinds() {
		s, files := start(t, kind, everywhere(t, `{}`))
		if len(s.LeftOut) > 0 {
			t.Errorf("%s: without a policy there is left out %v", kind, told(s))
		}
		var names []string
		for _, f := range s.Files {
			names = append(names, f.Path)
		}
		if diff := cmp.Diff([]string{".claude/settings.json", ".github/workflows/claude.yml", "CLAUDE.md"}, names); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", kind, diff)
		}
		for name, text := range files {
			if strings.Contains(text, "__") || strings.ContainsAny(text, "\t\r") || !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
				t.Errorf("%s: %s has a placeholder, a tab or a wrong end:\n%s", kind, name, text)
			}
		}
		for _, want := range []string{"# This " + kind + "\n", "(group team)", "- `make test`: "} {
			if !strings.Contains(files["CLAUDE.md"], want) {
				t.Errorf("%s: CLAUDE.md has no %q", kind, want)
			}
		}
		if lines := strings.Count(files["CLAUDE.md"], "\n"); lines > 40 {
			t.Errorf("%s: CLAUDE.md has %d lines, more than a screen", kind, lines)
		}
	}
	if _, err := scaffold.NewStarter(loadCatalog(t), "servce", everywhere(t, `{}`)); err == nil || err.Error() != `there is no starter for "servce"` {
		t.Errorf("another kind: %v", err)
	}
}

// TestStarterSettings holds the templates to what the compiler asks of everybody: keys that the client knows and reads from a project, and
// rules that do what they seem to.
func TestStarterSettings(t *testing.T) {
	cat := loadCatalog(t)
	for _, kind := range scaffold.Kinds() {
		_, files := start(t, kind, everywhere(t, `{}`))
		settings := parse(t, "settings.json", files[".claude/settings.json"])
		for _, m := range settings.Members {
			if row, known := cat.Lookup(m.Key); !known || row.Scope != catalog.ScopeAny {
				t.Errorf("%s: %s is not for projects", kind, m.Key)
			}
		}
		if settings.Get("$schema").Str() == "" || len(settings.Get("env").Members) == 0 {
			t.Errorf("%s: no schema or no environment", kind)
		}
		for _, list := range []permission.List{permission.Allow, permission.Ask, permission.Deny} {
			rules := settings.At("permissions." + string(list)).Items
			if len(rules) == 0 {
				t.Errorf("%s: no %s rules", kind, list)
			}
			for _, rule := range rules {
				for _, finding := range permission.Check(list, rule.Str()) {
					t.Errorf("%s: %s: %s", kind, rule.Str(), finding.Message)
				}
			}
		}
	}
}

func TestStarterLeavesOut(t *testing.T) {
	const settings, workflow = ".claude/settings.json: permissions.", ".github/workflows/claude.yml:  .github/workflows/claude.yml: " // a whole file has no path
	cases := []struct {
		name, kind, policy string
		want               []string
	}{
		{"nothing of what it only resembles", "service", `{"permissions": {"deny": ["Bash(docker push *)", "Bash(make test --deploy *)", "Read(./.env)"], "ask": ["Bash(make)"]}}`, nil},
		{"denied", "service", `{"permissions": {"deny": ["Bash(docker *)"]}}`, []string{
			settings + "allow Bash(docker compose ps): permissions.deny has Bash(docker *)",
			settings + "allow Bash(docker compose logs *): permissions.deny has Bash(docker *)",
			settings + "ask Bash(docker compose up *): permissions.deny has Bash(docker *)",
			settings + "ask Bash(docker compose down *): permissions.deny has Bash(docker *)",
			"CLAUDE.md: command docker compose logs api: permissions.deny has Bash(docker *)",
		}},
		{"asked", "library", `{"permissions": {"ask": ["Bash(make docs)", "Bash(npm *)"]}}`, []string{settings + "allow Bash(make docs): permissions.ask has Bash(make docs)"}},
		{"denied and asked", "library", `{"permissions": {"deny": ["Bash(make docs)"], "ask": ["Bash(make *)"]}}`, []string{
			settings + "allow Bash(make build): permissions.ask has Bash(make *)", settings + "allow Bash(make lint): permissions.ask has Bash(make *)",
			settings + "allow Bash(make test): permissions.ask has Bash(make *)", settings + "allow Bash(make test *): permissions.ask has Bash(make *)",
			settings + "allow Bash(make docs): permissions.deny has Bash(make docs)", "CLAUDE.md: command make docs: permissions.deny has Bash(make docs)",
		}},
		{"set to something else", "infrastructure", `{"env": {"TF_INPUT": "1", "TF_IN_AUTOMATION": "1"}}`,
			[]string{`.claude/settings.json: env.TF_INPUT 0: managed settings set it to "1"`}},
		{"at a gateway", "library", `{"forceLoginMethod": "gateway"}`, []string{workflow + "a token does not sign in at a gateway"}},
		{"with Claude alone", "library", `{"forceLoginMethod": "claudeai", "forceLoginOrgUUID": ["6f1c3b0e-52d4-4a8e-9c57-0b7a4e2d91f3"], "allowedProviders": ["bedrock", "anthropic"]}`, nil},
		{"at another provider", "library", `{"allowedProviders": ["bedrock"]}`,
			[]string{workflow + "allowedProviders does not list anthropic, for which the token is"}},
		{"at no provider", "library", `{"allowedProviders": []}`,
			[]string{workflow + "allowedProviders does not list anthropic, for which the token is"}},
		{"for no organization", "library", `{"forceLoginOrgUUID": []}`, []string{workflow + "forceLoginOrgUUID lets nobody sign in"}},
		{"with an agent", "library", `{"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "/opt/acme/agent hook || exit 2"}]}]}}`,
			[]string{workflow + "a hook blocks where its program is missing, and a runner does not have /opt/acme/agent hook || exit 2"}},
		{"with a guard of every prompt", "library", `{"hooks": {"UserPromptSubmit": [{"hooks": [{"type": "command", "command": "/opt/guard", "onFailure": "block"}]}]}}`,
			[]string{workflow + "a hook blocks where its program is missing, and a runner does not have /opt/guard"}},
		{"with hooks that do not matter", "library", `{"hooks": {"PostToolUse": [{"hooks": [{"type": "command", "command": "/opt/log || exit 2"}]}], "PreToolUse": [
			{"matcher": "Bash|Edit", "hooks": [{"type": "command", "command": "/opt/acme/guard || exit 2"}]},
			{"matcher": "Read", "hooks": [{"type": "command", "command": "/opt/acme/log"}, {"type": "command", "command": "/etc/claude-code/hooks/guard.sh || exit 2"}]}]}}`, nil},
		{"without reading", "library", `{"permissions": {"deny": ["Read"]}}`,
			[]string{workflow + "permissions.deny has Read, and a review reads"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, files := start(t, c.kind, everywhere(t, c.policy))
			if diff := cmp.Diff(append([]string{}, c.want...), told(s)); diff != "" {
				t.Errorf("left out (-want +got):\n%s", diff)
			}
			for _, l := range s.LeftOut {
				if l.By == nil || l.By.Pos.File != "policy.json" {
					t.Errorf("%s: nobody refuses it", l.Value.Any())
				}
				if l.Path != "" && strings.Contains(files[l.File], fmt.Sprintf("%q", l.Value.Any())) {
					t.Errorf("%s is still in %s", l.Value.Any(), l.File)
				}
				if _, written := files[l.File]; l.Path == "" && written {
					t.Errorf("%s was written", l.File)
				}
			}
		})
	}
}

// TestStarterOfLockedGroup has a policy that lets only its own rules and variables count, and no shell.
func TestStarterOfLockedGroup(t *testing.T) {
	who := everywhere(t, `{"allowManagedPermissionRulesOnly": true, "env": {"NPM_CONFIG_SAVE_EXACT": "false", "PIP_REQUIRE_VIRTUALENV": "0"}, "permissions": {"deny": ["Bash"]}}`)
	who.Server = nil
	s, files := start(t, "library", who)
	if diff := cmp.Diff("{\n  \"$schema\": \"https://json.schemastore.org/claude-code-settings.json\"\n}\n", files[".claude/settings.json"]); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if strings.Contains(files["CLAUDE.md"], "## Commands") || !strings.Contains(files["CLAUDE.md"], "repeated here.\n\n## Rules\n\n- What") {
		t.Errorf("CLAUDE.md has commands, or a hole where they were:\n%s", files["CLAUDE.md"])
	}
	if _, found := files[".github/workflows/claude.yml"]; found || !slices.ContainsFunc(s.LeftOut, func(l scaffold.LeftOut) bool {
		return l.File == ".github/workflows/claude.yml" && l.By == nil && strings.Contains(l.Reason, "no policy for linux")
	}) {
		t.Errorf("a workflow without a policy for its runner, or nobody is told: %v", told(s))
	}
}

// TestStarterOfAllPlatforms leaves out what one of them refuses, and tells it once.
func TestStarterOfAllPlatforms(t *testing.T) {
	who := everywhere(t, `{}`)
	for _, name := range []string{"macos", "windows"} {
		who.Platforms = append(who.Platforms, scaffold.Platform{Name: name, Settings: parse(t, name, `{"permissions": {"deny": ["Bash(make docs)"]}}`)})
	}
	s, files := start(t, "library", who)
	if len(s.LeftOut) != 2 || s.LeftOut[0].By.Pos.File != "macos" || strings.Contains(files[".claude/settings.json"], "make docs") {
		t.Errorf("left out %v:\n%s", told(s), files[".claude/settings.json"])
	}
}

// TestStarterUnderAgent asks about each command once as it is written, without what a rule leaves open.
func TestStarterUnderAgent(t *testing.T) {
	who := everywhere(t, `{"permissions": {"deny": ["Bash(make build)"]}}`)
	asked := map[string]bool{}
	by := parse(t, "policy.json", `"no-installs"`)
	who.Platforms[0].Agent = func(command string) (*value.Node, string) {
		asked[command] = true
		if strings.HasSuffix(command, " install") || command == "make docs" {
			return by, "the endpoint agent denies it"
		}
		return nil, ""
	}
	s, files := start(t, "library", who)
	want := []string{
		".claude/settings.json: permissions.allow Bash(make build): permissions.deny has Bash(make build)",
		".claude/settings.json: permissions.allow Bash(make docs): the endpoint agent denies it",
		".claude/settings.json: permissions.ask Bash(npm install *): the endpoint agent denies it",
		".claude/settings.json: permissions.ask Bash(pip install *): the endpoint agent denies it",
		"CLAUDE.md: command make build: permissions.deny has Bash(make build)",
		"CLAUDE.md: command make docs: the endpoint agent denies it",
	}
	if diff := cmp.Diff(want, told(s)); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if asked["make build"] || asked["make test *"] || !asked["make test"] || !asked["git tag"] {
		t.Errorf("asked about %v", asked)
	}
	if !strings.Contains(files[".claude/settings.json"], "Bash(npm publish *)") {
		t.Error("a rule that denies is gone")
	}
}

func TestStarterClient(t *testing.T) {
	cases := []struct{ policy, want string }{
		{`{}`, catalog.NewestSeen},
		{`{"requiredMinimumVersion": "2.1.240"}`, catalog.NewestSeen},
		{`{"requiredMinimumVersion": "2.2.0"}`, "2.2.0"},
		{`{"requiredMaximumVersion": "2.1.300"}`, "2.1.300"},
		{`{"requiredMaximumVersion": "3.0.0"}`, catalog.NewestSeen},
	}
	for _, c := range cases {
		_, files := start(t, "service", everywhere(t, c.policy))
		if !strings.Contains(files[".github/workflows/claude.yml"], "@anthropic-ai/claude-code@"+c.want+"\n") {
			t.Errorf("%s: the workflow does not install %s", c.policy, c.want)
		}
	}
}

func TestStarterWorkflowIsSafe(t *testing.T) {
	_, starter := start(t, "service", everywhere(t, `{}`))
	text := starter[".github/workflows/claude.yml"]
	checkWorkflow(t, "claude", text, []string{"pull_request"})
	pinned := map[string]bool{}
	for _, m := range uses.FindAllString(files(t, options())[".github/workflows/policy.yml"], -1) { // which TestWorkflowsAreSafe looks at
		pinned[m] = true
	}
	found := uses.FindAllString(text, -1)
	if len(found) == 0 || len(found) != strings.Count(text, "uses:") {
		t.Errorf("%d of %d actions are pinned by commit", len(found), strings.Count(text, "uses:"))
	}
	for _, m := range found {
		if !pinned[m] {
			t.Errorf("%q is not what the workflows of a policy repository use: update the template", m)
		}
	}
	// The token is in the environment of two steps alone, and the branch of a change is never the folder of the session.
	if n := strings.Count(text, "secrets.CLAUDE_CODE_OAUTH_TOKEN"); n != 2 || !strings.Contains(text, "ref: ${{ github.event.pull_request.base.sha }}") {
		t.Errorf("the token is handed out %d times, or the change is checked out", n)
	}
	if strings.Contains(text, "pull_request_target") || strings.Count(text, "persist-credentials: false") != 2 {
		t.Error("a change from outside gets secrets, or a clone keeps its token")
	}
}

var quotedCommand = regexp.MustCompile("(?m)^- `([^`]+[^/`])`: ")

// TestShippedPoliciesDenyNothing decides what each starter allows, asks for and tells to run under the example's policies, for each group on
// each of its platforms, with the model that the client's own decisions were measured against.
func TestShippedPoliciesDenyNothing(t *testing.T) {
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	tree, _, err := source.Dir("../../policies")
	if err != nil {
		t.Fatal(err)
	}
	program, found, err := compile.Check(tree, at)
	if err != nil || program.Resolved == nil || found.HasErrors() {
		t.Fatalf("policies/ have errors: %v, %v", err, found)
	}
	world := policytest.New(program, nil)
	decided := 0
	for _, group := range world.Groups() {
		states := program.Resolved.Group(group)
		who := scaffold.Audience{Group: group}
		for _, name := range states.Platforms {
			who.Platforms = append(who.Platforms, scaffold.Platform{Name: name, Settings: states.States[name].Settings})
		}
		if state := states.States["linux"]; state != nil {
			who.Server = &scaffold.Platform{Name: "linux", Settings: state.Settings}
		}
		for _, kind := range scaffold.Kinds() {
			s, files := start(t, kind, who)
			nothingIsLost(t, kind, s, files)
			own := parse(t, "project/settings.json", files[".claude/settings.json"])
			layer := effective.Layer{Scope: effective.Project, Settings: own}
			for _, platform := range states.Platforms {
				managed := effective.Managed{Settings: states.States[platform].Settings}
				for _, r := range effective.Merge(program.Catalog, managed, []effective.Layer{layer}).Refused {
					t.Errorf("%s for %s on %s: %s is refused: %s", kind, group, platform, r.Path, r.Reason)
				}
				subject := policytest.Subject{Group: group, Platform: platform, At: at, Layers: []effective.Layer{layer}}
				for line, want := range promises(own, files["CLAUDE.md"]) {
					decided++
					v, err := world.Decide(subject, policytest.Call{Tool: "Bash", Input: map[string]any{"command": line}})
					if err != nil {
						t.Fatal(err)
					}
					if v.Got == policytest.Deny || want != "" && v.Got != want {
						t.Errorf("%s for %s on %s: %q is %s, the starter says %s (%s)", kind, group, platform, line, v.Got, want, v.Reason)
					}
				}
			}
		}
	}
	if decided < 300 {
		t.Errorf("only %d decisions: the starters promise hardly anything", decided)
	}
}

// promises are the command lines that a starter speaks of, with what it says about them; "" is only not to be denied.
func promises(settings *value.Node, guidance string) map[string]policytest.Outcome {
	lines := map[string]policytest.Outcome{}
	for _, m := range quotedCommand.FindAllStringSubmatch(guidance, -1) {
		lines[m[1]] = ""
	}
	for _, list := range []string{"ask", "allow"} {
		rules := settings.At("permissions." + list)
		if rules == nil {
			continue
		}
		for _, rule := range rules.Items {
			line := strings.TrimSuffix(strings.TrimPrefix(rule.Str(), "Bash("), ")")
			if head, open := strings.CutSuffix(line, " *"); open {
				lines[head], line = policytest.Outcome(list), head+" --verbose"
			}
			lines[line] = policytest.Outcome(list)
		}
	}
	return lines
}

// nothingIsLost compares a starter with the same without a policy: what it lacks was told.
func nothingIsLost(t *testing.T, kind string, s scaffold.Starter, files map[string]string) {
	t.Helper()
	_, whole := start(t, kind, everywhere(t, `{}`))
	var all, kept struct {
		Env         map[string]string
		Permissions map[string][]string
	}
	for text, into := range map[string]any{whole[".claude/settings.json"]: &all, files[".claude/settings.json"]: &kept} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	told := func(path string, v any) bool {
		return slices.ContainsFunc(s.LeftOut, func(l scaffold.LeftOut) bool { return l.Path == path && l.Value.Any() == v })
	}
	for list, rules := range all.Permissions {
		for _, rule := range rules {
			if slices.Contains(kept.Permissions[list], rule) == told("permissions."+list, rule) {
				t.Errorf("%s: %s %s is both in the starter and left out, or neither", kind, list, rule)
			}
		}
	}
	for name, v := range all.Env {
		if _, has := kept.Env[name]; has == told("env."+name, v) {
			t.Errorf("%s: variable %s is both in the starter and left out, or neither", kind, name)
		}
	}
}
