package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/scaffold"
)

// initOptions are the arguments of init as they were given.
type initOptions struct {
	starterOptions
	dir, organization, output string
}

// initCommand asks no questions: a run in a script and one at a terminal do the same, and every answer can be edited afterwards.
func (a *app) initCommand() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Start a policy repository, or with --templates a team's own",
		Long: `init writes a small policy repository into DIR, by default the working directory: policies for two groups that check and build
at once, workflows that check pull requests and dates, CODEOWNERS, and what editors need to complete the keys.

With --templates it writes what a team's own repository starts with: project settings, a CLAUDE.md and a workflow that reviews pull requests.
What the policies refuse the team's group is left out and told.

It never replaces a file: when one of them exists already, it names it and writes nothing.`,
		Example: `  policygen init
  policygen init acme-policy --organization "Acme Corporation"
  policygen init acme-policy --output json   the files that were written, for machines
  policygen init --templates service --group payments --policies ../acme-policy/policies`,
		Args:              atMostOne,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			o.dir = "."
			if len(args) > 0 {
				o.dir = args[0]
			}
			if err := a.starterUsage(cmd, o.starterOptions); err != nil {
				return err
			}
			if o.kind != "" {
				return a.starter(o)
			}
			return a.init(o)
		}),
	}
	cmd.Flags().StringVar(&o.organization, "organization", "", "name of the organization (default: the folder's name)")
	_ = cmd.RegisterFlagCompletionFunc("organization", cobra.NoFileCompletions)
	a.starterFlags(cmd, &o.starterOptions)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// init writes a policy repository.
func (a *app) init(o initOptions) error {
	dir, err := a.initFolder(o.dir)
	if err != nil {
		return err
	}
	if o.organization = strings.TrimSpace(o.organization); o.organization == "" {
		o.organization = filepath.Base(dir)
	}
	files, err := a.newRepository(o.organization)
	if err != nil {
		return err
	}
	if err := a.place(dir, files); err != nil {
		return err
	}
	if o.output == "json" {
		return a.json(map[string]any{"format_version": 1, "dir": a.shown(dir), "organization": o.organization, "files": paths(files)})
	}
	_, err = fmt.Fprint(a.env.Stdout, a.initText(dir, o.organization, files))
	return err
}

// initFolder returns the folder to write into. It may itself be a link, since whoever typed it means what it points to. Links below it are
// refused.
func (a *app) initFolder(name string) (string, error) {
	if name == "" {
		return "", usageError{text: "DIR is empty", hint: "name a folder, or leave it out for the working directory"}
	}
	dir := a.absolute(name)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", usageError{text: fmt.Sprintf("%s is not a folder", a.shown(dir)), hint: "name a folder that is empty or does not exist yet"}
	}
	return dir, nil
}

// place looks before it writes, so that everything in the way is told at once and nothing is left half done.
func (a *app) place(dir string, files []scaffold.File) error {
	taken, err := scaffold.Taken(dir, files)
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		return usageError{
			text: fmt.Sprintf("nothing was written, because %s has already:\n  %s", a.shown(dir), strings.Join(taken, "\n  ")),
			hint: "move them away, or start in another folder: `policygen init DIR`",
		}
	}
	return scaffold.Write(dir, files)
}

// paths returns the files for machines: slash-separated and below the folder.
func paths(files []scaffold.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path
	}
	return names
}

// newRepository returns the files for an organization. A name that cannot be used is wrong usage.
func (a *app) newRepository(organization string) ([]scaffold.File, error) {
	if err := scaffold.CheckOrganization(organization); err != nil {
		return nil, usageError{text: err.Error(), hint: "give it with --organization NAME"}
	}
	schema, err := policySchema()
	if err != nil {
		return nil, err
	}
	return scaffold.Files(scaffold.Options{Organization: organization, Date: a.env.Now(), Version: "v" + compile.Version, Schema: schema})
}

// initText says what was written and what to do next.
func (a *app) initText(dir, organization string, files []scaffold.File) string {
	var b strings.Builder
	fmt.Fprintf(&b, "wrote %s for the organization %q into %s:\n", counted(len(files), "file"), organization, a.shown(dir))
	for _, f := range files {
		fmt.Fprintf(&b, "  %s\n", f.Path)
	}
	b.WriteString("next:\n")
	step := func(command, why string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("  %-24s %s", command, why), " ") + "\n")
	}
	if a.shown(dir) != "." {
		step("cd "+quoted(a.shown(dir)), "")
	}
	top := gitTop(dir)
	if top == "" {
		step("git init", "")
	}
	step("policygen check", "says everything that is wrong with policies/")
	step("policygen build", "writes the artifacts into out/")
	// out/ is committed, because a reviewer approves what machines will read, not only what people wrote.
	step("git add . && git commit", "out/ belongs to it: artifacts are reviewed too")
	b.WriteString("then replace @your-org/security in .github/CODEOWNERS by the team that approves exceptions\n")
	if top != "" && top != dir {
		fmt.Fprintf(&b, "note: %s is not the top of its git repository: move .github/ to %s, where GitHub looks for it\n", a.shown(dir), a.shown(top))
	}
	return b.String()
}

// quoted returns a path as a POSIX shell reads it back.
func quoted(path string) string {
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// gitTop returns the top folder of the git repository that holds dir, or "".
func gitTop(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		// In a worktree or a submodule .git is a file.
		if _, err := os.Stat(filepath.Join(dir, ".git")); !errors.Is(err, os.ErrNotExist) {
			return dir
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}
