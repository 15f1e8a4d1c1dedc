//go:build conformance

package conformance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/permission/live"
)

// runner runs the client for all tests; TestMain sets it up.
var runner *client.Runner

// tally counts what the tests asked of the client.
var tally struct {
	trees, sessions, calls atomic.Int64
	probes                 map[verdict]*atomic.Int64
}

// TestMain hands over to the helper when a session started this program inside its namespace, and to the stand-in for the endpoint agent when
// the client called it as a hook. Otherwise it prepares the lab once, so that a
// machine that cannot run the client says so once, and checks at the end that the machine's own managed files are as they were.
func TestMain(m *testing.M) {
	if code, started := live.Serve(os.Getenv, os.Stdin, os.Stdout, os.Stderr); started {
		os.Exit(code)
	}
	if folder := os.Getenv(agentEnv); folder != "" {
		os.Exit(actAsAgent(folder, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	guard, err := client.GuardHost()
	if err == nil {
		runner, err = openLab(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	tally.probes = map[verdict]*atomic.Int64{forbidden: {}, allowed: {}, gap: {}}
	code := m.Run()
	if err := guard.Check(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		code = 1
	}
	fmt.Printf("conformance: claude %s, isolated by %s: %d trees loaded, %d sessions with %d calls\n",
		runner.Client().Version, runner.Isolation().Mode, tally.trees.Load(), tally.sessions.Load(), tally.calls.Load())
	fmt.Printf("conformance: policies: %d forbidden things were stopped, %d allowed ones went through, %d are known gaps\n",
		tally.probes[forbidden].Load(), tally.probes[allowed].Load(), tally.probes[gap].Load())
	return code
}

// openLab checks for what the trees of the example organization need, installs the client and finds a way to isolate it.
func openLab(ctx context.Context) (*client.Runner, error) {
	for _, program := range []string{"bwrap", "socat", "git", "make"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w: install bubblewrap, socat, git and make, as .ci/packages does", err)
		}
	}
	cache := os.Getenv("POLICYGEN_CLIENT_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		cache = filepath.Join(user, "policygen", "client")
	}
	installed, err := client.Install(ctx, cache, "", os.Stderr)
	if err != nil {
		return nil, err
	}
	return client.New(ctx, installed)
}
