package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

// pruneOptions are the flags of exceptions prune as they were given.
type pruneOptions struct {
	place
	dry    bool
	output string
}

// exceptionsPruneCommand describes exceptions prune. It makes an edit for review, not a commit: what tightened belongs into its message.
func (a *app) exceptionsPruneCommand() *cobra.Command {
	var o pruneOptions
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove expired exceptions from the policy files",
		Long: `prune removes the exceptions that have expired at the date, and says what tightened when they ended: for each audience the settings
that came back (+) or went (-). The comment right above an exception goes with it. Everything else in the files stays as it is; a
file that held nothing else is deleted. An emergency that nobody has reviewed (24 hours or less, without reviewed_at) stays until somebody has.

The exit code is 0 whether or not there was something to remove, and 1 when an entry cannot be cut out by itself. Then no file
is changed.`,
		Example: "  policygen exceptions prune --dry-run\n  policygen exceptions prune\n  policygen exceptions prune --output json",
		Args:    noArguments,
		RunE:    action(func(*cobra.Command, []string) error { return a.pruneExceptions(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "only say what would be removed")
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// pruning is what there is to prune.
type pruning struct {
	FormatVersion int                   `json:"format_version"`
	At            string                `json:"at"`
	DryRun        bool                  `json:"dry_run"`
	Pruned        []exceptionRow        `json:"pruned"`
	Kept          []exceptionRow        `json:"kept"` // expired emergencies that nobody has reviewed
	Tightened     []tightening          `json:"tightened"`
	Files         []string              `json:"files"` // changed or deleted
	moments       []time.Time           // at which something pruned ended
	places        map[string][]diag.Pos // by file
	contents      map[string][]byte     // by file; nil for one to delete
}

// pruneExceptions cuts every file in memory before it writes the first, so that an entry which cannot be cut leaves all of them untouched.
func (a *app) pruneExceptions(o pruneOptions) error {
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	p := expired(program, at, l.prefix)
	p.DryRun = o.dry
	if err := p.cut(l); err != nil {
		a.complain(err.Error(), "no file was changed")
		return findingsError{}
	}
	if !o.dry {
		if err := p.write(l); err != nil {
			return err
		}
	}
	if o.output == "json" {
		return a.json(p)
	}
	_, err = fmt.Fprint(a.env.Stdout, p.text())
	return err
}

// expired collects what has expired at a date, and what its end meant.
func expired(program *compile.Program, at time.Time, prefix string) *pruning {
	p := &pruning{FormatVersion: 1, At: dateText(at), Pruned: []exceptionRow{}, Kept: []exceptionRow{}, Tightened: []tightening{}, Files: []string{},
		places: map[string][]diag.Pos{}, contents: map[string][]byte{}}
	for _, e := range program.Set.Exceptions {
		row := rowOf(program.Set, e, at, prefix)
		switch {
		case row.State != stateExpired:
		case row.ReviewDue:
			p.Kept = append(p.Kept, row)
		default:
			p.Pruned = append(p.Pruned, row)
			p.places[e.Pos.File] = append(p.places[e.Pos.File], e.Pos)
			p.moments = append(p.moments, e.Expires)
		}
	}
	if program.Resolved == nil {
		return p // wrong files cannot be compared
	}
	// Several exceptions may end at one moment; its settings are compared once.
	slices.SortFunc(p.moments, time.Time.Compare)
	for _, t := range slices.CompactFunc(p.moments, time.Time.Equal) {
		p.Tightened = append(p.Tightened, tightenings(program, t)...)
	}
	return p
}

// cut makes the new contents of every file.
func (p *pruning) cut(l *loaded) error {
	for _, file := range slices.Sorted(maps.Keys(p.places)) {
		text, err := policy.Prune(file, l.tree.Data(file), p.places[file])
		if err != nil {
			return err
		}
		p.contents[file] = text
		p.Files = append(p.Files, l.prefix+file)
	}
	return nil
}

// write puts the new contents in place, each file in one step.
func (p *pruning) write(l *loaded) error {
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	defer root.Close()
	for file, text := range p.contents {
		if err := replace(root, filepath.FromSlash(file), text); err != nil {
			return fmt.Errorf("prune: %w", err)
		}
	}
	return nil
}

// replace gives a file new contents in one step, or deletes it where there are none. What fails leaves the old file.
func replace(root *os.Root, name string, text []byte) error {
	if text == nil {
		return root.Remove(name)
	}
	mode := fs.FileMode(0o644)
	if info, err := root.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	fresh := name + ".new" // no policy file's name, so that nobody reads it half written
	err := root.WriteFile(fresh, text, mode)
	if err == nil {
		err = root.Chmod(fresh, mode) // writing leaves out what the umask takes away
	}
	if err == nil {
		err = root.Rename(fresh, name)
	}
	if err != nil {
		return errors.Join(err, ignoreGone(root.Remove(fresh)))
	}
	return nil
}

// ignoreGone drops the error of removing what is not there, which is the state that removing wants.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// text says what was removed, what that tightened, and what stays for review, in the order in which a reviewer asks.
func (p *pruning) text() string {
	var b strings.Builder
	for _, row := range p.Pruned {
		fmt.Fprintf(&b, "%s:%d: %s for %s ended %s\n", row.File, row.Line, row.from(), row.who(), row.Expires)
	}
	if len(p.Tightened) > 0 {
		b.WriteString("what tightened:\n")
	}
	for _, t := range p.Tightened {
		b.WriteString(strings.Join(t.lines(), "\n") + "\n")
	}
	for _, row := range p.Kept {
		fmt.Fprintf(&b, "%s:%d: kept: %s for %s was an emergency: review it and set reviewed_at\n", row.File, row.Line, row.from(), row.who())
	}
	switch {
	case len(p.Pruned) == 0:
		b.WriteString("nothing to remove\n")
	case p.DryRun:
		fmt.Fprintf(&b, "%s to remove from %s\n", counted(len(p.Pruned), "exception"), strings.Join(p.Files, ", "))
	default:
		fmt.Fprintf(&b, "removed %s from %s\n", counted(len(p.Pruned), "exception"), strings.Join(p.Files, ", "))
	}
	return b.String()
}
