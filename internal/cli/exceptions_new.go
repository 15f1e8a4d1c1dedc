package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

// newOptions are the flags of exceptions new. The embedded draft holds those that become fields of the file.
type newOptions struct {
	place
	policy.Draft
	emergency, dry bool
	file           string
}

// exceptionsNewCommand describes exceptions new. One exception per file keeps pull requests from conflicting with each other.
func (a *app) exceptionsNewCommand() *cobra.Command {
	var o newOptions
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Write a new exception as a file of its own",
		Long: `new writes an exception as a file of its own below exceptions/ of the policy folder. It checks the exception together with
everything else first: nothing is written when the check fails, and no file is ever replaced.

Without --policy it asks for what the flags leave open, and reads one answer a line from standard input, so that answers can be piped
in. An --emergency begins now and lasts 24 hours, or until an earlier --expires.`,
		Example: `  policygen exceptions new
  policygen exceptions new --team payments --policy no-curl --reason "vendor import" --ticket SEC-12 --expires 2027-01-31
  policygen exceptions new --user bob@acme.com --policy no-curl --reason "incident 42" --emergency
  policygen exceptions new --team payments --policy approved-mcp-servers --value burp-mcp --expires 2027-01-31 --dry-run`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.newException(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	o.flags(a, cmd)
	return cmd
}

// flags adds the flags of a draft. File names are completed nowhere, since none of these takes one that exists.
func (o *newOptions) flags(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.Team, "team", "", "group that is exempt, with the groups below it")
	flags.StringVar(&o.User, "user", "", "person who is exempt, by e-mail address")
	flags.StringVar(&o.Project, "project", "", "repository, or glob over git remotes such as github.com/acme/*")
	flags.StringSliceVar(&o.ExemptFrom, "policy", nil, "policy that does not hold; may be given several times")
	flags.StringSliceVar(&o.Values, "value", nil, "limit the exception to this value; may be given several times")
	flags.StringVar(&o.Reason, "reason", "", "why it is needed")
	flags.StringVar(&o.Ticket, "ticket", "", "where it was discussed")
	flags.StringVar(&o.RequestedBy, "requested-by", "", "who asks for it")
	flags.StringVar(&o.ApprovedBy, "approved-by", "", "who agreed")
	flags.StringVar(&o.Starts, "starts", "", "when it begins (default: at once)")
	flags.StringVar(&o.Expires, "expires", "", "when it ends; a bare date is the end of that day")
	flags.BoolVar(&o.emergency, "emergency", false, "begin now, end after 24 hours at the latest")
	flags.StringVar(&o.file, "file", "", "name of the new file below the policy folder (default: exceptions/DATE-NAME.yaml)")
	flags.BoolVar(&o.dry, "dry-run", false, "check, print the file, and write nothing")
	_ = cmd.RegisterFlagCompletionFunc("team", a.completeTeams)
	_ = cmd.RegisterFlagCompletionFunc("policy", a.completePolicies)
	for _, name := range []string{"user", "project", "value", "reason", "ticket", "requested-by", "approved-by", "starts", "expires"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
}

// newException refuses to start from policies with errors: which of them the new file brought could not be told.
func (a *app) newException(o newOptions) error {
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	if list := buildList(l.list, false); list.HasErrors() {
		a.complain(fmt.Sprintf("%s has %s: an exception cannot be checked", l.prefix, counted(list.Count(diag.Error), "error")), "run `policygen check` and mend it first")
		return findingsError{}
	}
	if err := a.ask(&o, program.Set); err != nil {
		return err
	}
	if err := o.complete(at); err != nil {
		return err
	}
	comment := ""
	if o.emergency {
		comment = "Emergency: review it, and set reviewed_at."
	}
	text, err := o.YAML(comment)
	if err != nil {
		return err
	}
	return a.checkedException(l, o, at, text)
}

// ask fills what the flags left open, one answer a line. Answers that do not come are empty.
func (a *app) ask(o *newOptions, set *policy.Set) error {
	if len(o.ExemptFrom) > 0 || a.env.Stdin == nil {
		return nil
	}
	var known []string
	for _, p := range set.Policies {
		known = append(known, p.Name)
	}
	// Questions go to stderr, so that standard output holds nothing but what was written, or the file of a dry run.
	in := bufio.NewScanner(a.env.Stdin)
	var policies string
	for _, q := range []struct {
		text string
		into *string
	}{
		{"policies, with commas between them (" + strings.Join(known, ", ") + ")", &policies}, {"team (empty: none)", &o.Team}, {"user (empty: none)", &o.User},
		{"project (empty: any)", &o.Project}, {"reason", &o.Reason}, {"ticket", &o.Ticket}, {"requested by", &o.RequestedBy}, {"approved by", &o.ApprovedBy},
		{"expires, YYYY-MM-DD", &o.Expires},
	} {
		if *q.into != "" || o.emergency && q.into == &o.Expires {
			continue
		}
		fmt.Fprintln(a.env.Stderr, q.text+":")
		if !in.Scan() {
			break
		}
		*q.into = strings.TrimSpace(in.Text())
	}
	for name := range strings.SplitSeq(policies, ",") {
		if name = strings.TrimSpace(name); name != "" {
			o.ExemptFrom = append(o.ExemptFrom, name)
		}
	}
	return in.Err()
}

// complete checks what the command line can get wrong, and gives an emergency its times.
func (o *newOptions) complete(at time.Time) error {
	if len(o.ExemptFrom) == 0 {
		return usageError{text: "no policy is named", hint: "name it with --policy; `policygen coverage` lists them"}
	}
	if o.Team == "" && o.User == "" && o.Project == "" {
		return usageError{text: "the exception is for nobody", hint: "give --team, --user or --project"}
	}
	for _, date := range []struct{ flag, text string }{{"starts", o.Starts}, {"expires", o.Expires}} {
		if _, err := policy.ParseDate(date.text); date.text != "" && err != nil {
			return usageError{flag: date.flag, text: err.Error()}
		}
	}
	if name := o.name(at); !source.IsPolicyFile(name) || !filepath.IsLocal(name) {
		return usageError{flag: "file", text: fmt.Sprintf("%q is not the name of a policy file", name), hint: "end it in .yaml, below the policy folder"}
	}
	if !o.emergency {
		return nil
	}
	if o.Starts != "" {
		return usageError{flag: "starts", text: "an emergency begins now", hint: "leave it out, or leave out --emergency"}
	}
	o.Starts = at.Format(time.RFC3339)
	if o.Expires == "" {
		o.Expires = at.Add(emergencyTime).Format(time.RFC3339)
	}
	return nil
}

// notInNames is what a file name on every platform had better not hold; addresses and globs have plenty of it.
var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// maxSlug bounds the part of a file's name that says what the exception is.
const maxSlug = 60

// name returns the new file's path below the policy folder. The same exception on the same day has the same name.
func (o *newOptions) name(at time.Time) string {
	if o.file != "" {
		return path.Clean(filepath.ToSlash(o.file))
	}
	slug := notInNames.ReplaceAllString(strings.ToLower(o.ExemptFrom[0]+"-"+o.Team+"-"+o.User+"-"+o.Project), "-")
	return "exceptions/" + at.Format(time.DateOnly) + "-" + strings.Trim(slug[:min(len(slug), maxSlug)], "-") + ".yaml"
}

// checkedException checks the folder with the new file in it, and writes the file only when nothing becomes wrong by it.
func (a *app) checkedException(l *loaded, o newOptions, at time.Time, text []byte) error {
	name := o.name(at)
	if l.tree.Has(name) {
		return usageError{text: l.prefix + name + " is there already", hint: "name another file with --file"}
	}
	with := &loaded{tree: l.tree.With(name, text), prefix: l.prefix}
	program, found, err := compile.Check(with.tree, at)
	if err != nil {
		return err
	}
	fresh := addedTo(l.list, found)
	if fresh.HasErrors() {
		if err := a.text(a.env.Stderr, a.env.StderrTerminal, with, fresh); err != nil {
			return err
		}
		a.complain("nothing was written: with the exception the policies have "+counted(fresh.Count(diag.Error), "error"), "")
		return findingsError{}
	}
	if o.emergency {
		if err := bounded(program.Set, name, at); err != nil {
			return err
		}
	}
	if o.dry {
		_, err = a.env.Stdout.Write(text)
	} else {
		err = a.placeException(l, name, text)
	}
	return errors.Join(err, a.text(a.env.Stderr, a.env.StderrTerminal, with, fresh))
}

// addedTo returns the problems that were not there before. That the new exception ends soon is no news to whoever writes it.
func addedTo(before, after diag.List) diag.List {
	type problem struct {
		code    diag.Code
		pos     diag.Pos
		message string
	}
	known := map[problem]bool{}
	for _, d := range before {
		known[problem{d.Code, d.Pos, d.Message}] = true
	}
	return slices.DeleteFunc(after.Sorted(), func(d diag.Diagnostic) bool {
		return d.Severity == diag.Info || d.Ignored != nil || d.Code == diag.ExceptionSoon || known[problem{d.Code, d.Pos, d.Message}]
	})
}

// bounded refuses an emergency that lasts too long.
func bounded(set *policy.Set, name string, at time.Time) error {
	for _, e := range set.Exceptions {
		if e.Pos.File == name && e.Expires.Sub(at) > emergencyTime {
			return usageError{flag: "expires", text: fmt.Sprintf("an emergency lasts at most 24 hours, until %s", dateText(at.Add(emergencyTime))),
				hint: "leave it out, or leave out --emergency and let the exception be reviewed first"}
		}
	}
	return nil
}

// placeException writes the new file.
func (a *app) placeException(l *loaded, name string, text []byte) error {
	if err := createBelow(l.dir, name, text); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.env.Stdout, "wrote %s%s\n", l.prefix, name)
	return err
}

// createBelow writes a new file below a folder. The root keeps a link in the folder from leading outside of it, O_EXCL keeps a file that
// appeared since somebody looked, and what was half written is removed.
func createBelow(dir, name string, text []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write policy file: %w", err)
	}
	defer root.Close()
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write policy file: %w", err)
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write policy file: %w", err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write policy file: %w", errors.Join(err, root.Remove(name)))
	}
	return nil
}
