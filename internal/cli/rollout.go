package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/wire"
)

type rolloutOptions struct {
	place
	ids    []string
	file   string
	output string
}

func (a *app) rolloutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rollout",
		Short:   "Show the rings of the rollout and who is in them",
		Example: "  policygen rollout status\n  policygen rollout status --id laptop-0042 --id laptop-0043",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rolloutStatusCommand())
	return cmd
}

func (a *app) rolloutStatusCommand() *cobra.Command {
	var o rolloutOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say which ring devices or users belong to",
		Long: `status prints the rings and, for each device or user given, its ring. The place is the first eight bytes, big-endian, of
SHA-256("policygen ring\n" + id), modulo 10,000: a ring of 10 percent holds the places below 1,000.`,
		Example: "  policygen rollout status\n  policygen rollout status --ids devices.txt --output json",
		Args:    cobra.NoArgs,
		RunE:    action(func(*cobra.Command, []string) error { return a.rolloutStatus(o) }),
	}
	o.policiesFlag(cmd)
	cmd.Flags().StringSliceVar(&o.ids, "id", nil, "device or user, as rollout.by says; may be given several times")
	cmd.Flags().StringVar(&o.file, "ids", "", "file with one device or user per line")
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

type ringRow struct {
	ID    string `json:"id"`
	Place int    `json:"place"`
	Ring  string `json:"ring"` // "" where no ring reaches it yet
}

func (a *app) rolloutStatus(o rolloutOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	rollout := program.Resolved.Rollout
	if rollout == nil {
		_, err := fmt.Fprintln(a.env.Stdout, "no rollout section: everybody gets every change at once")
		return err
	}
	ids, err := a.ids(o)
	if err != nil {
		return err
	}
	rows := make([]ringRow, len(ids))
	for i, id := range ids {
		ring, _ := rollout.Ring(id)
		rows[i] = ringRow{id, wire.RingPlace(id), ring.Name}
	}
	if o.output == "json" {
		text, err := indented(map[string]any{"format_version": 1, "by": rollout.By, "rings": rollout.Rings, "members": rows})
		if err == nil {
			_, err = a.env.Stdout.Write(text)
		}
		return err
	}
	return a.rolloutTable(*rollout, rows)
}

func (a *app) rolloutTable(r wire.Rollout, rows []ringRow) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "RING\tREACHES\tOF EVERY\n")
	for _, ring := range r.Rings {
		fmt.Fprintf(w, "%s\t%g %%\t%s\n", ring.Name, ring.Percent, r.By)
	}
	if len(rows) > 0 {
		fmt.Fprintf(w, "\n%s\tPLACE\tRING\n", strings.ToUpper(r.By))
	}
	for _, row := range rows {
		fmt.Fprintf(w, "%s\t%d\t%s\n", row.ID, row.Place, orDash(row.Ring))
	}
	return w.Flush()
}

// ids returns the devices or users asked for.
func (a *app) ids(o rolloutOptions) ([]string, error) {
	if o.file == "" {
		return o.ids, nil
	}
	file, err := os.Open(a.absolute(o.file))
	if err != nil {
		return nil, usageError{text: fmt.Sprintf("--ids: %v", err)}
	}
	defer file.Close()
	ids := o.ids
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if id := strings.TrimSpace(lines.Text()); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, lines.Err()
}
