package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/permission/corpus"
)

// serverEnv makes this program an MCP server.
const serverEnv = "POLICYGEN_CORPUS_SERVER"

// Serve takes over where the program was started as a part of a session: the
// model's server, an MCP server, or PowerShell. It returns the exit code.
func Serve(getenv func(string) string, in io.Reader, out, log io.Writer) (code int, started bool) {
	if script := getenv(client.HelperEnv); script != "" {
		return client.ServeScripted(script, in, out, log), true
	}
	if args := getenv(parserEnv); args != "" {
		return servePowerShell(args, in, out), true
	}
	if getenv(serverEnv) != "" {
		return serveTools(in, out), true
	}
	return 0, false
}

// world is where a session takes place.
type world struct {
	root   string
	places map[string]string // from the corpus's folders to those on the disk
}

// notebook is one with a single cell, c1.
const notebook = `{"cells":[{"cell_type":"code","id":"c1","metadata":{},"outputs":[],"source":["x"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}`

// newWorld makes the files and links of the corpus.
func newWorld() (world, error) {
	root, err := os.MkdirTemp("", "policygen-corpus-")
	if err != nil {
		return world{}, err
	}
	w := world{root: root, places: map[string]string{}}
	for _, folder := range []string{corpus.Project, corpus.Outside, corpus.Home} {
		w.places[folder] = filepath.Join(root, filepath.FromSlash(folder))
	}
	for _, name := range corpus.Files() {
		text := "x\n"
		if strings.HasSuffix(name, ".ipynb") {
			text = notebook
		}
		err = errors.Join(err, writeFile(w.on(name), text, 0o644))
	}
	for from, to := range corpus.Links() {
		err = errors.Join(err, os.Symlink(w.on(to), w.on(from)))
	}
	return w, err
}

// on is where a path of the corpus lies.
func (w world) on(name string) string { return filepath.Join(w.root, filepath.FromSlash(name)) }

// writeFile makes the folders above the file too.
func writeFile(name, text string, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), mode)
}

// policy writes the managed files of a group.
func (w world) policy(g corpus.Group) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	rules := map[string]any{"allow": g.Allow, "ask": g.Ask, "deny": g.Deny, "additionalDirectories": g.Dirs}
	for key, value := range rules {
		if len(value.([]string)) == 0 {
			delete(rules, key)
		}
	}
	for _, mode := range g.Off {
		rules["disable"+strings.ToUpper(mode[:1])+strings.TrimSuffix(mode[1:], "Permissions")+map[bool]string{true: "PermissionsMode", false: "Mode"}[mode == "bypassPermissions"]] = "disable"
	}
	settings, err := json.Marshal(map[string]any{"permissions": rules})
	if err != nil {
		return "", err
	}
	servers := map[string]any{}
	for _, name := range []string{"docs", "other"} {
		servers[name] = map[string]any{"command": self, "env": map[string]string{serverEnv: name}}
	}
	mcp, err := json.Marshal(map[string]any{"mcpServers": servers})
	if err != nil {
		return "", err
	}
	tree := filepath.Join(w.root, "etc")
	return tree, errors.Join(writeFile(filepath.Join(tree, "managed-settings.json"), string(settings), 0o644), writeFile(filepath.Join(tree, "managed-mcp.json"), string(mcp), 0o644))
}

// session runs calls under a policy in a world of their own.
func (r *recorder) session(ctx context.Context, g corpus.Group) (_ client.Session, err error) {
	w, err := newWorld()
	defer func() { err = errors.Join(err, os.RemoveAll(w.root)) }()
	if err != nil {
		return client.Session{}, fmt.Errorf("make the files of a session: %w", err)
	}
	g = g.Replace(w.places)
	tree, err := w.policy(g)
	if err != nil {
		return client.Session{}, err
	}
	// This shell does nothing: the client only has to decide.
	shell := filepath.Join(w.root, "bin", "bash")
	if err := writeFile(shell, "#!/bin/sh\nexit 0\n", 0o755); err != nil {
		return client.Session{}, err
	}
	list, err := calls(g)
	if err != nil {
		return client.Session{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return client.Session{}, err
	}
	powerShell, err := w.powerShell(g, self)
	if err != nil {
		return client.Session{}, err
	}
	options := client.SessionOptions{
		Calls: list, Dir: w.places[corpus.Project], Prompt: "decide about these calls", MainOnly: true, Batch: turn,
		// As root the client bypasses permissions in a sandbox only, which the isolation is. Tools of servers are to be there at once.
		Setup: client.Setup{Env: []string{"HOME=" + w.places[corpus.Home], "CLAUDE_CODE_SHELL=" + shell, "IS_SANDBOX=1", "ENABLE_TOOL_SEARCH=false", "MCP_CONNECTION_NONBLOCKING=false"}},
	}
	options.Env = append(options.Env, powerShell...)
	if g.Mode != "" {
		options.Args = slices.Concat(options.Args, []string{"--permission-mode", g.Mode})
	}
	return r.runner.Session(ctx, tree, options)
}
