package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// programs that the workflow of a starter calls; a review repeats what the client was given.
var starterFakes = map[string]string{
	"sudo": `echo "sudo $*" >> "$CALLS"`,
	"jq":   `[ "$2" = '.sandbox.enabled == true' ] && grep -q '"enabled": true' "$3"`,
	"npm":  `echo "npm $*" >> "$CALLS"`,
	"claude": `[ "$CLAUDE_CODE_OAUTH_TOKEN" = sk-ant-oat01-example ] || { echo "no token" >&2; exit 1; }
printf '%s\n' "claude ${*//$'\n'/ }" >> "$CALLS"
echo "::error::said by a change"
cat pull-request.diff`,
}

// TestStarterWorkflow runs the workflow of a starter on a branch that brings project settings of its own.
func TestStarterWorkflow(t *testing.T) {
	from := policyRepository(t)
	cases := []struct {
		name, policy, token string
		files               map[string]string // of the policy repository
		failed              []string
		calls               []string // beginnings
	}{
		{"all is there", "acme/policy", "sk-ant-oat01-example", nil, nil, []string{
			"sudo apt-get update", "sudo apt-get install --yes --quiet bubblewrap socat", "sudo sysctl", "sudo mkdir -p /etc/claude-code",
			"sudo cp -R .policy/out/engineering/linux/file/. /etc/claude-code/", "sudo chmod",
			"npm install --global --no-fund --no-audit @anthropic-ai/claude-code@2.", "claude --print --tools Read,Grep,Glob --permission-mode dontAsk",
		}},
		{"no sandbox", "acme/policy", "sk-ant-oat01-example", map[string]string{"out/engineering/linux/file/managed-settings.json": "{}\n"}, nil, []string{
			"sudo mkdir", "sudo cp", "sudo chmod", "npm install", "claude --print",
		}},
		{"no policy for the group", "acme/policy", "sk-ant-oat01-example", map[string]string{"out/engineering/linux/file/managed-settings.json": ""},
			[]string{"Install the policy"}, nil},
		{"no token", "acme/policy", "", nil, []string{"Is everything here?"}, nil},
		{"no policy repository", "", "sk-ant-oat01-example", nil, []string{"Is everything here?"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newForge(t, from)
			for name, script := range starterFakes {
				f.write("bin/"+name, "#!/usr/bin/env bash\n"+script+"\n")
				if err := os.Chmod(filepath.Join(f.dir, "bin", name), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			wantRun(t, 0, runInit(t, f.repo, "init", "--templates", "service", "--group", "engineering", "../starter"))
			w := readWorkflow(t, filepath.Join(f.dir, "starter", ".github", "workflows", "claude.yml"))
			f.proposed(c.policy, c.token)
			if err := os.CopyFS(filepath.Join(f.repo, ".policy", "out"), os.DirFS(filepath.Join(f.repo, "out"))); err != nil {
				t.Fatal(err)
			}
			for name, text := range c.files {
				f.write("repo/.policy/"+name, text)
			}
			r := f.job(w, "review")
			if diff := cmp.Diff(c.failed, r.failed); diff != "" {
				t.Fatalf("failed steps (-want +got):\n%s\n%s", diff, r.log)
			}
			calls := strings.Split(strings.TrimSpace(r.calls), "\n")
			for i, want := range c.calls {
				if i >= len(calls) || !strings.HasPrefix(calls[i], want) {
					t.Errorf("call %d is not %q:\n%s", i+1, want, r.calls)
				}
			}
			if len(c.failed) > 0 {
				if strings.Contains(r.calls, "claude") {
					t.Error("the client ran although something was missing")
				}
				return
			}
			if strings.Contains(r.log, "said by a change") || !strings.Contains(r.summary, "+  \"hooks\": {}") {
				t.Errorf("the review is not in the summary, or the log obeys it:\n%s\n%s", r.log, r.summary)
			}
			if _, err := os.Stat(filepath.Join(f.repo, ".claude")); err == nil {
				t.Error("the session works in a folder with the settings of the change")
			}
		})
	}
}

// proposed pushes a branch with project settings, and leaves the base checked out, as the checkout action would.
func (f *forge) proposed(policy, token string) {
	f.t.Helper()
	f.git("switch", "-q", "-c", "change")
	f.add(map[string]string{".claude/settings.json": "{\n  \"hooks\": {}\n}\n"})
	f.git("add", ".")
	f.git("commit", "-q", "-m", "change")
	f.expressions["github.event.pull_request.head.sha"] = f.git("rev-parse", "HEAD")
	f.git("switch", "-q", "main")
	f.expressions["github.event.pull_request.base.sha"] = f.git("rev-parse", "HEAD")
	f.expressions["vars.CLAUDE_POLICY_REPOSITORY"], f.expressions["secrets.CLAUDE_CODE_OAUTH_TOKEN"] = policy, token
}
