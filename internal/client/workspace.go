package client

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// workspace is the temporary folder of one run.
type workspace struct {
	root    string
	home    string // HOME of the client
	project string // its working directory
	layer   string // mount point for isolate.sh
	temp    string // temporary folder of the client
}

// newWorkspace makes the folders of one run; the caller removes them with remove.
func newWorkspace() (workspace, error) {
	root, err := os.MkdirTemp("", "policygen-client-")
	if err != nil {
		return workspace{}, fmt.Errorf("make a temporary folder: %w", err)
	}
	in := func(name string) string { return filepath.Join(root, name) }
	w := workspace{root: root, home: in("home"), project: in("project"), layer: in("layer"), temp: in("tmp")}
	for _, dir := range []string{w.home, w.project, w.layer, w.temp} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return workspace{}, fmt.Errorf("make a temporary folder: %w", err)
		}
	}
	return w, nil
}

// remove deletes the workspace. A background child of the client may still write for a moment, so it tries again.
func (w workspace) remove() error {
	var err error
	for range 5 {
		if err = os.RemoveAll(w.root); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("remove temporary folder: %w", err)
}

// writeFiles writes files, keyed by slash-separated path below dir.
func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("write %q: the path must stay below the run's folder", name)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// env is the environment of every client run: nothing of the caller's, and the client keeps to itself. Temporary folders
// of its own matter: claude 2.1.329 refuses a shared /tmp/claude-0 that another user made, where user namespaces make
// every user look like number 0; and it names sockets in the temporary folder by process number, which repeats from run
// to run, because each run has a process namespace. The folder's path is short, since a socket's has at most 107 bytes.
func (w workspace) env() []string {
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=" + w.home,
		"TMPDIR=" + w.temp,
		"XDG_RUNTIME_DIR=" + w.temp,
		"CLAUDE_CODE_TMPDIR=" + w.temp,
		"TERM=xterm-256color",
		"LANG=C.UTF-8",
		"DISABLE_AUTOUPDATER=1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
	}
}
