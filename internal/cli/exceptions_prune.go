package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/policy"
)

type pruneOptions struct {
	place
	dry bool
}

func (a *app) exceptionsPruneCommand() *cobra.Command {
	var o pruneOptions
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove expired exceptions from the policy files",
		Long: `prune removes the exceptions that have expired at the date and says what holds again for whom. Everything else in the files stays as
it is, comments included; a file that held nothing else is deleted.`,
		Example: "  policygen exceptions prune --dry-run\n  policygen exceptions prune",
		Args:    cobra.NoArgs,
		RunE:    action(func(*cobra.Command, []string) error { return a.pruneExceptions(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "only say what would be removed")
	return cmd
}

func (a *app) pruneExceptions(o pruneOptions) error {
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	policies, _, err := a.folders(o.place)
	if err != nil {
		return err
	}
	expired := map[string][]int32{}
	for _, e := range program.Set.Exceptions {
		if exceptionState(program.Set, e, at) == "expired" {
			expired[e.Pos.File] = append(expired[e.Pos.File], e.Pos.Line)
			if err := a.tightens(e, l.prefix); err != nil {
				return err
			}
		}
	}
	if len(expired) == 0 {
		_, err := fmt.Fprintln(a.env.Stdout, "no exception has expired")
		return err
	}
	if o.dry {
		return nil
	}
	return prune(policies, l, expired)
}

// tightens says what the end of an exception means.
func (a *app) tightens(e *policy.Exception, prefix string) error {
	row := exceptionRow{Team: e.Team, User: e.User, Project: e.Project}
	_, err := fmt.Fprintf(a.env.Stdout, "%s%s:%d: %s holds again for %s, since %s\n", prefix, e.Pos.File, e.Pos.Line, strings.Join(e.Policies, ", "), row.who(),
		e.Expires.Format(time.DateOnly))
	return err
}

// prune rewrites the files. All new contents are made before the first is written.
func prune(dir string, l *loaded, expired map[string][]int32) error {
	var files []string
	contents := map[string][]byte{}
	for file, lines := range expired {
		text, err := policy.Prune(file, l.tree.Data(file), lines)
		if err != nil {
			return err
		}
		files = append(files, file)
		contents[file] = text
	}
	slices.Sort(files)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	defer root.Close()
	for _, file := range files {
		name := filepath.FromSlash(file)
		if contents[file] == nil {
			err = root.Remove(name)
		} else if err = root.WriteFile(name+".new", contents[file], 0o644); err == nil {
			err = root.Rename(name+".new", name)
		}
		if err != nil {
			return fmt.Errorf("prune: %w", err)
		}
	}
	return nil
}
