package permission

import "strings"

// psAliases are the names that PowerShell itself gives to its commands. The
// client compares the full names, in rules and in calls (2.1.329). Those of
// curl and wget it leaves alone, as newer versions of PowerShell do.
var psAliases = map[string]string{
	"rm": "remove-item", "del": "remove-item", "erase": "remove-item", "rd": "remove-item", "ri": "remove-item", "rmdir": "remove-item",
	"ls": "get-childitem", "dir": "get-childitem", "gci": "get-childitem", "cat": "get-content", "gc": "get-content", "type": "get-content",
	"cp": "copy-item", "copy": "copy-item", "cpi": "copy-item", "mv": "move-item", "move": "move-item", "mi": "move-item",
	"ren": "rename-item", "rni": "rename-item", "ni": "new-item", "md": "mkdir", "sc": "set-content", "ac": "add-content",
	"iwr": "invoke-webrequest", "irm": "invoke-restmethod", "iex": "invoke-expression",
	"echo": "write-output", "write": "write-output", "cd": "set-location", "sl": "set-location", "chdir": "set-location", "pwd": "get-location", "gl": "get-location",
	"ps": "get-process", "gps": "get-process", "kill": "stop-process", "spps": "stop-process", "start": "start-process", "saps": "start-process",
	"icm": "invoke-command", "sls": "select-string", "cls": "clear-host", "clear": "clear-host", "gal": "get-alias", "gcm": "get-command", "sal": "set-alias",
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
