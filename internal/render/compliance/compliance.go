// Package compliance writes what a fleet's tools run to find machines that do not have the release's policy: a script for macOS and Linux, the same
// as an extension attribute of Jamf, and queries for osquery. They compare the revision that is stamped on a machine with those of the release.
// What Intune runs on Windows belongs to the remediation.
package compliance

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	_ "embed" // the scripts and the text for administrators

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
)

//go:embed README.md
var readme []byte

//go:embed check-revision.sh
var script string

//go:embed queries.sql
var queries string

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "compliance".
func (Backend) Name() string { return "compliance" }

// Needs returns nothing: revisions stand in what other targets write, whichever they are.
func (Backend) Needs() []string { return nil }

// Render returns nothing: a check knows all audiences.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns the folder of consoles.
func (Backend) Folder() string { return console.Root }

// Gather begins a build.
func (Backend) Gather() render.Gatherer { return &gatherer{} }

// gatherer implements [render.Gatherer].
type gatherer struct {
	revisions []revision
	stamps    []string // SHA-256 of the files on a machine that tell a revision
}

// revision is what the machines of one audience tell.
type revision struct{ audience, value string }

// Add takes one audience. One that gets nothing has nothing to check.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	for _, b := range bundles {
		if b.Empty() || b.Revision == "" {
			continue
		}
		r := revision{b.Audience.Folder(), b.Revision}
		if !slices.Contains(g.revisions, r) {
			g.revisions = append(g.revisions, r)
		}
		g.stamp(b.Revision + "\n")
		if text := b.GuidanceFile(); text != "" {
			g.stamp(text)
		}
	}
	return nil
}

// stamp adds the digest of a file that tells a revision.
func (g *gatherer) stamp(content string) {
	sum := sha256.Sum256([]byte(content))
	g.stamps = append(g.stamps, hex.EncodeToString(sum[:]))
}

// Files returns the checks and their README.
func (g *gatherer) Files() ([]render.File, error) {
	if len(g.revisions) == 0 {
		return nil, nil
	}
	slices.SortFunc(g.revisions, func(a, b revision) int { return cmp.Compare(a.audience, b.audience) })
	var table strings.Builder
	for _, r := range g.revisions {
		table.WriteString(r.value + " " + r.audience + "\n")
	}
	return []render.File{
		{Path: "compliance/README.md", Data: readme},
		{Path: "compliance/check-revision.sh", Data: fmt.Appendf(nil, script, table.String(), plain), Exec: true},
		{Path: "compliance/jamf-extension-attribute.sh", Data: fmt.Appendf(nil, script, table.String(), attribute), Exec: true},
		{Path: "compliance/osquery.sql", Data: g.sql()},
	}, nil
}

// How the script ends: with an exit code, or as Jamf wants it, which takes a script that fails for one without an answer.
const (
	plain     = "echo \"$answer\"\n[ \"$state\" = current ]\n"
	attribute = "echo \"<result>$answer</result>\"\n"
)

// sql returns the queries. Revisions and digests are hex digits, so nothing has to be escaped.
func (g *gatherer) sql() []byte {
	var told, described, packages []string
	for _, r := range g.revisions {
		told = append(told, "'"+r.value+"'")
		described = append(described, "description LIKE '%Revision "+r.value+".%'")
		packages = append(packages, "version LIKE '%+r"+r.value+"%'")
	}
	slices.Sort(g.stamps)
	stamps := make([]string, 0, len(g.stamps))
	for _, s := range slices.Compact(g.stamps) {
		stamps = append(stamps, "'"+s+"'")
	}
	unique := func(list []string, between string) string {
		slices.Sort(list)
		return strings.Join(slices.Compact(list), between)
	}
	text := strings.NewReplacer("@REVISIONS@", unique(told, ", "), "@DESCRIPTIONS@", unique(described, " OR "),
		"@VERSIONS@", unique(packages, " OR "), "@STAMPS@", strings.Join(stamps, ", ")).Replace(queries)
	return bytes.TrimLeft([]byte(text), "\n")
}
