package cli

import (
	"context"
	"errors"
	"fmt"
	"net/mail"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/diff/report"
	"github.com/policygen/policygen/internal/source"
)

// rollbackOptions are the flags of rollback as they were given.
type rollbackOptions struct {
	place
	message, author, output string
	dry                     bool
}

// rollbackCommand describes rollback, which people run when a release has gone
// wrong.
func (a *app) rollbackCommand() *cobra.Command {
	var o rollbackOptions
	cmd := &cobra.Command{
		Use:   "rollback REVISION|VERSION|ARCHIVE",
		Short: "Make the commit that restores the policies of an earlier release",
		Long: `rollback shows what restoring the policy folder of an earlier release changes, as policygen diff does, and makes the commit that does it.
The release is named by a git revision, best its tag; by its version, whose tag may begin with v; or by its archive or the folder that it
was unpacked to, whose policies are then looked for in all commits. An output folder that is committed is built anew, as it was built
before, in the same commit. Nothing else is touched, and nothing is pushed.

It restores what was written, not what held: an exception that has ended since stays ended. Policies that have errors today are not restored.
The folder must have no changes that are not committed, and the index must be empty. Hooks of git do not run.`,
		Example: `  policygen rollback --dry-run v2026.11.2
  policygen rollback v2026.11.2
  policygen rollback dist/acme-claude-policy-2026.11.2.tar.gz
  policygen rollback --message "incident 42: back to v2026.11.2" v2026.11.2`,
		Args:              someRevision,
		ValidArgsFunction: completeRevisions,
		RunE:              action(func(cmd *cobra.Command, args []string) error { return a.rollback(cmd.Context(), o, args[0]) }),
	}
	o.policiesFlag(cmd)
	o.outFlag(cmd)
	o.atFlag(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.message, "message", "m", "", "message of the commit (default: policies: restore those of REVISION)")
	f.StringVar(&o.author, "author", "", "who commits, such as \"Ann <ann@acme.com>\" (default: as git is configured)")
	f.BoolVar(&o.dry, "dry-run", false, "show what would change, and commit nothing")
	for _, name := range []string{"message", "author"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// someRevision wants exactly one argument.
func someRevision(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return usageError{text: fmt.Sprintf("rollback takes one revision or release, not %d arguments", len(args)), hint: see(cmd)}
}

// rollback compares first, so that the diff is that of the commit, and a
// revision that cannot be compiled is never restored.
func (a *app) rollback(ctx context.Context, o rollbackOptions, arg string) error {
	by, err := a.signer(o)
	if err != nil {
		return err
	}
	policies, _, err := a.folders(o.place)
	if err != nil {
		return err
	}
	to, err := a.rollbackTo(policies, arg)
	if err != nil {
		return err
	}
	compare := diffOptions{place: o.place, output: o.output}
	base, head, err := a.diffSides(compare, []string{"HEAD", to.rev})
	if err != nil {
		return err
	}
	if head.name = to.name; head.empty() {
		return usageError{text: fmt.Sprintf("%s has no policies", arg), hint: "name the tag or commit of a release"}
	}
	wrong, err := a.toldSides(head)
	if err != nil {
		return err
	}
	if wrong || head.side == nil {
		fmt.Fprintf(a.env.Stderr, "policygen: nothing was restored: mend the policies by hand\n")
		return findingsError{}
	}
	r := report.Report{Base: base.shown(), Head: head.shown()}
	if base.side != nil { // what has errors now cannot be compared, and is the best reason to go back
		if r, err = a.compared(compare, base, head, nil); err != nil {
			return err
		}
	}
	done := rolledBack{to: to, report: r}
	if done.built, err = a.committedOut(o); err != nil {
		return err
	}
	if !o.dry {
		if done.hash, err = a.restore(ctx, o, done, head, by); err != nil {
			return err
		}
	}
	return a.rolledBack(o, done)
}

// rolledBack is what was done, or would be.
type rolledBack struct {
	to     target
	built  *committed // nil where nothing is built in the same commit
	hash   string     // of the commit, "" where there is none
	report report.Report
}

// signer reads --author.
func (a *app) signer(o rollbackOptions) (source.Signer, error) {
	by := source.Signer{When: a.env.Now()}
	if o.author == "" {
		return by, nil
	}
	address, err := mail.ParseAddress(o.author)
	if err != nil || address.Name == "" {
		return by, usageError{flag: "author", text: fmt.Sprintf("%q is not of the form Name <address>", o.author)}
	}
	by.Name, by.Email = address.Name, address.Address
	return by, nil
}

// restore makes the commit.
func (a *app) restore(ctx context.Context, o rollbackOptions, done rolledBack, head *diffSide, by source.Signer) (string, error) {
	policies, _, err := a.folders(o.place)
	if err != nil {
		return "", err
	}
	top, folder, err := source.InRepository(policies)
	if err != nil {
		return "", a.revisionUsage(err)
	}
	at, err := a.date(o.place)
	if err != nil {
		return "", err
	}
	if o.message == "" {
		o.message = "policies: restore those of " + done.to.name
	}
	r := source.Restoration{Top: top, Rev: done.to.rev, Folder: folder, Message: o.message + "\n", By: by}
	if done.built != nil {
		r.Also, r.Rebuild = done.built.folder, func() error { return done.built.rebuild(ctx, head, at) }
	}
	hash, err := source.Restore(r)
	if errors.Is(err, source.ErrNotClean) {
		fmt.Fprintln(a.env.Stderr, "policygen: nothing was restored")
	}
	return hash, a.revisionUsage(err)
}

// rolledBack prints the diff, and what to do next.
func (a *app) rolledBack(o rollbackOptions, done rolledBack) error {
	summary, changes := releaseChanges(done.report)
	built := ""
	if done.built != nil {
		built = done.built.shown
	}
	if o.output == jsonFormat {
		return a.json(map[string]any{"format_version": 1, "revision": done.to.rev, "name": done.to.name, "commit": done.hash, "built": built, "dry_run": o.dry,
			"summary": summary, "changes": changes})
	}
	if err := report.Text(a.env.Stdout, done.report, a.env.StdoutTerminal && a.color()); err != nil {
		return err
	}
	_, err := fmt.Fprint(a.env.Stdout, done.said(o.dry, built))
	return err
}

// said returns what was done and what comes next.
func (done rolledBack) said(dry bool, built string) string {
	name := done.to.name
	switch {
	case dry && built != "":
		return fmt.Sprintf("nothing was committed; %s would be built anew in the same commit\n", built)
	case dry:
		return "nothing was committed\n"
	case done.hash == "":
		return fmt.Sprintf("the policies are those of %s already: nothing was committed\n", name)
	case built != "":
		return fmt.Sprintf("committed %.10s: the policies are those of %s, and %s is built from them\nrelease them: `policygen release`\n", done.hash, name, built)
	}
	return fmt.Sprintf("committed %.10s: the policies are those of %s\nbuild and release them: `policygen build`, `policygen release`\n", done.hash, name)
}
