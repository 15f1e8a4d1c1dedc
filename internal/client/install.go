package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// DefaultVersion is the client version that the facts in this repository were checked with.
const DefaultVersion = "2.1.329"

// packageName is where the client is published on npm; its native binary comes in an optional package per platform.
const packageName = "@anthropic-ai/claude-code"

// Client is an installed client.
type Client struct {
	Bin     string // absolute path of the native binary
	Version string // as in its package.json, such as "2.1.329"
}

// Install puts the client into cacheDir with npm and returns it. version is an exact version, a range or a tag that npm
// knows; "" means DefaultVersion. An exact version that is there already is not installed again, so only the first run
// needs the network; several versions live side by side, and several processes may install at once. npm's own output
// goes to log.
//
// The error says what to do when npm is missing, fails, or leaves no native binary for this platform.
func Install(ctx context.Context, cacheDir, version string, log io.Writer) (_ Client, err error) {
	if version == "" {
		version = DefaultVersion
	}
	cacheDir, err = filepath.Abs(cacheDir)
	if err != nil {
		return Client{}, fmt.Errorf("resolve client cache: %w", err)
	}
	if found, err := find(versionDir(cacheDir, version)); err == nil {
		return found, nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return Client{}, fmt.Errorf("create client cache: %w", err)
	}
	stage, err := os.MkdirTemp(cacheDir, "install-")
	if err != nil {
		return Client{}, fmt.Errorf("create client cache: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	if err := npmInstall(ctx, stage, version, log); err != nil {
		return Client{}, err
	}
	return publish(stage, cacheDir)
}

// publish gives a finished installation its name in the cache, unless another process was faster.
func publish(stage, cacheDir string) (Client, error) {
	staged, err := find(stage)
	if err != nil {
		return Client{}, err
	}
	final := versionDir(cacheDir, staged.Version)
	// Other users may run the client, and MkdirTemp keeps them out.
	if err := os.Chmod(stage, 0o755); err != nil {
		return Client{}, fmt.Errorf("put the client into the cache: %w", err)
	}
	if os.Rename(stage, final) == nil {
		return find(final)
	}
	if found, err := find(final); err == nil {
		return found, nil
	}
	// What is in the way is no whole installation, such as one that lost files to a cleaner of caches.
	if err := errors.Join(os.RemoveAll(final), os.Rename(stage, final)); err != nil {
		return Client{}, fmt.Errorf("replace a broken client in the cache: %w", err)
	}
	return find(final)
}

// versionDir is where a version lies. A tag or range names no folder, and nothing can name one outside the cache.
func versionDir(cacheDir, version string) string {
	return filepath.Join(cacheDir, "claude-code-"+strings.NewReplacer("/", "_", `\`, "_").Replace(version))
}

// npmInstall fills dir, which must be a folder of its own. npm finds its registry and proxy settings in the environment
// of the caller as usual.
func npmInstall(ctx context.Context, dir, version string, log io.Writer) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is needed to install the client: install Node.js 22 or later with npm, or copy the client cache from a machine that has it")
	}
	// Without a package.json here npm would climb to one above the cache.
	manifest := filepath.Join(dir, "package.json")
	if err := os.WriteFile(manifest, []byte("{\"private\":true}\n"), 0o644); err != nil {
		return fmt.Errorf("prepare client cache: %w", err)
	}
	var said strings.Builder
	cmd := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", packageName+"@"+version)
	cmd.Dir = dir
	cmd.Stdout = io.MultiWriter(log, &said)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm install %s@%s: %w; check the network and the registry settings of npm, then run again\n%s",
			packageName, version, err, lastLines(said.String()))
	}
	return nil
}

// find looks for a complete installation in dir.
func find(dir string) (Client, error) {
	root := filepath.Join(dir, "node_modules", filepath.FromSlash(packageName))
	text, err := os.ReadFile(filepath.Join(root, "package.json"))
	if err != nil {
		return Client{}, fmt.Errorf("client is not installed: %w", err)
	}
	var manifest struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return Client{}, fmt.Errorf("read client manifest in %s: %w; remove the folder and run again", root, err)
	}
	bin, err := nativeBinary(root)
	if err != nil {
		return Client{}, err
	}
	return Client{Bin: bin, Version: manifest.Version}, nil
}

// nativeBinary prefers the platform package, because the copy in the main package is a stub until its install script
// has run, which npm can be configured not to do.
func nativeBinary(root string) (string, error) {
	for _, pattern := range []string{root + "-*/claude", root + "-*/claude.exe", root + "/bin/claude*"} {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("look for the client: %w", err)
		}
		for _, match := range matches {
			if isProgram(match) {
				return match, nil
			}
		}
	}
	return "", errors.New("npm installed no native client for this platform below " + root +
		": install with optional dependencies enabled, on a platform that the client supports")
}

// isProgram tells the native binary, which has hundreds of megabytes, from a stub script.
func isProgram(path string) bool {
	const smallest = 1 << 20
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 && info.Size() >= smallest
}
