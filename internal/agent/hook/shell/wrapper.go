package shell

import (
	"path"
	"slices"
	"strings"
)

// set makes a set of the words of a text.
func set(names string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		all[name] = true
	}
	return all
}

var (
	// launchers run a command that stands behind their own options.
	launchers = set(`sudo doas pkexec su runuser env nohup time timeout nice ionice chrt taskset stdbuf setsid xargs parallel command builtin
		exec noglob watch strace ltrace flock script unshare nsenter chroot sandbox-exec busybox rlwrap systemd-run start`)
	// operands are launchers with one own word before the command.
	operands = set("timeout taskset chrt flock chroot")
	shells   = set("sh bash zsh dash ksh ash fish pwsh powershell cmd")
	// runners take a whole script as one word behind the option -c.
	runners = set("su runuser flock script")
	// starters are options of find and fd behind which a command stands.
	starters = []string{"-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"}
)

// Base returns the name of a program without its folder, escapes and .exe. Both kinds of slashes count whatever the
// dialect, as bash on Windows takes either. A backslash also escapes in the shell: \rm is rm.
func Base(word string) string {
	word = path.Base(strings.ReplaceAll(word, `\`, "/"))
	return strings.TrimSuffix(word, ".exe")
}

// maxReadings bounds the readings of one command, which `sudo sudo sudo` makes many. More than one or two are nearly
// always made to cost time.
const maxReadings = 32

// Readings returns everything the command may amount to, as words: as written, with its program's bare name, behind
// assignments and behind programs that start others, such as sudo, xargs and find -exec. The first is the command as
// written. Readings may be wrong, which is why only lists that forbid are compared with them.
func (c Command) Readings() [][]string {
	var all [][]string
	queue := [][]string{c.Words}
	for len(queue) > 0 && len(all) < maxReadings {
		w := queue[0]
		queue = queue[1:]
		if len(w) == 0 {
			continue
		}
		all = append(all, w)
		if _, _, ok := assignment(w[0]); ok {
			queue = append(queue, w[1:])
			continue
		}
		// A path to a program, and the program found by its name, are the same to a list.
		if base := Base(w[0]); base != w[0] {
			all = append(all, append([]string{base}, w[1:]...))
		}
		queue = append(queue, launched(w)...)
	}
	return all
}

// launched returns the commands that a command may start. An option may or may not take the word behind it, so both
// are returned. A launcher that is missing from the lists hides its command from denylists, so the lists lean to the
// complete side.
func launched(w []string) [][]string {
	var found [][]string
	name := Base(w[0])
	if name == "find" || name == "fd" {
		for i, word := range w {
			if slices.Contains(starters, word) {
				found = append(found, w[i+1:])
			}
		}
		return found
	}
	if !launchers[name] {
		return nil
	}
	// The first plain word is the command, except where the launcher takes one for itself.
	wanted := 1
	if operands[name] {
		wanted = 2
	}
	for i := 1; i < len(w) && wanted > 0; i++ {
		_, _, assigned := assignment(w[i])
		switch {
		case strings.HasPrefix(w[i], "-") || assigned:
		case strings.HasPrefix(w[i-1], "-") && w[i-1] != "--" && i > 1:
			found = append(found, w[i:]) // or the value of the option before it
		default:
			found = append(found, w[i:])
			wanted--
		}
	}
	return found
}

// safe are variables whose assignment does not change which program runs.
var safe = set("CI DEBIAN_FRONTEND FORCE_COLOR GOARCH GOOS LANG LC_ALL NODE_ENV NO_COLOR PYTHONUNBUFFERED RUST_BACKTRACE RUST_LOG TERM TZ CGO_ENABLED")

// Core returns the words behind harmless assignments and the wrappers time, nohup, nice and timeout. It is what an
// allowlist is compared with. Only wrappers that cannot change what runs are taken off: an approved `ls` also approves
// `timeout 5 ls`, and not `sudo ls`.
func (c Command) Core() []string {
	w := c.Words
	for len(w) > 0 {
		name, _, ok := assignment(w[0])
		if !ok || !safe[name] {
			break
		}
		w = w[1:]
	}
	for len(w) > 1 {
		switch {
		case (w[0] == "nohup" || w[0] == "time" || w[0] == "nice") && !strings.HasPrefix(w[1], "-"):
			w = w[1:]
		case w[0] == "timeout" && len(w) > 2 && strings.Trim(w[1], "0123456789.smhd") == "":
			w = w[2:]
		default:
			return w
		}
	}
	return w
}

// scripts returns the texts that a command runs as shell code. A text that is not one costs a few readings more and
// hides nothing.
func scripts(words []string) []string {
	var found []string
	for _, w := range (Command{Words: words}).Readings() {
		name := Base(w[0])
		if (name == "eval" || name == "trap") && len(w) > 1 {
			found = append(found, strings.Join(w[1:], " "))
		}
		for i := 1; i+1 < len(w); i++ {
			option := strings.ToLower(w[i])
			switch {
			case (shells[name] || runners[name]) && isScriptOption(option), name == "env" && (option == "-s" || option == "--split-string"):
				found = append(found, w[i+1])
			}
		}
		if name == "watch" && len(w) > 1 {
			found = append(found, w[len(w)-1])
		}
		if len(found) > maxReadings {
			break
		}
	}
	return found
}

// isScriptOption reports -c, also among other letters as in -lc, and its long forms. PowerShell and cmd have forms of
// their own. Callers pass the option in lower case.
func isScriptOption(option string) bool {
	if option == "--command" || option == "-command" || option == "/c" {
		return true
	}
	return strings.HasPrefix(option, "-") && !strings.HasPrefix(option, "--") && strings.HasSuffix(option, "c")
}

// runsInput reports a command that runs what it reads: a shell without a script of its own. A shell that has a script
// reads its input as data; taking it for commands as well only lists more.
func runsInput(words []string) bool {
	for _, w := range (Command{Words: words}).Readings() {
		if shells[Base(w[0])] {
			return true
		}
	}
	return false
}
