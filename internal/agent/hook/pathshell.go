package hook

import (
	"strings"

	"github.com/policygen/policygen/internal/agent/hook/shell"
)

// set makes a set of the words of a text. Lists of names are easier to read and review as one text than as a map with
// a value for each.
func set(names string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		all[name] = true
	}
	return all
}

var (
	readers = set(`cat head tail less more bat wc stat file diff cmp du sort cut nl rev tac column paste comm od hexdump xxd strings md5sum sha1sum
		sha256sum base64 base32 fold tree ls find fd grep egrep fgrep rg ag jq yq awk gawk sed tar zip gzip gpg openssl source . vim vi nano emacs
		get-content gc type select-string get-childitem gci dir import-csv`)
	writers = set(`tee touch mkdir rm rmdir unlink shred truncate chmod chown chgrp dd sed patch vim vi nano emacs mv rename
		set-content add-content out-file remove-item ri del erase new-item ni clear-content`)
	// copiers read their operands and write the last.
	copiers = set("cp mv ln install rsync scp copy-item copy cpi move-item move mi")
	// patterned take a pattern or program before their files.
	patterned = set("grep egrep fgrep rg ag jq yq sed awk gawk select-string chmod chown chgrp")
	// quiet use their words as text.
	quiet = set("echo printf write-output write-host export")
)

// lineAccesses finds the files that a command line names, following plain cd commands. A cd into a variable or with
// options is not followed; paths behind it then start from the wrong folder, and the variable makes the first of them
// unapproved.
func (s *scene) lineAccesses(line *shell.Line) []access {
	var found []access
	dir := s.Cwd
	for _, c := range line.Commands {
		for _, r := range c.Redirects {
			found = append(found, access{path: r.Path, dir: dir, read: !r.Write, write: r.Write})
		}
		// Each reading has its own operands: behind sudo or find -exec stands another program.
		for _, w := range c.Readings() {
			found = append(found, operands(w, dir)...)
			if !s.spend(c.Words[0]) {
				line.Unsure, line.Partial = tooMuchWork, true
				return found
			}
		}
		if len(c.Words) == 2 && (c.Words[0] == "cd" || c.Words[0] == "pushd") {
			dir = s.absolute(c.Words[1], dir)
		}
	}
	return found
}

// operands returns the files among the words of a command. Of a program that is not known, words that look like paths
// may be read. The lists are for precision and not for safety: a program that is missing there yields guesses, which
// denylists still meet.
func operands(w []string, dir string) []access {
	name := strings.ToLower(shell.Base(w[0]))
	if quiet[name] {
		return nil
	}
	read, write, copies := readers[name], writers[name], copiers[name]
	// Without -i sed prints, and takes its files for reading only.
	if name == "sed" {
		write = hasOption(w, "-i") || hasOption(w, "--in-place")
	}
	known, skip := read || write || copies, patterned[name]
	var found []access
	for _, word := range w[1:] {
		a := access{path: word, dir: dir, read: true, write: write, loose: !known}
		// An option may hold a path behind =, and dd writes all of its operands so.
		if option, value, ok := strings.Cut(word, "="); ok && value != "" && (strings.HasPrefix(word, "-") || name == "dd") {
			a.path, a.loose, a.write = value, name != "dd", write && option != "if"
		} else if strings.HasPrefix(word, "-") || word == "" {
			continue
		} else if skip {
			skip, a.loose, a.write = false, true, false
		}
		if a.loose && !pathLike(a.path) {
			continue
		}
		found = append(found, a)
	}
	if copies && len(found) > 0 {
		markTargets(w, found, name)
	}
	return found
}

// markTargets marks what a copy writes: its last operand, or all where an option names the target. What is moved away
// is changed too. Names of programs that move all begin with m: mv, move, mi, move-item.
func markTargets(w []string, found []access, name string) {
	everything := hasOption(w, "-t") || hasOption(w, "--target-directory") || strings.HasPrefix(name, "m")
	for i := range found {
		found[i].write = everything || i == len(found)-1
	}
}

// hasOption reports an option, also with its value written to it, as in -i.bak. It takes -icon for -i as well, which
// errs on the side of writing.
func hasOption(w []string, option string) bool {
	for _, word := range w {
		if strings.HasPrefix(word, option) {
			return true
		}
	}
	return false
}

// pathLike reports a word that names a file whatever program it belongs to. A bare name such as README is not one,
// since the words of most programs are no files; a dot, tilde or slash makes it likely.
func pathLike(word string) bool {
	if strings.Contains(word, "://") || strings.ContainsAny(word, "\n") || len(word) > 4096 {
		return false
	}
	return strings.ContainsAny(word, `/\`) || strings.HasPrefix(word, "~") || strings.HasPrefix(word, ".")
}
