package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/wire"
)

// rolloutOptions are the flags of rollout status; ids of both flags add up.
type rolloutOptions struct {
	place
	ids    []string
	file   string
	output string
}

// rolloutCommand describes the parent of status; alone it prints its help.
func (a *app) rolloutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rollout",
		Short:   "Show the rings of the rollout and who is in them",
		Example: "  policygen rollout status\n  policygen rollout status --id laptop-0042 --id laptop-0043",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rolloutStatusCommand())
	return cmd
}

// rolloutStatusCommand describes rollout status. Its help defines the hash, so that an MDM script can compute the same ring.
func (a *app) rolloutStatusCommand() *cobra.Command {
	var o rolloutOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say which ring devices or users belong to, and which artifacts are for which ring",
		Long: `status prints the rings, the folder of artifacts for each ring where rings differ at the date, and, for each device or user given, its
ring: the first one that reaches it.

The place of a device or user is the first eight bytes, big-endian, of SHA-256("policygen ring\n" + id), modulo 10,000. A ring of 10
percent reaches the places below 1,000, so whoever is in it is also in every larger one. The id is hashed as it is given: spell
it in one way everywhere, addresses in lower case.`,
		Example: `  policygen rollout status
  policygen rollout status --id laptop-0042
  policygen rollout status --ids devices.txt --output json
  jq -r '.[].serial' inventory.json | policygen rollout status --ids -`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.rolloutStatus(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringSliceVar(&o.ids, "id", nil, "device or user, as rollout.by says; may be given several times")
	cmd.Flags().StringVar(&o.file, "ids", "", "file with one device or user per line; - is standard input")
	_ = cmd.RegisterFlagCompletionFunc("id", cobra.NoFileCompletions)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// memberRow is one device or user in its ring.
type memberRow struct {
	ID    string `json:"id"`
	Place int    `json:"place"` // of 10,000
	Ring  string `json:"ring"`  // "" where no ring reaches it yet
}

// ringRow is a ring and how many of those asked for it reaches first.
type ringRow struct {
	wire.Ring
	Members int `json:"members"`
}

// rolloutStatus goes on where policies have errors, with a doubt on stderr; without a rollout section there are no rings, which is no error.
func (a *app) rolloutStatus(o rolloutOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	a.doubt(l, "the rings may be wrong")
	ids, err := a.ids(o)
	if err != nil {
		return err
	}
	rollout := program.Set.Rollout
	if rollout == nil {
		rollout = &wire.Rollout{}
	}
	rings, members := ringRows(*rollout, ids)
	folders := ringFolders(program.Resolved, *rollout)
	switch {
	case o.output == "json":
		return a.json(map[string]any{"format_version": 1, "by": rollout.By, "rings": rings, "folders": folders, "members": members})
	case len(rings) == 0:
		_, err := fmt.Fprintln(a.env.Stdout, "no rollout section: everybody gets every change at once")
		return err
	}
	return a.rolloutTable(rollout.By, rings, folders, members)
}

// ringRows puts each id into the first ring that reaches it. The sums count that ring only, though larger ones reach the id too.
func ringRows(r wire.Rollout, ids []string) ([]ringRow, []memberRow) {
	rings, members := make([]ringRow, len(r.Rings)), make([]memberRow, len(ids))
	for i, ring := range r.Rings {
		rings[i].Ring = ring
	}
	for i, id := range ids {
		ring, _ := r.Ring(id)
		members[i] = memberRow{id, wire.RingPlace(id), ring.Name}
		for j := range rings {
			if rings[j].Name == ring.Name {
				rings[j].Members++
			}
		}
	}
	return rings, members
}

// rolloutTable prints the rings, whose artifacts are where, and, where ids were given, a table with their places, each aligned on its own.
func (a *app) rolloutTable(by string, rings []ringRow, folders []folderRow, members []memberRow) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "RING\tREACHES")
	if len(members) > 0 {
		fmt.Fprint(w, "\tFIRST REACHES")
	}
	fmt.Fprintln(w)
	for _, ring := range rings {
		fmt.Fprintf(w, "%s\t%g %% of %ss", ring.Name, ring.Percent, by)
		if len(members) > 0 {
			fmt.Fprintf(w, "\t%d of %d", ring.Members, len(members))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := folderTable(a.env.Stdout, folders); err != nil || len(members) == 0 {
		return err
	}
	fmt.Fprintf(w, "\n%s\tPLACE\tRING\n", strings.ToUpper(by))
	for _, m := range members {
		fmt.Fprintf(w, "%s\t%d\t%s\n", m.ID, m.Place, orDash(m.Ring))
	}
	return w.Flush()
}

// ids returns the devices or users asked for, each once, in the order given.
func (a *app) ids(o rolloutOptions) ([]string, error) {
	ids := slices.Clone(o.ids)
	if o.file != "" {
		in := a.env.Stdin
		if o.file != "-" {
			file, err := os.Open(a.absolute(o.file))
			if err != nil {
				return nil, usageError{flag: "ids", text: err.Error(), hint: "name a file with one device or user per line, or - for standard input"}
			}
			defer file.Close()
			in = file
		}
		read, err := io.ReadAll(in)
		if err != nil {
			return nil, usageError{flag: "ids", text: err.Error()}
		}
		ids = append(ids, strings.Split(strings.TrimPrefix(string(read), "\ufeff"), "\n")...)
	}
	return distinct(ids), nil
}

// distinct trims names and drops empty and repeated ones.
func distinct(names []string) []string {
	seen, kept := map[string]bool{"": true}, []string{}
	for _, name := range names {
		if name = strings.TrimSpace(name); !seen[name] {
			seen[name] = true
			kept = append(kept, name)
		}
	}
	return kept
}
