package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/policytest"
)

// helper reports whether the program was started as the helper of a session of the real client, and does what that asks for.
func helper(env Env) (code int, asked bool) {
	script := env.Getenv(client.HelperEnv)
	if script == "" {
		return 0, false
	}
	return client.ServeScripted(script, env.Stdin, env.Stdout, env.Stderr), true
}

// onClient runs the cases on the real client, which is installed first where it is not there yet.
func (a *app) onClient(ctx context.Context, w *policytest.World, tests []*policy.Test, at time.Time) ([]policytest.Result, error) {
	cache := a.env.Getenv("POLICYGEN_CLIENT_CACHE")
	if cache == "" {
		home := a.env.Getenv("HOME")
		if home == "" {
			return nil, usageError{text: "no folder to install the client into", hint: "set POLICYGEN_CLIENT_CACHE to one"}
		}
		cache = filepath.Join(home, ".cache", "policygen", "client")
	}
	installed, err := client.Install(ctx, cache, "", a.env.Stderr)
	if err != nil {
		return nil, err
	}
	runner, err := client.New(ctx, installed)
	if err != nil {
		return nil, err
	}
	results, left, err := w.RunLive(ctx, runner, tests, at, a.progress("tests"))
	if err == nil && left > 0 {
		fmt.Fprintf(a.env.Stderr, "policygen: %s for other platforms: only Linux cases run on the client\n", counted(left, "test"))
	}
	return results, err
}
