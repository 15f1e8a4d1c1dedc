package cli

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/out"
)

// nothing is an audience for which policies leave nothing on some platforms.
type nothing struct {
	Folder    string   `json:"folder"`
	Platforms []string `json:"platforms"`
}

// nothingFor returns who gets nothing; never nil, so that readers of the JSON find a list in any case.
func nothingFor(empty []out.Audience) []nothing {
	all := []nothing{}
	for _, a := range empty {
		all = append(all, nothing{a.Folder, a.Empty})
	}
	return all
}

// emptyText tells an administrator that a folder without artifacts is no failure, and what to do. A long list is cut: the manifest has it whole.
func emptyText(all []nothing) string {
	var b strings.Builder
	for _, n := range all[:min(len(all), shownDifferences)] {
		fmt.Fprintf(&b, "nothing to install for %s on %s: remove what an earlier release installed\n", n.Folder, strings.Join(n.Platforms, ", "))
	}
	if rest := len(all) - shownDifferences; rest > 0 {
		fmt.Fprintf(&b, "and for %d more, which the manifest lists\n", rest)
	}
	return b.String()
}
