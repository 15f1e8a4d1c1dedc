package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/wire"
)

// folderRow is one folder of artifacts and the rings that get it.
type folderRow struct {
	Audience string   `json:"audience"`
	Rings    []string `json:"rings"` // "-" stands for those whom no ring reaches
	Folder   string   `json:"folder"`
}

// ringFolders returns the folders of the audiences whose rings differ, narrowest ring first and the rest last. Policies that could not be
// resolved have none.
func ringFolders(r *resolve.Result, rollout wire.Rollout) []folderRow {
	rows := []folderRow{}
	if r == nil {
		return rows
	}
	for _, g := range r.Groups {
		if len(g.Rings) == 0 {
			continue
		}
		for _, one := range append(slices.Clone(g.Rings), g) {
			rows = append(rows, folderRow{g.Name, append([]string{}, one.Served...), one.Folder()})
		}
		if rest := &rows[len(rows)-1]; rollout.Rest() == "" {
			rest.Rings = append(rest.Rings, "-")
		}
	}
	return rows
}

// folderTable prints which artifacts are for which ring.
func folderTable(to io.Writer, rows []folderRow) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(to, "\nevery ring gets the same artifacts")
		return err
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nAUDIENCE\tRINGS\tARTIFACTS")
	for _, row := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", row.Audience, strings.Join(row.Rings, ", "), row.Folder)
	}
	return w.Flush()
}
