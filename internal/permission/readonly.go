package permission

import "strings"

// reads are commands that claude 2.1.329 runs without a rule when every path
// they name lies in the project; Read deny rules apply to their arguments.
var reads = nameSet(`ls cat head tail wc stat file diff cmp du df sort cut nl rev tac column paste comm od hexdump strings md5sum
	sha256sum sha1sum base64 fold readlink realpath tree fd grep egrep fgrep rg find jq tr`)

// plain are commands that run without a rule and read no named file.
var plain = nameSet(`echo printf pwd whoami which true false test [ [[ basename dirname seq nproc id uname sleep type man help
	uptime free cal groups locale arch expr ps lsof netstat ss`)

// bare run without a rule only without arguments.
var bare = nameSet("hostname history date")

// edits change the files they name: Edit deny rules apply to them, and the
// acceptEdits mode lets the first ones run inside the project.
var edits = nameSet("mkdir touch rm rmdir mv cp sed tee ln truncate chmod chown dd install")

// acceptable are the edits that acceptEdits runs (mkdir, touch and rm were seen).
var acceptable = nameSet("mkdir touch rm rmdir mv cp sed")

// patternFirst take a pattern or program before their files.
var patternFirst = nameSet("grep egrep fgrep rg jq sed tr")

// gitReads are the git commands that read, whatever arguments follow, save for the options that quietGit refuses.
var gitReads = nameSet("status log diff show blame rev-parse ls-files describe shortlog")

// findActions make find run or change something.
var findActions = []string{"-exec", "-ok", "-delete", "-fprint", "-fls"}

// quiet reports whether a command runs without any rule; the caller checks
// its paths. Options that write or execute end it.
func quiet(w []string) bool {
	if len(w) == 0 {
		return false
	}
	args := w[1:]
	switch name := w[0]; {
	case name == "find":
		return !anyPrefix(args, findActions...)
	case name == "sort" || name == "tree":
		return !anyPrefix(args, "-o", "--output", "--compress-program")
	case name == "rg" || name == "fd":
		return !anyPrefix(args, "--pre", "-x", "-X", "--exec", "--hostname-bin")
	case name == "git":
		return quietGit(args)
	case name == "sed":
		return len(args) >= 2 && args[0] == "-n" && strings.Trim(args[1], "0123456789,") == "p"
	case bare[name]:
		return len(args) == 0
	}
	return reads[w[0]] || plain[w[0]]
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
		return rest == "" || rest == "-a" || rest == "-l" || rest == "-v"
	case "remote":
		return rest == "" || rest == "-v"
	case "stash":
		return rest == "list"
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
// treats them: read, or read and changed.
func files(w []string) (paths []string, read, edit bool) {
	if len(w) == 0 {
		return nil, false, false
	}
	name := base(w[0])
	read, edit = reads[name] || name == "git" || edits[name], edits[name]
	if !read {
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

// destructive reports rm on the root, the home or a top folder, which the
// client asks about even under a bare Bash rule.
func destructive(w []string, home string) bool {
	if len(w) == 0 || base(w[0]) != "rm" {
		return false
	}
	for _, a := range w[1:] {
		trimmed := strings.TrimRight(a, "/*")
		if a != "" && trimmed == "" || trimmed == "~" || trimmed == "$HOME" || trimmed == home {
			return true
		}
		if strings.HasPrefix(trimmed, "/") && strings.Count(trimmed, "/") == 1 {
			return true
		}
	}
	return false
}
