// Package compliance reads the checks that a fleet's tools run: which
// revisions they accept, and for whom.
package compliance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Script returns the revisions in the table of a script, by audience.
func Script(data []byte) (map[string]string, error) {
	// The table is a document in the script in which a shell expands nothing;
	// a second one could override it.
	_, table, found := strings.Cut(string(data), "<<'.'\n")
	table, _, ended := strings.Cut(table, "\n.\n")
	if !found || !ended || strings.Count(string(data), "<<") != 1 {
		return nil, errors.New("it has no table of revisions, or another one")
	}
	all := map[string]string{}
	for _, line := range strings.Split(table, "\n") {
		revision, audience, _ := strings.Cut(line, " ")
		if !form.MatchString(revision) || audience == "" || all[audience] != "" {
			return nil, fmt.Errorf("%q is no revision with an audience of its own", line)
		}
		all[audience] = revision
	}
	return all, nil
}

var (
	form   = regexp.MustCompile(`^[0-9a-f]{16}$`)
	inText = regexp.MustCompile(`(?:'|Revision |\+r)([0-9a-f]{16})(?:'|\.%|%)`)
)

// Queries returns the revisions that each of the queries accepts, by its
// number in the file; those that compare digests of files accept none.
func Queries(data []byte) [][]string {
	var all [][]string
	for _, query := range strings.SplitAfter(string(data), ";\n") {
		var found []string
		for _, m := range inText.FindAllStringSubmatch(query, -1) {
			found = append(found, m[1])
		}
		slices.Sort(found)
		if found = slices.Compact(found); len(found) > 0 {
			all = append(all, found)
		}
	}
	return all
}

var digest = regexp.MustCompile(`'([0-9a-f]{64})'`)

// Digests returns the SHA-256 of the files by which the queries know a
// revision.
func Digests(data []byte) []string {
	var found []string
	for _, m := range digest.FindAllSubmatch(data, -1) {
		found = append(found, string(m[1]))
	}
	return found
}
