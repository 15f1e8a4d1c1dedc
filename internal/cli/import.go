package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/source"
)

// importOptions are the flags of import as they were given.
type importOptions struct {
	group, organization, into, output string
	force                             bool
}

// importCommand describes import. Without --into it writes nothing, so that a first try costs nothing.
func (a *app) importCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE|FOLDER...",
		Short: "Turn existing managed settings into policy files",
		Long: `import reads what a machine has now and prints a policy file that builds the same. It takes managed-settings.json, folders of
drop-ins, managed-mcp.json, CLAUDE.md, property lists (XML and binary), configuration profiles (signed ones too), registry files and
Registry.pol, and knows them by their content; - reads standard input. A folder is read as the client reads it.

The file is compiled, and every setting compared with what was imported, before anything is printed. What cannot be kept, such as
keys that the client does not know, is listed with its place: at the top of the file and on stderr. Secrets are never written.

With --group it makes the overlay of a group: what the group has beyond the policies in --into. No file is replaced without --force.`,
		Example: `  policygen import /etc/claude-code > policies/organization.yaml
  policygen import managed-settings.json CLAUDE.md --organization "Acme Corporation" --into policies
  policygen import payments.mobileconfig --group payments --into policies
  policygen import ClaudeCode.reg --output json`,
		Args: someArguments,
		RunE: action(func(_ *cobra.Command, args []string) error { return a.importFiles(o, args) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.group, "group", "", "make the overlay of this group")
	flags.StringVar(&o.organization, "organization", "", "name of the organization (default: what the files say)")
	flags.StringVar(&o.into, "into", "", "policy folder to write into (default: print the file)")
	flags.BoolVar(&o.force, "force", false, "replace a file that is there")
	_ = cmd.MarkFlagDirname("into")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeTeams)
	_ = cmd.RegisterFlagCompletionFunc("organization", cobra.NoFileCompletions)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// someArguments refuses a command line without any.
func someArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return usageError{text: cmd.Name() + " takes at least one file", hint: see(cmd)}
}

// importFiles reads, joins, compiles and then writes.
func (a *app) importFiles(o importOptions, args []string) error {
	cat, err := catalog.Load()
	if err != nil {
		return err
	}
	pieces, err := a.pieces(args)
	if err != nil {
		return a.notImported(err)
	}
	joined, err := importer.Join(cat, pieces)
	if err != nil {
		return a.notImported(err)
	}
	base, options, err := a.importInto(o)
	if err != nil {
		return err
	}
	result, err := importer.Compile(cat, joined, options)
	if err != nil {
		return a.notImported(err)
	}
	if o.into != "" {
		if err := a.placeImport(o, base, result); err != nil {
			return err
		}
	}
	return a.imported(o, joined, result)
}

// notImported prints why a file cannot be imported. Errors of the machine go on as they are.
func (a *app) notImported(err error) error {
	var file *importer.Error
	var unproved *importer.Unproved
	switch {
	case errors.As(err, &file):
		a.complain(file.Error(), file.Hint)
		return findingsError{}
	case !errors.As(err, &unproved):
		return err
	}
	print := diag.Text{Out: a.env.Stderr, Source: func(string) []byte { return unproved.Text }, Color: a.env.StderrTerminal && a.color()}
	if err := print.Print(unproved.List); err != nil {
		return err
	}
	text := unproved.Error() + ": nothing was written"
	for _, d := range unproved.Differences {
		text += "\n  " + d
	}
	a.complain(text, "mend the file that was imported, or move what differs into a --group of its own")
	return findingsError{}
}

// pieces reads every file that the arguments mean.
func (a *app) pieces(args []string) ([]*importer.Piece, error) {
	var all []*importer.Piece
	for _, arg := range args {
		names := []string{arg}
		if info, err := os.Stat(a.absolute(arg)); arg != "-" && err == nil && info.IsDir() {
			var err error
			if names, err = a.managed(arg); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			data, err := a.readImport(name)
			if err != nil {
				return nil, err
			}
			p, err := importer.Read(filepath.ToSlash(name), data)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// readImport reads a file, or standard input.
func (a *app) readImport(name string) ([]byte, error) {
	if name == "-" {
		return limited(name, a.env.Stdin)
	}
	f, err := os.Open(a.absolute(name))
	if err != nil {
		return nil, &importer.Error{Place: name, Msg: "the file cannot be read", Hint: "look at its name and its permissions"}
	}
	defer f.Close()
	return limited(name, f)
}

// maxImport bounds a file: the client's limit for settings, twice as much for UTF-16, and what a profile or a signature puts around them.
const maxImport = 4 * source.MaxFile

// limited reads up to the bound.
func limited(name string, from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxImport {
		return nil, &importer.Error{Place: name, Msg: fmt.Sprintf("the file has more than %d bytes", maxImport), Hint: "claude reads no settings of that size"}
	}
	return data, nil
}

// managed lists the files of a folder that the client reads: those of its own folder with the drop-ins, or a folder of drop-ins.
func (a *app) managed(dir string) ([]string, error) {
	var names []string
	for _, name := range []string{"managed-settings.json", "managed-mcp.json", "CLAUDE.md"} {
		if info, err := os.Stat(a.absolute(filepath.Join(dir, name))); err == nil && info.Mode().IsRegular() {
			names = append(names, filepath.Join(dir, name))
		}
	}
	below := filepath.Join(dir, "managed-settings.d")
	if info, err := os.Stat(a.absolute(below)); err == nil && info.IsDir() {
		names = append(names, a.dropins(below)...)
	}
	if len(names) == 0 {
		names = a.dropins(dir)
	}
	if len(names) == 0 {
		return nil, &importer.Error{Place: dir, Msg: "no managed-settings.json, managed-mcp.json, CLAUDE.md or drop-in here", Hint: "name the files"}
	}
	return names, nil
}

// dropins lists the fragments of a folder. Names that the client passes over are passed over: hidden ones, and other endings than .json.
func (a *app) dropins(dir string) []string {
	entries, err := os.ReadDir(a.absolute(dir))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		info, err := os.Stat(a.absolute(filepath.Join(dir, e.Name())))
		if err == nil && info.Mode().IsRegular() && !strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), ".json") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names
}

// importInto settles where the new file goes and what it joins.
func (a *app) importInto(o importOptions) (*loaded, importer.Options, error) {
	options := importer.Options{Organization: o.organization, Group: o.group, File: "organization.yaml", At: a.env.Now().UTC()}
	if o.group != "" {
		options.File = "groups/" + o.group + ".yaml"
	}
	var l *loaded
	dir := a.absolute(o.into)
	if o.into != "" {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, options, usageError{flag: "into", text: fmt.Sprintf("%s is not a folder", a.shown(dir))}
		}
		if len(entries) > 0 {
			if l, err = a.open(dir); err != nil {
				return nil, options, err
			}
		}
	}
	if l != nil && l.tree.Has(options.File) {
		if !o.force {
			return nil, options, usageError{text: l.prefix + options.File + " is there already", hint: "replace it with --force, or name another --group or folder"}
		}
		l.tree = l.tree.Without(options.File)
	}
	switch {
	case o.group == "" && l != nil && len(l.tree.Files()) > 0:
		return nil, options, usageError{flag: "into", text: fmt.Sprintf("%s holds policies already", a.shown(dir)), hint: "make an overlay with --group NAME, or name another folder"}
	case o.group != "" && l == nil:
		return nil, options, usageError{flag: "group", text: "an overlay needs the policies that it joins", hint: "import the organization's own settings first, then name its policy folder with --into"}
	case o.group != "":
		options.Base = l.tree
	}
	return l, options, nil
}

// placeImport writes the new file, below the policy folder and nowhere else.
func (a *app) placeImport(o importOptions, l *loaded, r *importer.Result) error {
	dir := a.absolute(o.into)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write policy file: %w", err)
	}
	if l != nil && o.force {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return fmt.Errorf("write policy file: %w", err)
		}
		defer root.Close()
		if err := root.MkdirAll(path.Dir(r.File), 0o755); err != nil {
			return fmt.Errorf("write policy file: %w", err)
		}
		return replace(root, filepath.FromSlash(r.File), r.Text)
	}
	return createBelow(dir, r.File, r.Text)
}

// imported tells what came along and what did not.
func (a *app) imported(o importOptions, j *importer.Joined, r *importer.Result) error {
	if o.output == "json" {
		return a.importedJSON(o, j, r)
	}
	if o.into == "" {
		if _, err := a.env.Stdout.Write(r.Text); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.env.Stdout, "wrote %s: %s, built and compared\n", filepath.ToSlash(a.shown(filepath.Join(a.absolute(o.into), r.File))), counted(r.Leaves, "value"))
	}
	for _, p := range j.Pieces {
		for _, note := range p.Notes {
			fmt.Fprintf(a.env.Stderr, "policygen: note: %s: %s\n", p.File, note)
		}
	}
	for _, l := range r.Left {
		fmt.Fprintf(a.env.Stderr, "policygen: left out: %s\n", l)
	}
	return nil
}

// importedJSON is the report for machines. The file's text is in it where it was not written.
func (a *app) importedJSON(o importOptions, j *importer.Joined, r *importer.Result) error {
	type sourceRow struct {
		File  string   `json:"file"`
		Kind  string   `json:"kind"`
		Notes []string `json:"notes"`
	}
	type leftRow struct {
		Place  string `json:"place"`
		Path   string `json:"path"`
		Reason string `json:"reason"`
		Client string `json:"client,omitempty"`
	}
	sources, left := []sourceRow{}, []leftRow{}
	for _, p := range j.Pieces {
		sources = append(sources, sourceRow{p.File, p.Kind, append([]string{}, p.Notes...)})
	}
	for _, l := range r.Left {
		left = append(left, leftRow(l))
	}
	report := map[string]any{"format_version": 1, "sources": sources, "left_out": left, "values": r.Leaves, "file": r.File, "written": o.into != ""}
	if o.into == "" {
		report["text"] = string(r.Text)
	}
	return a.json(report)
}
