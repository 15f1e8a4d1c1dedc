package live

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/permission/corpus"
)

// parserEnv makes this program a PowerShell; its value are the arguments.
const parserEnv = "POLICYGEN_CORPUS_POWERSHELL"

// The client has PowerShell itself parse a line, and decides about what that says. A PowerShell
// is not at hand here, so this one stands in: it parses lines of plain commands, whose parse is
// beyond doubt, runs nothing, and refuses all other lines. The corpus has none of these.

// servePowerShell answers one start of PowerShell.
func servePowerShell(args string, in io.Reader, out io.Writer) int {
	_, script, _ := strings.Cut(args, "-EncodedCommand ")
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(script))
	if err != nil || !strings.Contains(strings.ReplaceAll(string(decoded), "\x00", ""), "ParseInput") {
		return 0 // a command to run
	}
	encoded, err := io.ReadAll(in)
	if err != nil {
		return 1
	}
	line, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(encoded)))
	if err != nil {
		return 1
	}
	answer, err := json.Marshal(parsed(string(line)))
	if err != nil {
		return 1
	}
	if _, err := io.WriteString(out, base64.StdEncoding.EncodeToString(answer)); err != nil {
		return 1
	}
	return 0
}

// ast is a node of what the client's script prints about a line.
type ast = map[string]any

// plainCmdlets are lines that need no PowerShell to be read.
var plainCmdlets = regexp.MustCompile(`^[A-Za-z0-9_./:= ;|-]+$`)

// parsed is the parse of a line of plain commands.
func parsed(line string) ast {
	out := ast{"valid": true, "errors": []ast{}, "statements": []ast{}, "variables": []ast{}, "hasStopParsing": false, "hasStopParsingValue": false, "originalCommand": line,
		"typeLiterals": []string{}, "hasUsingStatements": false, "hasScriptRequirements": false, "hasBackgroundJob": false}
	if !plainCmdlets.MatchString(line) {
		out["valid"], out["errors"] = false, []ast{{"message": "this parser reads plain commands only", "errorId": "Plain"}}
		return out
	}
	var statements []ast
	for statement := range strings.SplitSeq(line, ";") {
		if statement = strings.TrimSpace(statement); statement == "" {
			continue
		}
		var commands []ast
		for command := range strings.SplitSeq(statement, "|") {
			command = strings.TrimSpace(command)
			commands = append(commands, ast{"type": "CommandAst", "text": command, "commandElements": elements(command), "redirections": []ast{}})
		}
		statements = append(statements, ast{"type": "PipelineAst", "text": statement, "elements": commands})
	}
	out["statements"] = statements
	return out
}

// elements are the words of a command, of which the first is a name.
func elements(command string) []ast {
	var list []ast
	for i, word := range strings.Fields(command) {
		switch {
		case i > 0 && len(word) > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9'):
			list = append(list, ast{"type": "CommandParameterAst", "text": word})
		case i > 0 && strings.Trim(word, "-.0123456789") == "":
			list = append(list, ast{"type": "ConstantExpressionAst", "text": word})
		default:
			list = append(list, ast{"type": "StringConstantExpressionAst", "text": word, "value": word})
		}
	}
	return list
}

// powerShell puts the stand-in into a folder and returns what turns the tool on, where the group needs it.
func (w world) powerShell(g corpus.Group, self string) ([]string, error) {
	needed := false
	for _, c := range g.Calls {
		needed = needed || c.Tool == "PowerShell"
	}
	if !needed {
		return nil, nil
	}
	program := "#!/bin/sh\n" + parserEnv + "=\"$*\" exec '" + self + "'\n"
	return []string{"CLAUDE_CODE_USE_POWERSHELL_TOOL=1", "PATH=" + filepath.Join(w.root, "pwsh") + ":/usr/local/bin:/usr/bin:/bin"}, writeFile(filepath.Join(w.root, "pwsh", "pwsh"), program, 0o755)
}
