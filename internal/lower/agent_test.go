package lower

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// agentLine returns the command line of the agent for an event.
func agentLine(t *testing.T, path string, platform ir.Platform, event string) string {
	t.Helper()
	n := AgentHooks(value.Text(path, diag.Pos{File: "f"}), platform, false).At("hooks." + event)
	if n == nil || len(n.Items) != 1 {
		t.Fatalf("no hook for %s", event)
	}
	return n.Items[0].Get("hooks").Items[0].Get("command").Str()
}

// TestAgentBlocksWhenItFails runs the command as the client does, with agents that answer, fail and are not there. Exit code 2 is the only
// one that blocks (2.1.329).
func TestAgentBlocksWhenItFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's a folder")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	agents := []struct {
		name, script string // "" makes no file
		mode         os.FileMode
		blocks       int // exit code on an event that can stop a call
		records      int // and on one that cannot
	}{
		{"allows", "#!/bin/sh\ntest \"$1\" = hook && cat\n", 0o755, 0, 0},
		{"blocks", "#!/bin/sh\nexit 2\n", 0o755, 2, 2},
		{"fails", "#!/bin/sh\nexit 1\n", 0o755, 2, 1},
		{"crashes", "#!/bin/sh\nkill -SEGV $$\n", 0o755, 2, 139},
		{"cannot be run", "#!/bin/sh\nexit 0\n", 0o644, 2, 126},
		{"is missing", "", 0, 2, 127},
		{"has no interpreter", "#!/no/such/program\n", 0o755, 2, 127},
	}
	for _, a := range agents {
		t.Run(a.name, func(t *testing.T) {
			path := filepath.Join(dir, a.name)
			if a.script != "" {
				if err := os.WriteFile(path, []byte(a.script), a.mode); err != nil {
					t.Fatal(err)
				}
			}
			for _, platform := range []ir.Platform{ir.Linux, ir.MacOS} {
				for event, want := range map[string]int{"PreToolUse": a.blocks, "UserPromptSubmit": a.blocks, "SessionStart": a.records, "PostToolUse": a.records} {
					c := exec.Command("sh", "-c", agentLine(t, path, platform, event))
					c.Stdin = strings.NewReader("{}")
					output, _ := c.Output()
					code := c.ProcessState.ExitCode()
					if code == -1 { // sh ran the crashing program in its own place
						code = 139
					}
					if code != want {
						t.Errorf("%s on %s: exit code %d, want %d", event, platform, code, want)
					}
					if a.name == "allows" && string(output) != "{}" {
						t.Errorf("%s on %s: the agent got %q", event, platform, output)
					}
				}
			}
		})
	}
}

func TestAgentHooks(t *testing.T) {
	at := diag.Pos{File: "delivery.yaml", Line: 3}
	for _, platform := range ir.Platforms() {
		for _, onFailure := range []bool{false, true} {
			n := AgentHooks(value.Text("/opt/agent", at), platform, onFailure)
			checkPlaces(t, n, at)
			for _, m := range n.Get("hooks").Members {
				h := m.Value.Items[0].Get("hooks").Items[0]
				guard := m.Key == "PreToolUse" || m.Key == "UserPromptSubmit"
				if got := h.Get("onFailure").Str() == "block"; got != (guard && onFailure) {
					t.Errorf("%s on %s: onFailure %v", m.Key, platform, got)
				}
				if h.Get("timeout").Float() < 60 || h.Get("args") != nil || m.Value.Items[0].Get("matcher") != nil {
					t.Errorf("%s on %s: %s", m.Key, platform, value.AppendJSON(nil, h))
				}
				if (h.Get("shell").Str() == "powershell") != (platform == ir.Windows) {
					t.Errorf("%s on %s: shell %q", m.Key, platform, h.Get("shell").Str())
				}
				if strings.Contains(h.Get("command").Str(), "exit 2") != guard {
					t.Errorf("%s on %s: %s", m.Key, platform, h.Get("command").Str())
				}
			}
		}
	}
}

func TestAgentCommands(t *testing.T) {
	tests := []struct {
		platform    ir.Platform
		path, event string
		want        string
	}{
		{ir.Linux, "/opt/agent", "PreToolUse", "/opt/agent hook || exit 2"},
		{ir.Linux, "/opt/agent", "SessionStart", "/opt/agent hook"},
		{ir.MacOS, "/Library/Acme Agent/agent", "PreToolUse", "'/Library/Acme Agent/agent' hook || exit 2"},
		{ir.Windows, `C:\Program Files\Acme\agent.exe`, "SessionStart", `& 'C:\Program Files\Acme\agent.exe' hook`},
		{ir.Windows, `C:\a.exe`, "PreToolUse", `$global:LASTEXITCODE = 0; try { & 'C:\a.exe' hook } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }`},
	}
	for _, test := range tests {
		if got := agentLine(t, test.path, test.platform, test.event); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
