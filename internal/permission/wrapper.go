package permission

import (
	"path"
	"strings"
)

// safeEnv are the variables whose assignment does not hide a command from an
// allow rule (claude 2.1.329).
var safeEnv = nameSet(`GOEXPERIMENT GOOS GOARCH CGO_ENABLED GO111MODULE RUST_BACKTRACE RUST_LOG NODE_ENV PYTHONUNBUFFERED
	PYTHONDONTWRITEBYTECODE PYTEST_DISABLE_PLUGIN_AUTOLOAD PYTEST_DEBUG ANTHROPIC_API_KEY LANG LANGUAGE LC_ALL LC_CTYPE LC_TIME
	CHARSET TERM COLORTERM NO_COLOR FORCE_COLOR TZ LS_COLORS LSCOLORS GREP_COLOR GREP_COLORS GCC_COLORS TIME_STYLE BLOCK_SIZE
	BLOCKSIZE COLUMNS LINES CLICOLOR CLICOLOR_FORCE CI DEBIAN_FRONTEND GIT_TERMINAL_PROMPT`)

// launchers run the command behind their options. The value lists the options
// that take a further word; deny and ask rules see through all of them.
var launchers = map[string]map[string]bool{
	"env": nameSet("-u -C --unset --chdir"), "doas": nameSet("-a -u -C"), "pkexec": nameSet("--user"), "exec": nameSet("-a"),
	"sudo": nameSet(`-u -g -U -C -D -h -p -r -R -t -T --user --group --other-user --close-from --chdir --host --prompt --role
		--chroot --type --command-timeout -a --auth-type`),
	"watch": nameSet("-n --interval --equexit"), "setsid": nil, "command": nil, "builtin": nil, "noglob": nil, "nocorrect": nil,
	"ionice": nameSet("-c -n -p -P -u --class --classdata --pid --pgid --uid"), "taskset": nameSet("-c --cpu-list"),
	"chrt": nameSet("-p --pid -T -P -D"), "strace": nameSet("-e -o -p -s -E -P -S -a -b -I -u -X -O -U"),
	"ltrace": nameSet("-a -A -e -l -n -o -p -s -u -x -D -F"), "flock": nameSet("-w -E --timeout --wait --conflict-exit-code"),
	"script": nameSet("-E -T -m -o -O -B -I"), "unshare": nameSet("-R -w -S -G"), "nsenter": nameSet("-t -S -G --target"),
	"sandbox-exec": nameSet("-f -n -p -D"),
}

// operand are launchers with one own argument before the command.
var operand = nameSet("flock taskset chrt")

// scriptOption holds the options whose value is itself a command.
var scriptOption = map[string]map[string]bool{
	"env": nameSet("-S --split-string"), "flock": nameSet("-c --command"), "script": nameSet("-c --command"),
}

// nameSet makes a set of names that stand apart by blanks, which reads better
// than a hundred map entries.
func nameSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, f := range strings.Fields(s) {
		set[f] = true
	}
	return set
}

// assignment reports NAME=value and splits it.
func assignment(w string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(w, "=")
	name = strings.TrimSuffix(name, "+")
	return name, value, ok && isField(name) && (name[0] < '0' || name[0] > '9')
}

// base is the command name without folder and .exe.
func base(w string) string {
	if strings.Contains(w, "/") {
		w = path.Base(w)
	}
	return strings.TrimSuffix(w, ".exe")
}

// simpleWrapper returns how many words a wrapper such as timeout takes before
// its command, 0 for any other command. Allow rules see through these.
func simpleWrapper(name string, w []string) int {
	n := 1
	switch name {
	case "time", "nohup":
		if len(w) > 1 && name == "time" && w[1] == "-p" {
			n = 2
		}
	case "nice":
		n = niceWords(w)
	case "timeout":
		n = timeoutWords(w)
	case "stdbuf":
		for n < len(w) && len(w[n]) > 2 && w[n][0] == '-' && strings.IndexByte("ioe", w[n][1]) >= 0 {
			n++
		}
		if n == 1 {
			return 0
		}
	case "command":
		for n < len(w) && w[n] == "-p" {
			n++
		}
	case "builtin", "noglob", "xargs":
	default:
		return 0
	}
	if n == 0 || n >= len(w) || strings.HasPrefix(w[n], "-") {
		return 0
	}
	return n
}

// niceWords counts `nice` and its increment, in both spellings: -n 5 and -5.
func niceWords(w []string) int {
	switch {
	case len(w) > 2 && w[1] == "-n":
		return 3
	case len(w) > 1 && len(w[1]) > 1 && w[1][0] == '-' && allDigits(w[1][1:]):
		return 2
	}
	return 1
}

// timeoutWords counts `timeout`, its options and the duration; 0 if unclear.
func timeoutWords(w []string) int {
	i := 1
	for i < len(w) && strings.HasPrefix(w[i], "-") {
		switch {
		case w[i] == "-k" || w[i] == "-s" || w[i] == "--kill-after" || w[i] == "--signal":
			i += 2
		case w[i] == "-v" || w[i] == "--foreground" || w[i] == "--preserve-status" || w[i] == "--verbose",
			strings.Contains(w[i], "="), len(w[i]) > 2 && (w[i][1] == 'k' || w[i][1] == 's'):
			i++
		default:
			return 0
		}
	}
	if i >= len(w) || !allDigits(strings.Replace(strings.TrimRight(w[i], "smhd"), ".", "", 1)) {
		return 0
	}
	return i + 1
}

// unwrap removes one layer in front of a command as deny and ask rules do:
// assignments, wrappers, and launchers with their options. It returns the
// same slice when there is none.
func unwrap(w []string) []string {
	if _, _, ok := assignment(w[0]); ok {
		return w[1:]
	}
	name := base(w[0])
	if n := simpleWrapper(name, w); n > 0 {
		return w[n:]
	}
	if valued, ok := launchers[name]; ok {
		return launched(name, valued, w)
	}
	return w
}

// launched returns the command behind a launcher and its options, w itself
// where there is none. "command -v" only says where a command is.
func launched(name string, valued map[string]bool, w []string) []string {
	script, own := scriptOption[name], operand[name]
	for i := 1; i < len(w); {
		switch _, _, assigned := assignment(w[i]); {
		case name == "command" && (w[i] == "-v" || w[i] == "-V"):
			return w
		case script[w[i]] && i+1 < len(w):
			return strings.Fields(w[i+1])
		case w[i] == "--":
			return w[i+1:]
		case valued[w[i]]:
			i += 2
		case strings.HasPrefix(w[i], "-"), assigned && name != "exec", own && i+1 < len(w):
			own = own && (strings.HasPrefix(w[i], "-") || assigned)
			i++
		default:
			return w[i:]
		}
	}
	return nil
}

// allDigits reports a number without sign, as descriptors and durations are.
func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
