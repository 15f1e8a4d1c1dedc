package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

// loaded is a policy folder and what was said of it so far.
type loaded struct {
	tree   *source.Tree
	list   diag.List
	prefix string // of file names in messages
	dir    string // absolute path of the folder
}

// outputFlag adds --output with the formats of a command.
func outputFlag(cmd *cobra.Command, into *string, formats ...string) {
	cmd.Flags().StringVarP(into, "output", "o", formats[0], "output format: "+either(formats))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	inner := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		for _, f := range formats {
			if *into == f {
				if inner != nil {
					return inner(cmd, args)
				}
				return nil
			}
		}
		return usageError{flag: "output", text: fmt.Sprintf("must be %s, not %q", either(formats), *into)}
	}
}

// compiled checks a folder at a date and adds what is found.
func (l *loaded) compiled(a *app, p place) (*compile.Program, error) {
	at, err := a.date(p)
	if err != nil {
		return nil, err
	}
	if p.client != "" && !policy.IsVersion(p.client) {
		return nil, usageError{flag: "client-version", text: fmt.Sprintf("%q is not a version", p.client), hint: "write one such as " + catalog.OldestSeen}
	}
	program, found, err := compile.CheckFor(l.tree, at, p.client)
	if err != nil {
		return nil, err
	}
	l.list = append(l.list, found...)
	return program, nil
}

// text prints diagnostics for people.
func (a *app) text(w io.Writer, terminal bool, l *loaded, list diag.List) error {
	out := diag.Text{Out: w, Source: l.tree.Text, Prefix: l.prefix, Color: terminal && a.color()}
	if terminal {
		out.Width = a.env.Columns
	}
	return out.Print(list)
}

// json prints a document for machines.
func (a *app) json(document any) error {
	text, err := indented(document)
	if err == nil {
		_, err = a.env.Stdout.Write(text)
	}
	return err
}

// color reports whether colour is wanted where it is possible (https://no-color.org).
func (a *app) color() bool { return a.env.Getenv("NO_COLOR") == "" && a.env.Getenv("TERM") != "dumb" }

// counted returns "1 error" or "2 errors".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
