package client

import (
	"context"
	"errors"
	"regexp"
	"strings"
)

// Notice is one complaint of the client about a managed file.
type Notice struct {
	File  string // absolute path inside the isolation, such as /etc/claude-code/managed-settings.json
	Field string // such as "permissions.deny"; "" when the whole file is meant
	Text  string
}

// parseNotices reads the block that "claude -p" prints to standard error, one indented line per entry:
//
//	Managed settings contain invalid entries (remaining valid policies are still enforced):
//	  <file> (<field>): <text>
func parseNotices(stderr string) []Notice {
	entry := regexp.MustCompile(`^  (/.*?)(?: \(([^()]*)\))?: (.*)$`)
	var notices []Notice
	inside := false
	for line := range strings.Lines(stderr) {
		line = strings.TrimRight(line, "\r\n")
		switch match := entry.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "Managed settings contain invalid entries"):
			inside = true
		case inside && match != nil:
			notices = append(notices, Notice{File: match[1], Field: match[2], Text: match[3]})
		default:
			inside = false
		}
	}
	return notices
}

// Doctor runs "claude doctor" on tree and returns the entries of its "Invalid settings" section and its whole output.
// doctor says less than Effective does: claude 2.1.329 leaves coerced strings out here. It reports the personal and
// project files too. The error is a *RefusedError when the client would not start.
func (r *Runner) Doctor(ctx context.Context, tree string) (_ []Notice, _ string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	work, err := newWorkspace()
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	out, err := r.run(ctx, invocation{
		tree: tree, dir: work.project, layer: work.layer,
		env: work.env(), argv: []string{r.client.Bin, "doctor"},
	})
	if err != nil {
		return nil, "", err
	}
	text := string(out.stdout)
	if out.exit != 0 {
		return nil, text, &RefusedError{ExitCode: out.exit, Stderr: out.stderr + text}
	}
	return parseDoctor(text), text, nil
}

// parseDoctor reads the section "Invalid settings", which ends at an empty line:
//
//   - <file> › <field>: <text>
func parseDoctor(text string) []Notice {
	var notices []Notice
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		switch {
		case line == "Invalid settings":
			inside = true
		case line == "":
			inside = false
		case inside:
			notices = append(notices, parseDoctorLine(line, notices)...)
		}
	}
	return notices
}

// parseDoctorLine reads one entry. A line that does not begin one continues the text of the last.
func parseDoctorLine(line string, before []Notice) []Notice {
	rest, begins := strings.CutPrefix(line, "- ")
	if !begins {
		if len(before) > 0 {
			before[len(before)-1].Text += "\n" + strings.TrimSpace(line)
		}
		return nil
	}
	if file, entry, ok := strings.Cut(rest, " › "); ok {
		field, text, _ := strings.Cut(entry, ": ")
		return []Notice{{File: file, Field: field, Text: text}}
	}
	file, text, _ := strings.Cut(rest, ": ")
	return []Notice{{File: file, Text: text}}
}
