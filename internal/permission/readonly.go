package permission

import "strings"

// reads are commands that claude 2.1.329 runs without a rule when every path
// they name lies in the project; Read deny rules apply to their arguments.
var reads = nameSet(`ls cat head tail wc stat file diff cmp sort cut nl rev tac column paste comm od hexdump strings md5sum uniq fmt expand unexpand
	numfmt tsort sha256sum sha1sum base64 fold tree fd grep egrep fgrep rg find jq tr`)

// plain are commands that run without a rule and whose arguments are not
// looked at as files.
var plain = nameSet(`echo printf which true false test [ [[ basename dirname seq nproc id uname sleep type uptime free cal groups locale expr
	lsof netstat du df realpath readlink`)

// bare run without a rule only without arguments.
var bare = nameSet("pwd whoami arch history tput")

// globless are commands that are not run without a rule when an argument has a
// wildcard: it may become an option.
var globless = nameSet("nproc id uptime free cal groups locale lsof netstat comm uname")

// patternReaders read what xargs hands them.
var patternReaders = nameSet("grep egrep fgrep wc head tail printf")

// edits change the files they name: Edit deny rules apply to them, and the
// acceptEdits mode lets the first ones run inside the project.
var edits = nameSet("mkdir touch rm rmdir mv cp sed tee truncate chmod chown install")

// copies are those that also read: Read deny rules apply to them.
var copies = nameSet("cp mv sed")

// acceptable are the edits that acceptEdits runs (mkdir, touch and rm were seen).
var acceptable = nameSet("mkdir touch rm rmdir mv cp sed")

// patternFirst take a pattern, program or subcommand before their files.
var patternFirst = nameSet("grep egrep fgrep rg jq sed tr awk git")

// gitReads are the git commands that read, whatever arguments follow, save for the options that quietGit refuses.
var gitReads = nameSet("status log diff show blame rev-parse ls-files describe shortlog reflog rev-list ls-remote cat-file for-each-ref merge-base grep")

// findActions make find run or change something.
var findActions = []string{"-exec", "-ok", "-delete", "-fprint", "-fls"}

// quiet reports whether a command runs without any rule; the caller checks
// its paths. Options that write or execute end it.
func (s *subject) quiet(w []string) bool {
	name, args := w[0], w[1:]
	if globless[name] && anyContains(args, "*?[") {
		return false
	}
	if special, ok := quietForms(name, args); ok {
		return special
	}
	if name == "hexdump" && len(args) > 0 && !strings.HasPrefix(args[0], "--") {
		s.unknown = "not every call of hexdump is known"
		return false
	}
	return reads[name] || plain[name]
}

// quietForms knows the commands whose arguments decide; ok is false for others.
func quietForms(name string, args []string) (quiet, ok bool) {
	switch name {
	case "find":
		return !anyPrefix(args, findActions...), true
	case "sort", "tree":
		return !anyPrefix(args, "-o", "--output", "--compress-program"), true
	case "rg", "fd":
		return !anyPrefix(args, "--pre", "-x", "-X", "--exec", "--hostname-bin", "-l", "--list-details"), true
	case "git":
		return quietGit(args), true
	case "sed":
		return len(args) >= 2 && args[0] == "-n" && strings.Trim(args[1], "0123456789,") == "p", true
	case "jq":
		return !anyContains(args, "$") && !strings.Contains(strings.Join(args, " "), "env"), true
	case "uniq":
		return len(operands(args)) == 0, true
	case "base64":
		return len(args) == len(operands(args)) || args[0] == "-d" || args[0] == "--decode", true
	case "printf":
		return len(args) == 0 || !strings.HasPrefix(args[0], "-"), true
	}
	return quietQuestions(name, args)
}

// quietQuestions knows the commands that tell something about the machine.
func quietQuestions(name string, args []string) (quiet, ok bool) {
	switch name {
	case "date":
		return len(args) == 0 || len(args) == 1 && (strings.HasPrefix(args[0], "+") || strings.HasPrefix(args[0], "--")), true
	case "hostname":
		return len(args) == 0 || len(args) == 1 && strings.HasPrefix(args[0], "-"), true
	case "ps":
		return len(args) < 2, true
	case "ss":
		return len(operands(args)) == 0, true
	case "man", "help":
		return len(args) == 0 && name == "help" || len(args) == 1 && strings.Trim(args[0], "abcdefghijklmnopqrstuvwxyz0123456789") == "", true
	case "docker":
		return len(args) == 1 && args[0] == "ps", true
	case "node":
		return len(args) == 1 && (args[0] == "-v" || args[0] == "--version"), true
	case "python", "python3":
		return len(args) == 1 && args[0] == "--version", true
	}
	return len(args) == 0, bare[name]
}

// operands are the arguments that are no options.
func operands(args []string) []string {
	var out []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			out = append(out, a)
		}
	}
	return out
}

// anyContains reports an argument with one of the characters.
func anyContains(args []string, chars string) bool {
	return strings.ContainsAny(strings.Join(args, " "), chars)
}

// quietGit reports git calls that only read. Options that start a helper or write a file end it, wherever they stand; subcommands that can
// also change something are quiet only in the forms listed here.
func quietGit(args []string) bool {
	if len(args) == 0 || anyPrefix(args, "--output", "--ext-diff", "--textconv", "--no-index", "-O") {
		return false
	}
	rest := strings.Join(args[1:], " ")
	switch args[0] {
	case "branch", "tag":
		return rest == "" || rest == "-a" || rest == "-l" || rest == "-v" || rest == "--list" || rest == "--show-current"
	case "remote":
		return rest == "" || rest == "-v"
	case "stash":
		return rest == "list" || rest == "show"
	case "worktree":
		return rest == "list"
	case "config":
		return len(args) == 3 && args[1] == "--get"
	}
	return gitReads[args[0]]
}

// anyPrefix compares prefixes rather than words, since options may carry a value: --output=x.
func anyPrefix(args []string, prefixes ...string) bool {
	for _, a := range args {
		for _, p := range prefixes {
			if strings.HasPrefix(a, p) {
				return true
			}
		}
	}
	return false
}

// files lists the arguments of a command that name files, and how the client
// treats them: read, or read and changed. They are appended to paths.
func files(w, paths []string) (_ []string, read, edit bool) {
	if len(w) == 0 {
		return nil, false, false
	}
	name := w[0]
	read, edit = reads[name] || name == "awk" || name == "git" && len(w) > 1 && gitReads[w[1]] || copies[name], edits[name]
	if !read && !edit || name == "mv" && len(operands(w[1:])) < 2 {
		return nil, false, false
	}
	skip := patternFirst[name]
	for _, a := range w[1:] {
		switch {
		case a == "" || strings.HasPrefix(a, "-"):
			if name == "find" && len(a) > 1 {
				return paths, read, edit
			}
		case skip:
			skip = false
		default:
			paths = append(paths, a)
		}
	}
	return paths, read, edit
}

// destructive reports rm or rmdir on the root, the home, a top folder or the
// current one, which the client asks about even under a bare Bash rule.
func (s *subject) destructive(w []string) bool {
	if len(w) == 0 || base(w[0]) != "rm" && base(w[0]) != "rmdir" {
		return false
	}
	for _, a := range w[1:] {
		trimmed := strings.TrimRight(a, "/*")
		if a != "" && trimmed == "" || trimmed == "~" || trimmed == "$HOME" || trimmed == s.Home || trimmed == "." || trimmed == ".." {
			return true
		}
		if strings.HasPrefix(trimmed, "/") && strings.Count(trimmed, "/") == 1 {
			return true
		}
	}
	return false
}
