package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/gate"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// compatOptions are the flags of compat as they were given.
type compatOptions struct {
	place
	from, to, group, output string
	clients                 []string
	all                     bool
}

// compatCommand describes compat. Its help defines the words of the cells, since each is a claim about clients.
func (a *app) compatCommand() *cobra.Command {
	var o compatOptions
	cmd := &cobra.Command{
		Use:   "compat",
		Short: "Show what each version of the client would ignore or refuse of the policies",
		Long: `compat prints, for each group, what clients of the versions in a range do not know of its policy: keys, hook events, forms of rules.
Groups with the same rows are shown together. The columns are the versions at which something changes.
  yes       the client knows it
  ignored   the client is older, and ignores it
  unseen    found in ` + catalog.NewestSeen + ` only: the client may ignore it, so it counts as if it did
  unknown   the client is older than ` + catalog.OldestSeen + `, the oldest looked at; the thing may be older too
  removed   the client no longer has it
  refused   the policy's own version bounds keep the client from starting a session
The exit code is 1 when the oldest client of the fleet (client.minimum_version, else the range's first) would ignore or refuse something.`,
		Example: `  policygen compat
  policygen compat --from 2.1.200 --to 2.1.329 --group payments
  policygen compat --clients 2.1.240,2.1.300 --output json
  policygen compat --all                      the whole catalogue, without policies`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.compat(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringVar(&o.from, "from", "", "oldest version (default: client.minimum_version, or "+catalog.OldestSeen+")")
	cmd.Flags().StringVar(&o.to, "to", "", "newest version (default: client.maximum_version, or "+catalog.NewestSeen+")")
	cmd.Flags().StringSliceVar(&o.clients, "clients", nil, "exactly these versions, rather than a range")
	cmd.Flags().StringVar(&o.group, "group", "", "only this audience: a group, or group+user")
	cmd.Flags().BoolVar(&o.all, "all", false, "the whole catalogue, and every row of it")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeAudiences)
	for _, name := range []string{"from", "to", "clients"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions([]string{catalog.OldestSeen, catalog.NewestSeen}, cobra.ShellCompDirectiveNoFileComp))
	}
	cmd.MarkFlagsMutuallyExclusive("from", "clients")
	cmd.MarkFlagsMutuallyExclusive("to", "clients")
	cmd.MarkFlagsMutuallyExclusive("group", "all")
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// compatTable is the matrix of audiences that have the same one.
type compatTable struct {
	Audiences []string    `json:"audiences"` // "payments", or "payments on macos" where its platforms differ; none for the catalogue
	Rows      []compatRow `json:"rows"`
}

// compatRow is one row; Clients has one word for each version.
type compatRow struct {
	What    string            `json:"what"`
	Since   string            `json:"since"`
	Clients []catalog.Support `json:"clients"`
	Note    string            `json:"note,omitempty"`
}

// compat works on policies that check refuses for being too new: to show those is what it is for.
func (a *app) compat(o compatOptions) error {
	if o.all {
		return a.compatAll(o)
	}
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	states, err := compatStates(program, o.group)
	if err != nil {
		return err
	}
	versions, err := o.versions(program, states)
	if err != nil {
		return err
	}
	oldest := versions[0]
	if low := program.Set.Client.Minimum; low != nil && slices.Contains(versions, low.Scalar) {
		oldest = low.Scalar
	}
	var tables []compatTable
	loses := 0
	for _, s := range states {
		table := compatTable{Audiences: []string{s.name}, Rows: []compatRow{}}
		for _, row := range gate.Matrix(program.Catalog, s.settings, versions) {
			if noteworthy(row) {
				table.Rows = append(table.Rows, compatRow(row))
			}
			if row.Loses(slices.Index(versions, oldest)) {
				loses++
			}
		}
		tables = addTable(tables, table)
	}
	if err := a.printCompat(o, versions, tables); err != nil {
		return err
	}
	if loses > 0 {
		fmt.Fprintf(a.env.Stderr, "policygen: claude %s would not honour all of it\n", oldest)
		return findingsError{}
	}
	return nil
}

// noteworthy reports a row that says something of these clients: one of them ignores, refuses or lacks the thing, or it is going. That a client
// older than all that were looked at is unknown is said once, not for every key.
func noteworthy(row gate.Row) bool {
	says := func(s catalog.Support) bool { return s != catalog.Has && s != catalog.Unknown }
	return row.Note != "" || slices.ContainsFunc(row.Clients, says)
}

// addTable puts audiences with the same rows together.
func addTable(tables []compatTable, t compatTable) []compatTable {
	same := func(x, y compatRow) bool {
		return x.What == y.What && x.Note == y.Note && x.Since == y.Since && slices.Equal(x.Clients, y.Clients)
	}
	for i := range tables {
		if slices.EqualFunc(tables[i].Rows, t.Rows, same) {
			tables[i].Audiences = append(tables[i].Audiences, t.Audiences...)
			return tables
		}
	}
	return append(tables, t)
}

// audienceState is the settings of an audience on the platforms that have the same.
type audienceState struct {
	name     string
	settings *value.Node
}

// compatStates returns what each audience gets; platforms are named only where they differ.
func compatStates(program *compile.Program, only string) ([]audienceState, error) {
	var states []audienceState
	for _, g := range program.Resolved.Groups {
		if only != "" && g.Name != only {
			continue
		}
		first := g.States[g.Platforms[0]].Settings
		differs := slices.ContainsFunc(g.Platforms, func(p string) bool { return !value.Equal(g.States[p].Settings, first) })
		for _, p := range g.Platforms {
			if differs {
				states = append(states, audienceState{g.Name + " on " + p, g.States[p].Settings})
			}
		}
		if !differs {
			states = append(states, audienceState{g.Name, first})
		}
	}
	if len(states) == 0 {
		return nil, unknownAudience(program.Resolved, only)
	}
	return states, nil
}

// versions returns the columns: those that were asked for, or the range's ends and the steps between.
func (o compatOptions) versions(program *compile.Program, states []audienceState) ([]string, error) {
	if len(o.clients) > 0 {
		return o.listed()
	}
	bound := program.Set.Client
	from, to := cmp.Or(o.from, catalog.OldestSeen), cmp.Or(o.to, catalog.NewestSeen)
	if o.from == "" && bound.Minimum != nil {
		from = bound.Minimum.Scalar
	}
	if o.to == "" && bound.Maximum != nil {
		to = bound.Maximum.Scalar
	}
	if !policy.IsVersion(from) {
		return nil, notVersion("from", from)
	}
	if !policy.IsVersion(to) {
		return nil, notVersion("to", to)
	}
	if catalog.Newer(from, to) {
		return nil, usageError{flag: "from", text: fmt.Sprintf("%s is newer than %s", from, to), hint: "write the older version first"}
	}
	all := make([]*value.Node, len(states))
	for i, s := range states {
		all[i] = s.settings
	}
	return gate.Steps(program.Catalog, all, from, to), nil
}

// listed returns the versions of --clients, the oldest first.
func (o compatOptions) listed() ([]string, error) {
	for _, v := range o.clients {
		if !policy.IsVersion(v) {
			return nil, notVersion("clients", v)
		}
	}
	return gate.Sorted(o.clients), nil
}

// notVersion is a text that is no version.
func notVersion(flag, text string) error {
	return usageError{flag: flag, text: fmt.Sprintf("%q is not a version", text), hint: "write one such as " + catalog.OldestSeen}
}

// compatAll prints the whole catalogue. It needs no policies, and says nothing about any.
func (a *app) compatAll(o compatOptions) error {
	cat, err := catalog.Load()
	if err != nil {
		return err
	}
	versions := gate.Sorted([]string{cmp.Or(o.from, catalog.OldestSeen), cmp.Or(o.to, catalog.NewestSeen)})
	if len(o.clients) > 0 {
		if versions, err = o.listed(); err != nil {
			return err
		}
	}
	for _, v := range versions {
		if !policy.IsVersion(v) {
			return notVersion("from", v)
		}
	}
	table := compatTable{Audiences: []string{}}
	for _, row := range gate.Whole(cat, versions) {
		table.Rows = append(table.Rows, compatRow(row))
	}
	return a.printCompat(o, versions, []compatTable{table})
}

// printCompat prints the form that was asked for.
func (a *app) printCompat(o compatOptions, versions []string, tables []compatTable) error {
	if o.output == "json" {
		return a.json(map[string]any{"format_version": 1, "clients": versions, "tables": tables})
	}
	var b strings.Builder
	for i, t := range tables {
		if i > 0 {
			b.WriteByte('\n')
		}
		compatText(&b, versions, t)
	}
	if catalog.Newer(catalog.OldestSeen, versions[0]) && !o.all {
		fmt.Fprintf(&b, "\nnot shown: what was already in %s, the oldest client looked at; older ones may lack it\n", catalog.OldestSeen)
	}
	_, err := fmt.Fprint(a.env.Stdout, trailing.ReplaceAllString(b.String(), ""))
	return err
}

// compatText prints one table.
func compatText(b *strings.Builder, versions []string, t compatTable) {
	if len(t.Audiences) > 0 {
		fmt.Fprintf(b, "%s\n", strings.Join(t.Audiences, ", "))
	}
	if len(t.Rows) == 0 {
		fmt.Fprintf(b, "  nothing is known to be ignored by claude %s to %s\n", versions[0], versions[len(versions)-1])
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  WHAT\t%s\tSINCE\n", strings.Join(versions, "\t"))
	for _, row := range t.Rows {
		fmt.Fprintf(w, "  %s", row.What)
		for _, s := range row.Clients {
			fmt.Fprintf(w, "\t%s", s)
		}
		fmt.Fprintf(w, "\t%s%s\n", row.Since, noted(row.Note))
	}
	_ = w.Flush() // a strings.Builder takes everything
}
