package permission

import (
	"path"
	"strings"
)

// guarded are folders whose files the client does not let an allow rule or
// acceptEdits change: a file in one of them can make a program run (a git
// hook, an editor task, a setting of the client).
var guarded = nameSet(".git .claude .vscode .idea .husky .cargo .devcontainer .yarn .mvn")

// guardedFiles are the same for single files (claude 2.1.329).
var guardedFiles = nameSet(`.gitconfig .gitmodules .bashrc .bash_profile .zshrc .zprofile .profile .zshenv .zlogin .zlogout .bash_login .bash_aliases
	.bash_logout .envrc .ripgreprc .mcp.json .claude.json .npmrc .yarnrc .yarnrc.yml .pnp.cjs .pnp.loader.mjs .pnpmfile.cjs bunfig.toml .bunfig.toml
	.bazelrc .bazelversion .bazeliskrc .pre-commit-config.yaml lefthook.yml .lefthook.yml lefthook.yaml .lefthook.yaml gradle-wrapper.properties
	maven-wrapper.properties .devcontainer.json pyrightconfig.json`)

// guardedAccess reports a file that no rule opens, by its path or by where a
// link leads.
func guardedAccess(a *access) bool {
	return guardedPath(a.abs) || a.real != nil && guardedPath(a.real.abs)
}

// isGuarded is guardedAccess, asked once for all rules.
func (a *access) isGuarded() bool {
	if !a.asked {
		a.asked, a.guarded = true, guardedAccess(a)
	}
	return a.guarded
}

// guardedPath looks at each folder on the way, in any letter case: file systems of two platforms ignore it.
func guardedPath(abs string) bool {
	if guardedFiles[strings.ToLower(path.Base(abs))] {
		return true
	}
	for rest := abs; ; { // all of them begin with a dot
		at := strings.Index(rest, "/.")
		if at < 0 {
			return strings.HasPrefix(abs, ".") && guardedName(abs)
		}
		if rest = rest[at+1:]; guardedName(rest) {
			return true
		}
	}
}

// guardedName reports a path that begins with one of the folders.
func guardedName(rel string) bool {
	name, _, _ := strings.Cut(rel, "/")
	return guarded[strings.ToLower(name)]
}

// rooted reports a path that does not depend on the current folder.
func rooted(name string) bool {
	return strings.HasPrefix(slashed(name), "/") || strings.HasPrefix(name, "~")
}

// followed returns where a path leads through the known links. It gives up on
// links that go round in a circle.
func followed(abs string, links map[string]string) string {
	for range maxDepth {
		next := ""
		for dir := abs; dir != "/" && dir != "." && len(links) > 0; dir = path.Dir(dir) {
			if to, ok := links[dir]; ok {
				next = path.Clean(to + abs[len(dir):])
				break
			}
		}
		if next == "" || next == abs {
			return abs
		}
		abs = next
	}
	return abs
}

// end is where the path leads.
func (a *access) end() string {
	if a.real != nil {
		return a.real.abs
	}
	return a.abs
}

// leaves reports a path such as sub/../x, which the client does not follow in
// a shell line: sub may be a link.
func leaves(name string) bool {
	down := false
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." && down {
			return true
		}
		down = down || part != ".." && part != "." && part != ""
	}
	return false
}
