//go:build conformance

package conformance

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/resolve"
)

// proof shows that a lint is right: what the client makes of the wrong example of its page, and of the right one.
type proof struct {
	lint    string
	more    string            // further sections of the policy, in a file of its own
	files   map[string]string // of the policy folder
	machine client.SessionOptions
	edit    func(string) string // of the settings, where policygen refuses what the proof needs
	wrong   probe
	right   probe
}

// both is what somebody does, and what becomes of it under the wrong and under the right policy.
func both(p proof, do func(want string) probe, wrong, right string) proof {
	p.wrong, p.right = do(wrong), do(right)
	return p
}

// runs and calls are what the model does.
func runs(command string) func(string) probe {
	return func(want string) probe { return bash(allowed, command, want) }
}

func calls(tool, input string) func(string) probe {
	return func(want string) probe { return uses(allowed, tool, input, want) }
}

// guards is a guard of the organization that ends with a code, beside one of the project that lets everything pass.
func guards(code int) (map[string]string, client.SessionOptions) {
	policy := map[string]string{"hooks/guard.sh": fmt.Sprintf("#!/bin/sh\necho no >&2\nexit %d\n", code)}
	return policy, client.SessionOptions{Setup: client.Setup{Project: map[string]string{"hooks/guard.sh": "exit 0\n"}}}
}

// keptOut succeeds where python runs and cannot open the file.
const keptOut = `python3 -c '
try:
    open("secrets/token")
except OSError:
    pass
else:
    raise SystemExit(3)'`

// ruleProofs are about permission rules.
func ruleProofs() []proof {
	project := client.SessionOptions{Setup: client.Setup{Project: map[string]string{"secrets/token": "hidden\n"}}}
	return []proof{
		both(proof{lint: "dead-rule", more: freely}, calls("Write", `{"file_path": "PROJECT/generated/a", "content": "x"}`), "ran", byRule),
		// The program does not exist: that it is looked for is enough.
		both(proof{lint: "misleading-rule"}, runs("makeshift-program x"), "failed", byApproval),
		both(proof{lint: "path-anchor", more: freely}, calls("Edit", `{"file_path": "/etc/hosts", "old_string": "nothing of the kind", "new_string": "x"}`), "failed", byRule),
		both(proof{lint: "bash-arguments"}, runs("curl https://docs.acme.com/ --version"), "ran", byApproval),
		both(proof{lint: "shadowed-rule"}, runs("make --version"), byRule, "ran"),
		both(proof{lint: "open-sibling", more: freely}, runs("wget --version || true"), "ran", byRule),
		both(proof{lint: "read-not-mirrored", more: freely, machine: project}, runs(keptOut), "failed", "ran"),
	}
}

// settingProofs are about keys that need other keys.
func settingProofs() []proof {
	const opus = "claude-opus-5-5"
	return []proof{
		both(proof{lint: "model-not-locked", machine: wants(opus)}, func(want string) probe { return model(allowed, opus, want) }, "used", "another model"),
		both(proof{lint: "lock-without-list", machine: withServers(`"outsider": {"command": "/bin/cat"}`)},
			func(want string) probe { return server(allowed, "outsider", want) }, "loaded", "kept out"),
		both(proof{lint: "telemetry-incomplete", machine: client.SessionOptions{Setup: client.Setup{Env: []string{"OTEL_LOGS_EXPORT_INTERVAL=100"}}}},
			func(want string) probe { return arrives(allowed, "/v1/logs", want) }, "blocked", "arrived"),
		both(proof{lint: "secret", more: freely}, runs(`test "$(printenv ACME_API_KEY)" = 8f14e45fceea167a5a36 || exit 3`), "ran", "failed"),
	}
}

// hookProofs are about hooks.
func hookProofs() []proof {
	fails, ordinary := guards(1)
	blocks, supplied := guards(2)
	// Nobody waits a minute: a second is enough to see that the client stops waiting, and lets the call through.
	short := func(settings string) string { return strings.ReplaceAll(settings, `"timeout": 60`, `"timeout": 1`) }
	return []proof{
		both(proof{lint: "hook-no-timeout", edit: short, more: freely}, runs("ls"), "refused by "+client.RefusedByHook, "ran"),
		// The project's guard lets the call through; the organization's does not.
		both(proof{lint: "hook-relative-path", files: blocks, machine: supplied}, runs("ls"), "ran", "refused by "+client.RefusedByHook),
		both(proof{lint: "hook-fails-open", files: fails, machine: ordinary}, runs("ls"), "ran", "refused by "+client.RefusedByHook),
	}
}

// deliveryProofs are about what happens before the client looks at a value.
func deliveryProofs() []proof {
	// A key that the client reads from settings is one whose wrong value it complains about.
	nonsense := func(settings string) string {
		return strings.NewReplacer(`: false`, `: {}`, `: 30`, `: {}`).Replace(settings)
	}
	complains := func(want string) probe {
		return probe{does: "a wrong value", want: want, look: func(t *testing.T, e evidence) string {
			got, err := effective(t, e.tree)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Invalid) > 0 {
				return "reported"
			}
			return "not looked at"
		}}
	}
	pad := func(settings string) string {
		if !strings.Contains(settings, "0001") {
			return settings
		}
		return settings + strings.Repeat(" ", resolve.MaxDocument)
	}
	return []proof{
		both(proof{lint: "key-not-honoured", edit: nonsense}, complains, "not looked at", "reported"),
		both(proof{lint: "mdm-rewrite"}, func(want string) probe { return setting(allowed, "companyAnnouncements", want) }, `["Welcome, $USERNAME."]`, `["Welcome."]`),
		both(proof{lint: "near-limit", edit: pad}, func(want string) probe { return starts(allowed, want) }, "session refused", "started"),
	}
}

// TestLints tries every lint's examples on the client.
func TestLints(t *testing.T) {
	pages := map[string]diag.Lint{}
	for _, page := range diag.Lints() {
		pages[string(page.Code)] = page
	}
	for _, p := range slices.Concat(ruleProofs(), settingProofs(), hookProofs(), deliveryProofs()) {
		t.Run(p.lint, func(t *testing.T) {
			t.Parallel()
			for text, probe := range map[string]probe{pages[p.lint].Wrong: p.wrong, pages[p.lint].Right: p.right} {
				p.try(t, text, probe)
			}
		})
	}
}

// try builds an example and looks at what becomes of the probe.
func (p proof) try(t *testing.T, text string, probe probe) {
	t.Helper()
	if p.lint == string(diag.SecretValue) {
		text = strings.ReplaceAll(text, "5a36\n", "5a36 # policygen:ignore secret until 2027-01-01 an example\n") // as an error it would not be built
	}
	files := map[string]string{"acme.yaml": "organization: Acme Corporation\n" + p.more + "\n", "example.yaml": text}
	maps.Copy(files, p.files)
	tree := build(t, writeDir(t, files)).tree("default", "linux", fileTree)
	if err := os.MkdirAll(tree, 0o755); err != nil { // a policy of nothing writes no tree
		t.Fatal(err)
	}
	if p.edit != nil {
		name := filepath.Join(tree, "managed-settings.json")
		settings, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		addFiles(t, tree, map[string]string{"managed-settings.json": p.edit(string(settings))})
	}
	s := trial{machine: p.machine, probes: only(probe)}
	s.machine.Dir = openDir(t)
	if got := s.hold(t, tree)[0]; got != probe.want {
		t.Errorf("%s: %s, want: %s, with\n%s", probe.does, got, probe.want, text)
	}
}

func only(p probe) []probe { return []probe{p} }
