package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/policy"
)

// explainOptions are the flags of explain as they were given.
type explainOptions struct {
	whom
	output string
	brief  bool // say in one line that the policies have errors, rather than list them and fail
}

// explainCommand describes explain, whose one argument may be a code or a path: the two cannot be confused, since codes hold hyphens and
// no settings key does.
func (a *app) explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [CODE | PATH]",
		Short: "Explain a diagnostic code, a settings key, or where a group's settings come from",
		Long: `explain CODE prints the page of a diagnostic code, or the row of a check of diff; without arguments it lists the codes.

explain PATH prints what a settings key means. With --group, or where a policy folder is at hand, it shows the key's value for that
group: every entry with the file and line that set it, and what it overrode. --group without a path shows all settings.`,
		Example: `  policygen explain overlay-loosens
  policygen explain permissions.deny
  policygen explain --group payments permissions.deny
  policygen explain --group payments --platform macos sandbox --output json`,
		Args:              atMostOne,
		ValidArgsFunction: a.completeExplain,
		RunE:              action(func(_ *cobra.Command, args []string) error { return a.explain(o, args) }),
	}
	a.whomFlags(cmd, &o.whom, "", "the group whose settings to show", a.completeGroups)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// serversSubject is the one subject of explain that is not a settings key: the servers of managed-mcp.json.
const serversSubject = "mcp_servers"

// explain tries the meanings of its argument from the exact to the vague. A code needs no policy folder; a key is explained everywhere, and
// where a folder is at hand with the value that it has there.
func (a *app) explain(o explainOptions, args []string) error {
	subject := strings.Join(args, "")
	if entry, found := diag.Find(subject); found {
		return a.explainCode(entry, o.output)
	}
	if check, found := diff.Find(subject); found {
		return a.explainCheck(check, o.output)
	}
	if subject == "" && o.group == "" {
		return a.listCodes(o.output)
	}
	cat, err := catalog.Load()
	if err != nil {
		return err
	}
	row, found := cat.Lookup(subject)
	servers := subject == serversSubject || strings.HasPrefix(subject, serversSubject+".")
	switch {
	case found && o.output == "json" && o.group == "":
		return a.keyJSON(row)
	case found && o.output == "text":
		if err := a.explainKey(row); err != nil {
			return err
		}
	}
	if o.group != "" {
		return a.explainGroup(o, subject, found || servers || subject == "", cat)
	}
	o.group = policy.DefaultGroup
	switch {
	case servers:
		return a.explainGroup(o, subject, true, cat)
	case found:
		return a.hereToo(o, subject, cat)
	}
	return unknownSubject(subject, cat)
}

// unknownSubject is a subject that is neither a code nor a key.
func unknownSubject(subject string, cat *catalog.Catalog) error {
	err := usageError{text: fmt.Sprintf("%q is neither a diagnostic code nor a settings key", subject)}
	err.hint = meant(similarSubjects(subject, cat), "`policygen explain` lists the codes, `policygen schema settings` the keys")
	return err
}

// explainCode prints the page of a code, the same text that the documentation has.
func (a *app) explainCode(e diag.Entry, output string) error {
	if output == "json" {
		return a.json(map[string]any{"format_version": 1, "code": e.Code, "severity": e.Severity, "title": e.Title, "page": e.Page})
	}
	_, err := fmt.Fprintf(a.env.Stdout, "%s (%s): %s\n\n%s\n", e.Code, e.Severity, e.Title, e.Page)
	return err
}

// explainCheck prints the row of a check of diff.
func (a *app) explainCheck(e diff.Entry, output string) error {
	if output == "json" {
		return a.json(map[string]any{"format_version": 1, "check": e.Check, "doc": e.Doc})
	}
	_, err := fmt.Fprintf(a.env.Stdout, "%s: %s\n", e.Check, e.Doc)
	return err
}

// listCodes prints all codes with their severity as it is before --strict or governance changes it.
func (a *app) listCodes(output string) error {
	if output == "json" {
		codes := []map[string]any{}
		for _, e := range diag.Entries() {
			codes = append(codes, map[string]any{"code": e.Code, "severity": e.Severity, "title": e.Title})
		}
		text, err := indented(map[string]any{"format_version": 1, "codes": codes})
		if err == nil {
			_, err = a.env.Stdout.Write(text)
		}
		return err
	}
	for _, e := range diag.Entries() {
		if _, err := fmt.Fprintf(a.env.Stdout, "%-22s %-8s %s\n", e.Code, e.Severity, e.Title); err != nil {
			return err
		}
	}
	return nil
}

// keyJSON prints a key's row for machines.
func (a *app) keyJSON(row *catalog.Row) error {
	text, err := indented(map[string]any{"format_version": 1, "key": row.Key, "doc": row.Doc, "types": row.Types, "values": append([]string{}, row.Enum...),
		"merge": row.Merge, "strictness": row.Strictness, "scope": row.Scope, "since": sinceText(row), "invalid": catalog.Consequence(row)})
	if err == nil {
		_, err = a.env.Stdout.Write(text)
	}
	return err
}

// explainKey prints a key's row in words.
func (a *app) explainKey(row *catalog.Row) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", row.Key, row.Doc)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", name, text)
		}
	}
	line("type", strings.Join(row.Types, " or "))
	line("values", strings.Join(row.Enum, ", "))
	line("merge", string(row.Merge)+noted(row.MergeNote))
	line("overlays", strictnessText(row))
	line("since", sinceText(row))
	line("scope", string(row.Scope))
	line("invalid", catalog.Consequence(row))
	_, err := fmt.Fprint(a.env.Stdout, b.String())
	return err
}

// noted sets a remark apart from the value it is about; no remark leaves no brackets.
func noted(note string) string {
	if note == "" {
		return ""
	}
	return " (" + note + ")"
}

// strictnessText says what an overlay may do with a key. The first case that holds wins: a key that may be overridden by default is free
// whatever else its row says.
func strictnessText(row *catalog.Row) string {
	switch {
	case row.OverridableByDefault || row.Strictness == catalog.Free:
		return "may change it"
	case row.Strictness == catalog.Additive:
		return "may add entries, which is stricter"
	case row.Strictness == catalog.Locked:
		return "may add, but not change what an ancestor set"
	case row.Stricter == catalog.StricterFewer:
		return "may only remove entries (narrow)"
	case row.Stricter == catalog.StricterValues:
		return "may only move towards the end of " + strings.Join(row.LooseToStrict, ", ")
	}
	return "may only make it stricter: " + string(row.Stricter)
}

// sinceText says how well a key's first version is known. Records begin with 2.1.240; a key that was there then may be older, and one seen
// first in 2.1.329 may have come with any version in between.
func sinceText(row *catalog.Row) string {
	switch row.SinceBasis {
	case catalog.SinceBefore:
		return "2.1.240 or earlier"
	case catalog.SinceFirstSeen:
		return "first seen in 2.1.329"
	}
	return row.Since
}

// hereToo shows the organization's own value where a policy folder is at hand. Policies with errors are no reason to fail: the question was
// what the key means, and that is answered.
func (a *app) hereToo(o explainOptions, subject string, cat *catalog.Catalog) error {
	_, _, err := a.folders(o.place)
	var none usageError
	if errors.As(err, &none) {
		return nil
	}
	o.brief = true
	return a.explainGroup(o, subject, true, cat)
}
