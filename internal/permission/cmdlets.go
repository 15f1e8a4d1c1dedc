package permission

import (
	"slices"
	"strings"
)

// What claude 2.1.329 does with the commands of PowerShell, as it was seen on
// Linux with the tool turned on. Names are full and lower case.
var (
	// psReads are quiet as long as the paths they name lie in the project, and
	// no rule for a command opens others.
	psReads = nameSet(`get-childitem get-content get-item get-itemproperty get-filehash get-acl test-path resolve-path convert-path select-string
		set-location push-location`)
	// psQuiet run without a rule.
	psQuiet = nameSet(`get-location get-date get-host get-history get-alias get-unique get-member get-random get-culture get-timezone get-uptime get-psdrive
		get-computerinfo get-winevent get-netipaddress split-path join-path convertto-json convertfrom-json select-object where-object sort-object
		group-object measure-object compare-object format-table format-list out-string out-null out-host write-output write-host pop-location
		start-sleep whoami tree findstr ipconfig systeminfo tasklist`)
	// psEdits change the files they name; the first ones run in the acceptEdits mode.
	psAcceptable = nameSet("set-content add-content clear-content remove-item")
	psEdits      = nameSet("set-content add-content clear-content remove-item new-item copy-item move-item rename-item set-item out-file export-csv tee-object")
	// psCode run what they are given, or change what later names mean.
	psCode = nameSet(`invoke-expression invoke-command start-job new-object add-type import-module get-module foreach-object set-alias sal new-alias nal nv
		set-variable new-variable`)
	// psMoves change the folder.
	psMoves = nameSet("set-location push-location pop-location")
	// psParameters are those seen; others may do anything.
	psParameters = nameSet("-recurse -path -force -filter -tail -wait -encoding -pattern -format -seconds -maximum")
)

// cmdletPart prepares a command of PowerShell. Its rules see through no wrapper;
// those that deny or ask see through .exe.
func (s *subject) cmdletPart(c *simple) part {
	c.rename()
	written := newVariant(squeeze(c.text))
	p := part{simple: c, words: c.words, unseen: c.unseen, wide: append(s.mem.readings.take(2), written), narrow: append(s.mem.readings.take(1), written)}
	if len(c.words) > 0 && strings.HasSuffix(c.words[0], ".exe") {
		p.wide = append(p.wide, newVariant(fullName(strings.Replace(written.text, ".exe", "", 1))))
	}
	return p
}

// cmdletFiles are the arguments of a command that name files. The client takes
// every argument for one that is no parameter.
func cmdletFiles(w []string) (paths []string, read, edit bool) {
	if len(w) == 0 || !psReads[w[0]] && !psEdits[w[0]] {
		return nil, false, false
	}
	for i, a := range w[1:] {
		if !strings.HasPrefix(a, "-") && (i > 0 || w[0] != "select-string") {
			paths = append(paths, a)
		}
	}
	return paths, psReads[w[0]], psEdits[w[0]]
}

// cmdletObstacle says why no rule approves a line: where it goes to another folder, nothing else may stand in it.
func (s *subject) cmdletObstacle() string {
	if len(s.parts) > 1 && slices.ContainsFunc(s.parts, func(p part) bool { return psMoves[p.words[0]] }) {
		return "a change of folder and another command cannot be approved"
	}
	return ""
}

// cmdletAllowed is partAllowed for PowerShell.
func (s *subject) cmdletAllowed(p *part, pol *Compiled) (int, bool) {
	name, at := p.words[0], s.named(p, pol.allow)
	open := s.quietPaths(p, pol, psEdits[name])
	switch {
	case psEdits[name] && pol.accepts() && psAcceptable[name] && open:
		return -1, true
	case psEdits[name], psCode[name]:
		if at >= 0 && open {
			s.unknown = "not every way is known in which the client approves of this command"
		}
		return -1, false
	case psReads[name] && !open:
		return -1, false
	case at >= 0:
		return at, true
	}
	return -1, s.quietCmdlet(p.words)
}

// quietCmdlet reports a command that runs without any rule.
func (s *subject) quietCmdlet(w []string) bool {
	switch w[0] {
	case "git":
		return quietGit(w[1:])
	case "docker":
		return len(w) > 1 && w[1] == "ps"
	case "hostname":
		return len(w) == 1
	}
	if !psReads[w[0]] && !psQuiet[w[0]] {
		return false
	}
	for _, a := range w[1:] {
		if strings.HasPrefix(a, "-") && !psParameters[a] || psQuiet[w[0]] && (strings.HasPrefix(a, "/") || strings.Contains(a, "..")) {
			s.unknown = "not every argument of " + w[0] + " is known"
			return false
		}
	}
	return true
}
