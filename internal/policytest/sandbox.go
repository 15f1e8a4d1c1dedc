package policytest

import (
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// sandbox is the part of settings that the operating system enforces while a command runs.
type sandbox struct {
	settings *value.Node
	place    place
}

// sandboxOf returns the sandbox that a call runs in, nil for none. Windows has none, other tools than Bash run outside, and so do excluded
// commands: a line is excluded when each of its commands is (2.1.329).
func sandboxOf(settings *value.Node, platform string, c Call) *sandbox {
	n := settings.Get("sandbox")
	if platform == policy.Windows || c.Tool != "Bash" || !n.Get("enabled").True() || n.At("filesystem.disabled").True() {
		return nil
	}
	// The key is open where nothing is written (schema text of 2.1.329).
	if outside, _ := c.Input["dangerouslyDisableSandbox"].(bool); outside && (n.Get("allowUnsandboxedCommands") == nil || n.Get("allowUnsandboxedCommands").True()) {
		return nil
	}
	line, _ := c.Input["command"].(string)
	if excluded(n.Get("excludedCommands"), line) {
		return nil
	}
	return &sandbox{n, place{home: c.Home, cwd: c.Cwd}}
}

// excluded reports whether every command of a line is on the list. Lines with substitutions are never taken for excluded ones.
func excluded(list *value.Node, line string) bool {
	if list == nil || strings.ContainsAny(line, "`$") {
		return false
	}
	for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";&|\n", r) }) {
		matches := func(n *value.Node) bool {
			prefix, _ := strings.CutSuffix(n.Str(), "*")
			return strings.HasPrefix(strings.TrimSpace(part)+" ", strings.TrimSuffix(prefix, " ")+" ")
		}
		if !slices.ContainsFunc(list.Items, matches) {
			return false
		}
	}
	return true
}

// refuses says what of an effect the sandbox does not let through, as the setting that stops it; "" where it lets everything through.
func (s *sandbox) refuses(e Reach) string {
	switch {
	case s == nil:
		return ""
	case e.Network != "" && !s.reaches(e.Network):
		return "sandbox.network"
	case e.Read != "" && s.below("filesystem.denyRead", s.place.fill(e.Read)):
		return "sandbox.filesystem.denyRead"
	case e.Write != "" && !s.writes(s.place.fill(e.Write)):
		return "sandbox.filesystem"
	}
	return ""
}

// reaches reports whether a command gets to a host. A host off the list asks a person, unless one of the locks is on.
func (s *sandbox) reaches(host string) bool {
	if s.listed("network.deniedDomains", host) {
		return false
	}
	locked := s.settings.At("network.allowManagedDomainsOnly").True() || s.settings.At("network.strictAllowlist").True()
	return !locked || s.listed("network.allowedDomains", host)
}

// listed reports whether a list of hosts holds one.
func (s *sandbox) listed(key, host string) bool {
	return slices.ContainsFunc(items(s.settings.At(key)), func(n *value.Node) bool { return value.Glob(n.Str(), host) })
}

// writes reports whether a command may write a path: in the working folder and the temporary one, and where the settings add.
func (s *sandbox) writes(file string) bool {
	if s.below("filesystem.denyWrite", file) {
		return false
	}
	return inside(file, s.place.cwd) || inside(file, "/tmp") || s.below("filesystem.allowWrite", file)
}

// below reports whether a path lies in one of a list.
func (s *sandbox) below(key, file string) bool {
	return slices.ContainsFunc(items(s.settings.At(key)), func(n *value.Node) bool {
		folder := n.Str()
		if rest, ok := strings.CutPrefix(folder, "~"); ok {
			folder = s.place.home + rest
		}
		return inside(file, folder)
	})
}

// inside reports whether a path is a folder or lies in it.
func inside(file, folder string) bool {
	return path.Clean(file) == path.Clean(folder) || strings.HasPrefix(path.Clean(file), path.Clean(folder)+"/")
}

// items returns the entries of a list that may not be there.
func items(n *value.Node) []*value.Node {
	if n == nil {
		return nil
	}
	return n.Items
}
