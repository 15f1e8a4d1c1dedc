package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/source"
)

// InputsDigest returns the hex SHA-256 of everything a build depends on besides the date: the compiler's version, the
// selection, and path and bytes of every file of the policy folder, in path order. Policy files count as they were
// read, without a byte order mark. The length of each name stands before it, so that no two lists of files give the
// same stream of bytes.
func InputsDigest(tree *source.Tree, s Selection) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "policygen %s\ngroups %s\ntargets %s\n", Version, strings.Join(sorted(s.Groups), ","), strings.Join(sorted(s.Targets), ","))
	if s.Client != "" {
		fmt.Fprintf(hash, "client %s\n", s.Client)
	}
	for _, name := range tree.Paths() {
		data := tree.Data(name)
		if data == nil {
			var err error
			if data, err = tree.Read(name); err != nil { // nothing that a build can need: a policy that named it would be an error
				fmt.Fprintf(hash, "%d %s unreadable\n", len(name), name)
				continue
			}
		}
		fmt.Fprintf(hash, "%d %s %d\n", len(name), name, len(data))
		hash.Write(data)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// UpToDate reports whether the output folder already holds, byte for byte, what a build of the tree at that date would
// write. It looks at the inputs' digest, the manifest's interval, and every file of the folder, and compiles nothing.
// It believes the manifest: where somebody may have changed artifacts and manifest together, use [Program.Compare]. A
// wrong "no" costs a build; a wrong "yes" would leave old policy in force, so every doubt answers no.
func UpToDate(tree *source.Tree, dir string, s Selection, at time.Time) (*out.Manifest, bool) {
	digest := make(chan string, 1)
	go func() { digest <- InputsDigest(tree, s) }() // beside the manifest, which takes as long to read
	m, err := out.ReadManifest(dir)
	if err != nil || m.Compiler != Version || !within(m, at) {
		return nil, false
	}
	if m.Client != s.Client || !slices.Equal(m.Groups, sorted(s.Groups)) || !slices.Equal(m.Targets, sorted(s.Targets)) || <-digest != m.InputsSHA256 {
		return nil, false
	}
	different, err := out.Verify(dir, m)
	return m, err == nil && len(different) == 0
}

// within reports whether a date lies in the manifest's interval. Bounds that cannot be read never hold. The interval
// is half open, [from, until): at the moment until itself, what was built is no longer right.
func within(m *out.Manifest, at time.Time) bool {
	begun := func(from time.Time) bool { return !at.Before(from) }
	return keeps(m.ValidFrom, begun) && keeps(m.ValidUntil, at.Before)
}

// keeps reports whether one bound of the manifest holds. A bound that is not there always does; one that somebody has made unreadable never
// does, because a needless build is cheaper than artifacts of another day.
func keeps(bound *string, holds func(time.Time) bool) bool {
	if bound == nil {
		return true
	}
	t, err := time.Parse(time.RFC3339, *bound)
	return err == nil && holds(t)
}
