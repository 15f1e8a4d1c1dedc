package ir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// revisionLength is how many hex digits a revision has. It tells states of one organization's
// policy apart and is read aloud on the phone; it is no proof of anything, which is what digests
// and signatures are for.
const revisionLength = 16

// RevisionOf returns the revision of what an audience gets: 16 hex digits that depend on the
// content alone. The date of a build, the interval in which it holds and the version of the
// compiler are no part of it, so that an unchanged revision means that nothing has to be
// delivered. The bundles are those of the audience's platforms, in order.
func RevisionOf(bundles []*Bundle) string {
	sum := sha256.New()
	for _, b := range bundles {
		part(sum, "platform", []byte(b.Platform))
		addDocument(sum, "settings", b.Settings)
		addDocument(sum, "mcp", b.MCP)
		part(sum, "guidance", []byte(b.Markdown()))
		for _, s := range b.Scripts {
			part(sum, "script "+s.Path, s.Data)
		}
	}
	if len(bundles) > 0 && bundles[0].Agent != nil {
		agent := *bundles[0].Agent
		agent.ValidUntil, agent.Revision = nil, ""
		if data, err := agent.Encode(); err == nil { // what cannot be encoded fails in its back end
			part(sum, "agent", data)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:revisionLength]
}

// JoinRevisions returns the revision of several audiences together, such as of a release. The
// names are those of the audiences, in the order of the revisions.
func JoinRevisions(names, revisions []string) string {
	sum := sha256.New()
	for i, name := range names {
		part(sum, name, []byte(revisions[i]))
	}
	return hex.EncodeToString(sum.Sum(nil))[:revisionLength]
}

// part adds a named part with its length, so that no two lists of parts give the same stream.
func part(sum hash.Hash, name string, data []byte) {
	fmt.Fprintf(sum, "%d %s %d\n", len(name), name, len(data))
	sum.Write(data)
}

// addDocument adds a document in its canonical form. One that is not there adds nothing, which
// differs from an empty one.
func addDocument(sum hash.Hash, name string, d *Document) {
	if d != nil {
		part(sum, name, d.Compact())
	}
}

// The footer of a CLAUDE.md is a comment: it is for people and programs on the machine, not for the model.
const (
	footerHead = "\n<!-- policy revision "
	footerTail = " -->\n"
)

// GuidanceFile returns the managed CLAUDE.md as a file: [Bundle.Markdown] with the revision below
// it, or "" where there is no guidance. The claudeMd key of profiles has no such line, because
// their settings must be those of the files.
func (b *Bundle) GuidanceFile() string {
	text := b.Markdown()
	if text == "" || b.Revision == "" {
		return text
	}
	return text + footerHead + b.Revision + footerTail
}

// CutRevision parts a CLAUDE.md into its text and the revision below it, which is "" where there is none.
func CutRevision(file string) (text, revision string) {
	if rest, found := strings.CutSuffix(file, footerTail); found {
		if at := strings.LastIndex(rest, footerHead); at >= 0 && len(rest)-at-len(footerHead) == revisionLength {
			return file[:at], rest[at+len(footerHead):]
		}
	}
	return file, ""
}
