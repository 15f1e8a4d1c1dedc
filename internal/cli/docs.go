package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/site"
)

// docsOptions are the flags of docs.
type docsOptions struct {
	place
	into, output string
}

// docsCommand describes docs.
func (a *app) docsCommand() *cobra.Command {
	var o docsOptions
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Write a web site that explains the policy to developers and auditors",
		Long: `docs writes a static web site: for each group the rules in words, why they exist and how to ask for an exception; all policies,
controls and exceptions; and a search. It loads nothing from elsewhere, so any web server or an archive can carry it.

The folder is replaced as a whole. One that holds anything else than an earlier site is refused.`,
		Example: `  policygen docs
  policygen docs --into public --at 2026-12-24`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.docs(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringVar(&o.into, "into", "site", "folder for the pages")
	_ = cmd.MarkFlagDirname("into")
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// docs refuses policies with errors: pages that are published must not be half true.
func (a *app) docs(o docsOptions) error {
	l, program, at, err := a.sound(o.place, textFormat, "docs")
	if err != nil {
		return err
	}
	into := a.absolute(o.into)
	if err := a.apart(l.dir, into); err != nil {
		return usageError{flag: "into", text: "the folder and the policy folder lie in each other", hint: "name a folder beside the policy folder"}
	}
	files, err := site.New(siteSource(program, at)).Pages()
	if err != nil {
		return err
	}
	if err := site.Write(into, files); err != nil {
		if errors.Is(err, site.ErrForeign) {
			return usageError{flag: "into", text: err.Error(), hint: "name an empty or new folder"}
		}
		return err
	}
	return a.docsWritten(o, files)
}

// docsWritten says what was written.
func (a *app) docsWritten(o docsOptions, files []site.File) error {
	if o.output == "json" {
		names := make([]string, len(files))
		for i, f := range files {
			names[i] = f.Path
		}
		return a.json(map[string]any{"format_version": 1, "dir": o.into, "files": names})
	}
	_, err := fmt.Fprintf(a.env.Stdout, "%s in %s; open %s/index.html\n", counted(len(files), "file"), o.into, o.into)
	return err
}

// siteSource gathers what the pages are made of.
func siteSource(program *compile.Program, at time.Time) site.Source {
	s := site.Source{Set: program.Set, Resolved: program.Resolved, At: at, Docs: func(path string) string {
		if row, ok := program.Catalog.Lookup(path); ok {
			return row.Doc
		}
		return ""
	}}
	for _, e := range program.Set.Exceptions {
		r := rowOf(program.Set, e, at, "")
		s.Exceptions = append(s.Exceptions, site.Exception{State: r.State, For: r.who(), From: r.from(), Starts: r.Starts, Expires: r.Expires,
			ApprovedBy: r.ApprovedBy, Ticket: r.Ticket, Reason: r.Reason, File: r.File, Line: r.Line, Policies: r.Policies, Team: r.Team, User: r.User})
	}
	return s
}
