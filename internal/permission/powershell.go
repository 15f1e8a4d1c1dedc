package permission

import "strings"

// psAliases are the aliases of PowerShell that the client knows: it compares the
// full names, in rules and in calls (2.1.329). Others, such as curl, sort, sc
// and diff, are commands of their own to it.
var psAliases = map[string]string{
	"ac": "add-content", "clc": "clear-content", "cls": "clear-host", "clear": "clear-host", "cli": "clear-item", "copy": "copy-item", "cp": "copy-item",
	"cpi": "copy-item", "etsn": "enter-pssession", "exsn": "exit-pssession", "epal": "export-alias", "epcsv": "export-csv", "foreach": "foreach-object",
	"fl": "format-list", "ft": "format-table", "fw": "format-wide", "dir": "get-childitem", "gci": "get-childitem", "ls": "get-childitem",
	"gcm": "get-command", "gc": "get-content", "cat": "get-content", "type": "get-content", "man": "get-help", "help": "get-help", "h": "get-history",
	"history": "get-history", "gi": "get-item", "gp": "get-itemproperty", "gl": "get-location", "pwd": "get-location", "gmo": "get-module",
	"gps": "get-process", "ps": "get-process", "gsv": "get-service", "gv": "get-variable", "ipmo": "import-module", "icim": "invoke-cimmethod",
	"icm": "invoke-command", "iex": "invoke-expression", "ii": "invoke-item", "irm": "invoke-restmethod", "iwr": "invoke-webrequest",
	"iwmi": "invoke-wmimethod", "measure": "measure-object", "mi": "move-item", "move": "move-item", "mv": "move-item", "md": "new-item",
	"mkdir": "new-item", "ni": "new-item", "nsn": "new-pssession", "ogv": "out-gridview", "oh": "out-host", "popd": "pop-location",
	"pushd": "push-location", "del": "remove-item", "erase": "remove-item", "rd": "remove-item", "ri": "remove-item", "rm": "remove-item",
	"rmdir": "remove-item", "rp": "remove-itemproperty", "ren": "rename-item", "rni": "rename-item", "select": "select-object", "sls": "select-string",
	"si": "set-item", "sp": "set-itemproperty", "sl": "set-location", "cd": "set-location", "chdir": "set-location", "sv": "set-variable",
	"sajb": "start-job", "saps": "start-process", "start": "start-process", "sleep": "start-sleep", "kill": "stop-process", "spps": "stop-process",
	"tee": "tee-object", "where": "where-object", "echo": "write-output", "write": "write-output",
}

// fullName gives a command line in lower case, its first command under its
// full name.
func fullName(line string) string {
	line = strings.ToLower(line)
	end := strings.IndexAny(line, " :*\t")
	if end < 0 {
		end = len(line)
	}
	if to, ok := psAliases[line[:end]]; ok {
		return to + line[end:]
	}
	return line
}

// rename gives a simple command its full name.
func (s *simple) rename() {
	if len(s.words) == 0 || !strings.HasPrefix(s.text, s.words[0]) {
		return
	}
	to, ok := psAliases[s.words[0]]
	if !ok {
		return
	}
	longer := len(to) - len(s.words[0])
	s.text, s.words[0] = to+s.text[len(s.words[0]):], to
	for i := range s.spans {
		if i > 0 {
			s.spans[i][0] += longer
		}
		s.spans[i][1] += longer
	}
}

// foreign reports a PowerShell line that is more than plain commands with ;
// between. The client parses it with PowerShell itself, which cannot be done here.
func (s *subject) foreign() bool {
	return s.tool == "PowerShell" && (strings.ContainsAny(s.line.src, "&|") || !(&line{mem: &memory{}}).plain(s.line.src))
}
