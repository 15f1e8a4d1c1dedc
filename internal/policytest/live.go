package policytest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
)

// Sessions runs sessions of the real client; [client.Runner] does.
type Sessions interface {
	// Session runs one session with the tree as the managed folder. The error says that none came about.
	Session(ctx context.Context, tree string, options client.SessionOptions) (client.Session, error)
}

// liveTree is the folder of an audience's artifacts that stands at /etc/claude-code on Linux.
const liveTree = "linux/file/"

// liveCalls is how many calls one session makes at most: the client ends a session after a run of refusals (2.1.329).
const liveCalls = 8

// liveKey is what cases of one session have in common.
type liveKey struct {
	group, user, mode, cwd string
	at                     time.Time
}

// RunLive decides cases by the real client on this Linux machine, in isolation. What the client allows really runs there. Cases for other
// platforms are left out; left says how many. The client does not say which rule decides, so "by" is not compared.
func (w *World) RunLive(ctx context.Context, sessions Sessions, tests []*policy.Test, at time.Time, each func(done, all int)) (results []Result, left int, err error) {
	var order []liveKey
	groups := map[liveKey][]*policy.Test{}
	for _, t := range tests {
		s := subjectOf(t, policy.Linux, at)
		group := audience(w.program(s.At, false).Resolved, t.Group, t.User)
		if t.Platform != "" && t.Platform != policy.Linux || group.States[policy.Linux] == nil {
			left++
			continue
		}
		key := liveKey{t.Group, t.User, t.Mode, t.Cwd, s.At}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], t)
	}
	outcome := map[*policy.Test]Result{}
	for _, key := range order {
		for rest := groups[key]; len(rest) > 0; rest = rest[min(len(rest), liveCalls):] {
			if err := w.live(ctx, sessions, key, rest[:min(len(rest), liveCalls)], outcome); err != nil {
				return nil, left, err
			}
			if each != nil {
				each(len(outcome), len(tests)-left)
			}
		}
	}
	for _, t := range tests {
		if r, ran := outcome[t]; ran {
			results = append(results, r)
		}
	}
	return results, left, nil
}

// live runs one session. A call that the session did not come to is tried first in another one, until one makes no progress.
func (w *World) live(ctx context.Context, sessions Sessions, key liveKey, tests []*policy.Test, outcome map[*policy.Test]Result) error {
	root, err := os.MkdirTemp("", "policygen-test-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(root) }()
	program := w.program(key.at, false)
	tree, err := liveFiles(program, audience(program.Resolved, key.group, key.user).Folder(), root)
	if err != nil {
		return err
	}
	m := newMachine(root, key.cwd)
	if err := m.prepare(tests); err != nil {
		return err
	}
	for len(tests) > 0 {
		options := client.SessionOptions{Dir: m.cwd, Setup: client.Setup{Env: []string{"HOME=" + m.home}}, Calls: m.calls(tests)}
		if key.mode != "" {
			options.Args = []string{"--permission-mode", key.mode}
		}
		session, err := sessions.Session(ctx, tree, options)
		if err != nil {
			return fmt.Errorf("tests of %s: %w", key.group, err)
		}
		done := m.judge(session, tests, outcome)
		if done == 0 {
			outcome[tests[0]] = judged(tests[0], Unknown, "the client ended the session before the call")
			done = 1
		}
		tests = tests[done:]
	}
	return nil
}

// liveFiles writes the artifacts of an audience for Linux, without the pins of login and version, which would refuse a client that logs in
// nowhere.
func liveFiles(program *compile.Program, folder, root string) (string, error) {
	group := program.Resolved.Group(folder)
	files, err := program.Artifacts(group)
	if err != nil {
		return "", err
	}
	tree := filepath.Join(root, "tree")
	if err := os.Mkdir(tree, 0o755); err != nil {
		return "", err
	}
	for _, f := range files {
		below, found := strings.CutPrefix(f.Path, liveTree)
		if !found {
			continue
		}
		mode := os.FileMode(0o644)
		if f.Exec {
			mode = 0o755
		}
		if below == "managed-settings.json" {
			if f.Data, err = unpinned(f.Data); err != nil {
				return "", err
			}
		}
		path := filepath.Join(tree, filepath.FromSlash(below))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, f.Data, mode); err != nil {
			return "", err
		}
	}
	return tree, nil
}

// pins are the settings that refuse a session for reasons that no call has anything to do with.
var pins = []string{"forceLoginMethod", "forceLoginOrgUUID", "forceLoginGatewayUrl", "requiredMinimumVersion", "requiredMaximumVersion", "apiKeyHelper", "allowedProviders", "enforceAnthropicSignIn", "forceRemoteSettingsRefresh", "otelHeadersHelper"}

// unpinned returns settings without the pins.
func unpinned(data []byte) ([]byte, error) {
	var settings map[string]json.RawMessage
	if err := json.Unmarshal(data, &settings); err != nil {
		return nil, err
	}
	for _, key := range pins {
		delete(settings, key)
	}
	return json.Marshal(settings)
}
