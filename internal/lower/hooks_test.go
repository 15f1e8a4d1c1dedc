package lower

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// command returns a hook as the loader makes it.
func command(h policy.Hook) policy.Hook {
	h.Event, h.Type = "PreToolUse", "command"
	h.HasArgs = h.HasArgs || h.Args != nil
	if h.Handler == nil {
		h.Handler = value.Object(h.Pos)
	}
	return h
}

// TestCommands shows what runs on each platform. The guard turns every failure into exit code 2, the only one that blocks (2.1.329).
func TestCommands(t *testing.T) {
	const script = "hooks/guard.sh"
	type lines struct{ linux, macos, windows string }
	tests := []struct {
		name      string
		hook      policy.Hook
		onFailure bool
		want      lines
	}{
		{"a command line stands as it is", policy.Hook{Command: "audit --x | tee $LOG"}, false, lines{
			`{"command":"audit --x | tee $LOG","type":"command"}`,
			`{"command":"audit --x | tee $LOG","type":"command"}`,
			`{"command":"audit --x | tee $LOG","type":"command"}`}},
		{"arguments make the exec form", policy.Hook{Command: "/opt/a b", Args: []string{"x y", "$HOME", ""}}, false, lines{
			`{"args":["x y","$HOME",""],"command":"/opt/a b","type":"command"}`,
			`{"args":["x y","$HOME",""],"command":"/opt/a b","type":"command"}`,
			`{"args":["x y","$HOME",""],"command":"/opt/a b","type":"command"}`}},
		{"no arguments are arguments too", policy.Hook{Command: "audit", HasArgs: true}, false, lines{
			`{"args":[],"command":"audit","type":"command"}`, `{"args":[],"command":"audit","type":"command"}`, `{"args":[],"command":"audit","type":"command"}`}},
		{"a script", policy.Hook{Script: script}, false, lines{
			`{"command":"/etc/claude-code/hooks/guard.sh","type":"command"}`,
			`{"command":"'/Library/Application Support/ClaudeCode/hooks/guard.sh'","type":"command"}`,
			`{"command":"& 'C:\\Program Files\\ClaudeCode\\hooks\\guard.sh'; exit $LASTEXITCODE","shell":"powershell","type":"command"}`}},
		{"a script elsewhere, with arguments", policy.Hook{Script: "team/it's.sh", Args: []string{"a'b", "-n=1", ""}}, false, lines{
			`{"command":"'/etc/claude-code/hooks/team/it'\\''s.sh' 'a'\\''b' -n=1 ''","type":"command"}`,
			`{"command":"'/Library/Application Support/ClaudeCode/hooks/team/it'\\''s.sh' 'a'\\''b' -n=1 ''","type":"command"}`,
			`{"command":"& 'C:\\Program Files\\ClaudeCode\\hooks\\team\\it''s.sh' 'a''b' '-n=1' ''; exit $LASTEXITCODE","shell":"powershell","type":"command"}`}},
		{"a guarded script", policy.Hook{Script: script, BlockOnFailure: true}, true, lines{
			`{"command":"/etc/claude-code/hooks/guard.sh || exit 2","onFailure":"block","type":"command"}`,
			`{"command":"'/Library/Application Support/ClaudeCode/hooks/guard.sh' || exit 2","onFailure":"block","type":"command"}`,
			`{"command":"$global:LASTEXITCODE = 0; try { & 'C:\\Program Files\\ClaudeCode\\hooks\\guard.sh' } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }",` +
				`"onFailure":"block","shell":"powershell","type":"command"}`}},
		{"a guarded command for older clients", policy.Hook{Command: "audit -x", BlockOnFailure: true}, false, lines{
			`{"command":"audit -x || exit 2","type":"command"}`,
			`{"command":"audit -x || exit 2","type":"command"}`,
			`{"command":"$global:LASTEXITCODE = 0; try { audit -x } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }","shell":"powershell","type":"command"}`}},
		{"a guarded line of several commands", policy.Hook{Command: "a; b # why", BlockOnFailure: true}, false, lines{
			`{"command":"(a; b # why\n) || exit 2","type":"command"}`,
			`{"command":"(a; b # why\n) || exit 2","type":"command"}`,
			`{"command":"$global:LASTEXITCODE = 0; try { a; b # why\n } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }","shell":"powershell","type":"command"}`}},
		{"a guarded command with arguments", policy.Hook{Command: "K=V", Args: []string{"a b"}, BlockOnFailure: true}, false, lines{
			`{"command":"'K=V' 'a b' || exit 2","type":"command"}`,
			`{"command":"'K=V' 'a b' || exit 2","type":"command"}`,
			`{"command":"$global:LASTEXITCODE = 0; try { & 'K=V' 'a b' } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }","shell":"powershell","type":"command"}`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for platform, want := range map[ir.Platform]string{ir.Linux: test.want.linux, ir.MacOS: test.want.macos, ir.Windows: test.want.windows} {
				n := Hooks([]policy.Hook{command(test.hook)}, platform, test.onFailure)
				got := string(value.AppendJSON(nil, n.At("hooks.PreToolUse").Items[0].Get("hooks").Items[0]))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", platform, diff)
				}
			}
		})
	}
}

func TestHooks(t *testing.T) {
	at := diag.Pos{File: "h.yaml", Line: 3}
	handler := value.Object(at, value.Member{Key: "timeout", Value: value.Num(5, at)})
	http := policy.Hook{Event: "PostToolUse", Type: "http", BlockOnFailure: true, Pos: at,
		Handler: value.Object(at, value.Member{Key: "url", Value: value.Text("https://x", at)})}
	edit := command(policy.Hook{Matcher: "Edit", Command: "e", Handler: handler, Pos: at})
	linux := command(policy.Hook{Command: "l", Platforms: []string{"linux"}, Pos: at})
	stop := linux
	stop.Event, stop.Platforms = "Stop", []string{"windows"}
	tests := []struct {
		name     string
		hooks    []policy.Hook
		platform ir.Platform
		want     string
	}{
		{"none", nil, ir.Linux, "nil"},
		{"none here", []policy.Hook{linux, stop}, ir.MacOS, "nil"},
		{"of a platform", []policy.Hook{linux, stop}, ir.Linux, `{"hooks":{"PreToolUse":[{"hooks":[{"command":"l","type":"command"}]}]}}`},
		{"in the order written", []policy.Hook{stop, edit, linux, edit}, ir.Linux, `{"hooks":{"PreToolUse":[` +
			`{"hooks":[{"command":"e","timeout":5,"type":"command"}],"matcher":"Edit"},{"hooks":[{"command":"l","type":"command"}]},` +
			`{"hooks":[{"command":"e","timeout":5,"type":"command"}],"matcher":"Edit"}]}}`},
		{"other types keep their fields", []policy.Hook{http}, ir.Windows, `{"hooks":{"PostToolUse":[{"hooks":[{"onFailure":"block","type":"http","url":"https://x"}]}]}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := "nil"
			n := Hooks(test.hooks, test.platform, true)
			if n != nil {
				got = string(value.AppendJSON(nil, n))
				checkPlaces(t, n, at)
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if len(handler.Members) != 1 {
				t.Error("the hook's own fields were changed")
			}
		})
	}
}

// checkPlaces: everything that is compiled points at the hook it comes from.
func checkPlaces(t *testing.T, n *value.Node, at diag.Pos) {
	t.Helper()
	if n.Pos != at {
		t.Errorf("%s has place %v", value.AppendJSON(nil, n), n.Pos)
	}
	for _, item := range n.Items {
		checkPlaces(t, item, at)
	}
	for _, m := range n.Members {
		checkPlaces(t, m.Value, at)
	}
}

func TestScriptPath(t *testing.T) {
	for script, want := range map[string]string{"hooks/a.sh": "a.sh", "a.sh": "a.sh", "hooks/x/a.sh": "x/a.sh", "x/hooks/a.sh": "x/hooks/a.sh"} {
		if got := ScriptPath(script); got != want {
			t.Errorf("%s: got %s, want %s", script, got, want)
		}
	}
}
