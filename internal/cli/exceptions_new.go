package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

type newOptions struct {
	place
	policy.Draft
	emergency bool
	file      string
}

func (a *app) exceptionsNewCommand() *cobra.Command {
	var o newOptions
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Write a new exception as a file of its own",
		Long: `new writes a valid exception below exceptions/ of the policy folder and checks it together with everything else; nothing is written
when the check fails. Without flags it asks. An --emergency lasts at most 24 hours.`,
		Example: `  policygen exceptions new
  policygen exceptions new --team payments --policy no-curl --reason "vendor import" --ticket SEC-12 --expires 2027-01-31
  policygen exceptions new --user bob@acme.com --policy no-curl --reason "incident 42" --emergency`,
		Args: cobra.NoArgs,
		RunE: action(func(*cobra.Command, []string) error { return a.newException(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
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
	flags.StringVar(&o.Expires, "expires", "", "when it ends")
	flags.BoolVar(&o.emergency, "emergency", false, "end after 24 hours at the latest")
	flags.StringVar(&o.file, "file", "", "name of the new file below the policy folder (default: exceptions/DATE-NAME.yaml)")
	return cmd
}

func (a *app) newException(o newOptions) error {
	at, err := a.date(o.place)
	if err != nil {
		return err
	}
	policies, _, err := a.folders(o.place)
	if err != nil {
		return err
	}
	if err := a.ask(&o); err != nil {
		return err
	}
	if err := o.complete(at); err != nil {
		return err
	}
	comment := ""
	if o.emergency {
		comment = "Emergency: it ends after 24 hours. Review it and set reviewed_at."
	}
	text, err := o.YAML(comment)
	if err != nil {
		return err
	}
	return a.writeException(policies, o, at, text)
}

// ask fills what the flags left open, where somebody is there to answer.
func (a *app) ask(o *newOptions) error {
	if len(o.ExemptFrom) > 0 || a.env.Stdin == nil {
		return nil
	}
	in := bufio.NewScanner(a.env.Stdin)
	var policies string
	for _, q := range []struct {
		text string
		into *string
	}{
		{"policies, separated by commas", &policies}, {"team (empty: none)", &o.Team}, {"user (empty: none)", &o.User}, {"project (empty: any)", &o.Project},
		{"reason", &o.Reason}, {"ticket", &o.Ticket}, {"requested by", &o.RequestedBy}, {"approved by", &o.ApprovedBy}, {"expires (YYYY-MM-DD)", &o.Expires},
	} {
		if *q.into != "" {
			continue
		}
		fmt.Fprintf(a.env.Stderr, "%s: ", q.text)
		if !in.Scan() {
			return errors.Join(in.Err(), usageError{text: "no policy is named", hint: "name it with --policy"})
		}
		*q.into = strings.TrimSpace(in.Text())
	}
	for name := range strings.SplitSeq(policies, ",") {
		if name = strings.TrimSpace(name); name != "" {
			o.ExemptFrom = append(o.ExemptFrom, name)
		}
	}
	return nil
}

// complete checks what the command line can get wrong, and bounds an emergency.
func (o *newOptions) complete(at time.Time) error {
	if len(o.ExemptFrom) == 0 {
		return usageError{text: "no policy is named", hint: "name it with --policy"}
	}
	if o.Team == "" && o.User == "" && o.Project == "" {
		return usageError{text: "the exception is for nobody", hint: "give --team, --user or --project"}
	}
	if !o.emergency {
		return nil
	}
	if o.Expires != "" || o.Starts != "" {
		return usageError{text: "an emergency starts now and ends after 24 hours", hint: "leave out --starts and --expires"}
	}
	o.Starts, o.Expires = at.Format(time.RFC3339), at.Add(24*time.Hour).Format(time.RFC3339)
	return nil
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// name returns the new file's path below the policy folder.
func (o *newOptions) name(at time.Time) string {
	if o.file != "" {
		return path.Clean(filepath.ToSlash(o.file))
	}
	slug := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(o.ExemptFrom[0]+"-"+o.Team+"-"+o.User+"-"+o.Project), "-"), "-")
	return "exceptions/" + at.Format(time.DateOnly) + "-" + slug[:min(len(slug), 60)] + ".yaml"
}

// writeException checks the folder with the new file in it, and writes the file only when nothing is wrong with it.
func (a *app) writeException(policies string, o newOptions, at time.Time, text []byte) error {
	name := o.name(at)
	l, err := a.open(policies)
	if err != nil {
		return err
	}
	if !source.IsPolicyFile(name) || !filepath.IsLocal(name) {
		return usageError{text: fmt.Sprintf("%q is not a policy file's name", name), hint: "end it in .yaml, below the policy folder"}
	}
	if l.tree.Has(name) {
		return usageError{text: fmt.Sprintf("%s%s exists", l.prefix, name), hint: "name another file with --file"}
	}
	with := l.tree.With(name, text)
	_, found, err := compile.Check(with, at)
	if err != nil {
		return err
	}
	var wrong diag.List
	for _, d := range found.Sorted() {
		if d.Pos.File == name && d.Severity == diag.Error {
			wrong = append(wrong, d)
		}
	}
	if len(wrong) > 0 {
		l.tree = with
		if err := a.text(a.env.Stderr, a.env.StderrTerminal, l, wrong); err != nil {
			return err
		}
		a.complain("nothing was written: the exception would not hold", "")
		return findingsError{}
	}
	return a.placeException(policies, name, l.prefix, text)
}

func (a *app) placeException(policies, name, prefix string, text []byte) error {
	root, err := os.OpenRoot(policies)
	if err != nil {
		return fmt.Errorf("write exception: %w", err)
	}
	defer root.Close()
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write exception: %w", err)
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write exception: %w", err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write exception: %w", errors.Join(err, root.Remove(name)))
	}
	_, err = fmt.Fprintf(a.env.Stdout, "wrote %s%s\n", prefix, name)
	return err
}
