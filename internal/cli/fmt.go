package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/layout"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

// fmtOptions are the flags of fmt as they were given.
type fmtOptions struct {
	place
	check, diff bool
	output      string
}

// fmtCommand describes fmt. It takes the names of files too, so that an editor or a hook can hand it what was changed.
func (a *app) fmtCommand() *cobra.Command {
	var o fmtOptions
	cmd := &cobra.Command{
		Use:   "fmt [FILE|FOLDER]...",
		Short: "Give policy files one layout",
		Long: `fmt indents by two blanks, puts sections and fields into the order of the documentation, and uses double quotes where single ones are
not needed. Comments, blank lines between parts, anchors, lists and the order of native settings stay. It never changes what a
policy means, and compares before and after to be sure. Files that policies ship, such as scripts, are left alone.

Without an argument it formats the whole policy folder; - reads standard input and writes to standard output. A file that does
not parse is not touched, and is an error with its place. The exit code is 1 then, and with --check when a file would change.`,
		Example: `  policygen fmt
  policygen fmt --check --diff
  policygen fmt policies/groups/payments.yaml
  policygen fmt - < draft.yaml`,
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE:              action(func(_ *cobra.Command, args []string) error { return a.format(o, args) }),
	}
	o.policiesFlag(cmd)
	cmd.Flags().BoolVar(&o.check, "check", false, "change nothing; exit 1 when a file would change")
	cmd.Flags().BoolVar(&o.diff, "diff", false, "change nothing; print what would change")
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// draft is one file as it is and as it should be.
type draft struct {
	dir, name string // folder, and slash-separated path below it
	shown     string
	old, text []byte
}

// format works out every file before it writes the first. Files that do not parse do not keep the others from being formatted.
func (a *app) format(o fmtOptions, args []string) error {
	if slices.Equal(args, []string{"-"}) {
		return a.formatStream()
	}
	drafts, err := a.drafts(o, args)
	if err != nil {
		return err
	}
	var list diag.List
	sources := map[string][]byte{}
	changed := []draft{}
	for _, d := range drafts {
		text, found := layout.Format(d.name, d.old)
		for _, problem := range found {
			problem.Pos.File = d.shown
			list = append(list, problem)
		}
		sources[d.shown] = d.old
		if !found.HasErrors() && !bytes.Equal(text, d.old) {
			d.text = text
			changed = append(changed, d)
		}
	}
	if !o.check && !o.diff {
		if err := write(changed); err != nil {
			return err
		}
	}
	if err := a.formatted(o, changed, len(drafts)); err != nil {
		return err
	}
	if err := (diag.Text{Out: a.env.Stderr, Source: func(name string) []byte { return sources[name] }, Color: a.env.StderrTerminal && a.color()}).Print(list.Sorted()); err != nil {
		return err
	}
	if list.HasErrors() || o.check && len(changed) > 0 {
		return findingsError{}
	}
	return nil
}

// formatStream formats standard input, as editors do with what is not saved yet.
func (a *app) formatStream() error {
	data, err := io.ReadAll(io.LimitReader(a.env.Stdin, source.MaxFile+1))
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	text, list := layout.Format("stdin.yaml", data)
	if list.HasErrors() {
		return errorsAfter(diag.Text{Out: a.env.Stderr, Source: func(string) []byte { return data }, Color: a.env.StderrTerminal && a.color()}.Print(list.Sorted()))
	}
	_, err = a.env.Stdout.Write(text)
	return err
}

// errorsAfter ends a command whose diagnostics are printed.
func errorsAfter(err error) error {
	if err != nil {
		return err
	}
	return findingsError{}
}

// drafts finds the files that arguments mean. Nothing is formatted when one of them cannot be used.
func (a *app) drafts(o fmtOptions, args []string) ([]draft, error) {
	if len(args) == 0 {
		policies, _, err := a.folders(o.place)
		if err != nil {
			return nil, err
		}
		args = []string{policies}
	}
	var all []draft
	for _, arg := range args {
		found, err := a.draftsOf(o, a.absolute(arg))
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			if !slices.ContainsFunc(all, func(other draft) bool { return other.shown == d.shown }) {
				all = append(all, d)
			}
		}
	}
	return all, nil
}

// draftsOf reads one file, or the policy files of a folder.
func (a *app) draftsOf(o fmtOptions, file string) ([]draft, error) {
	info, err := os.Lstat(file)
	hint := "name policy files or folders of them"
	switch {
	case err != nil:
		return nil, usageError{text: "there is no " + a.shown(file), hint: hint}
	case info.IsDir():
		return a.folderDrafts(o, file)
	case info.Mode()&os.ModeSymlink != 0:
		return nil, usageError{text: a.shown(file) + " is a symbolic link", hint: "name the file that it points to"}
	case !source.IsPolicyFile(file) || !info.Mode().IsRegular():
		return nil, usageError{text: a.shown(file) + " is not a policy file", hint: "policy files end in .yaml, .yml or .json"}
	case info.Size() > source.MaxFile:
		return nil, usageError{text: fmt.Sprintf("%s has more than %d bytes", a.shown(file), source.MaxFile), hint: "split it"}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read policy file: %w", err)
	}
	return []draft{{dir: filepath.Dir(file), name: filepath.Base(file), shown: filepath.ToSlash(a.shown(file)), old: data}}, nil
}

// folderDrafts reads the policy files of a folder. Whether a file is one, or is shipped by a policy, only the whole policy folder tells: a
// folder below it is read as part of it.
func (a *app) folderDrafts(o fmtOptions, dir string) ([]draft, error) {
	top, below := dir, ""
	if policies, _, err := a.folders(o.place); err == nil && within(policies, dir) {
		relative, err := filepath.Rel(policies, dir)
		if err != nil {
			return nil, fmt.Errorf("find policy files: %w", err)
		}
		top, below = policies, path.Clean(filepath.ToSlash(relative))+"/"
	}
	l, err := a.open(top)
	if err != nil {
		return nil, err
	}
	cat, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	set, _, err := policy.Load(l.tree, cat)
	if err != nil {
		return nil, err
	}
	var drafts []draft
	for _, f := range l.tree.Files() {
		root, _ := policy.Parse(f.Path, f.Data)
		counts := root == nil || slices.ContainsFunc(set.Files, func(known *policy.File) bool { return known.Path == f.Path })
		if !counts || below != "" && below != "./" && !strings.HasPrefix(f.Path, below) {
			continue
		}
		data, err := l.tree.Read(f.Path) // with the byte order mark that the tree leaves out
		if err != nil {
			return nil, fmt.Errorf("read policy file: %w", err)
		}
		drafts = append(drafts, draft{dir: top, name: f.Path, shown: l.prefix + f.Path, old: data})
	}
	return drafts, nil
}

// write puts the new texts in place, each in one step.
func write(drafts []draft) error {
	for _, d := range drafts {
		root, err := os.OpenRoot(d.dir)
		if err != nil {
			return fmt.Errorf("format: %w", err)
		}
		err = replace(root, filepath.FromSlash(d.name), d.text)
		root.Close()
		if err != nil {
			return fmt.Errorf("format: %w", err)
		}
	}
	return nil
}

// formatted says which files changed or would change.
func (a *app) formatted(o fmtOptions, changed []draft, all int) error {
	dry := o.check || o.diff
	if o.output == "json" {
		names := []string{}
		for _, d := range changed {
			names = append(names, d.shown)
		}
		return a.json(map[string]any{"format_version": 1, "files": all, "changed": names, "written": !dry})
	}
	for _, d := range changed {
		text := []byte(d.shown + "\n")
		if o.diff {
			text = diff.Diff(d.shown, d.old, d.shown, d.text)
		}
		if _, err := a.env.Stdout.Write(text); err != nil {
			return err
		}
	}
	return nil
}
