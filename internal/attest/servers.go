package attest

import (
	"regexp"

	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/gateway"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// serverManaged reads what is pasted into the admin console: what the
// organization without overlays gets.
func (c *checker) serverManaged(a out.Artifact, data []byte) error {
	n, err := settings.Read(data)
	if err != nil {
		return err
	}
	// What default gets is known only after all other forms were read.
	c.later = append(c.later, func() {
		want := c.served("default")
		if want != nil && !value.Equal(want, n) {
			c.fail(a.Path, "its settings are not those of default%s", told(": ", leaves(nil, "", want, n)))
		} else if value.Digest(n) != a.ResolvedSHA256 {
			c.fail(a.Path, "its settings are not those of the manifest")
		}
	})
	return nil
}

// gateway reads the entries of a gateway. The comment above each tells the
// audience; match names groups that the manifest does not know.
func (c *checker) gateway(a out.Artifact, data []byte) error {
	policies, err := gateway.Read(data, map[string]string{"POLICYGEN_DOLLAR": "$"})
	if err != nil {
		return err
	}
	c.later = append(c.later, func() { c.entries(a.Path, policies.Entries()) })
	return nil
}

var above = regexp.MustCompile(`^audience (\S+), revision ([0-9a-f]{16})$`)

// entries compares each entry with its audience, and wants one for each
// audience.
func (c *checker) entries(at string, all []gateway.Entry) {
	covered := map[string]bool{}
	for i, e := range all {
		m := above.FindStringSubmatch(e.Comment)
		// Without the comment nobody could tell whose entry it is, neither
		// here nor in a review.
		if m == nil {
			c.fail(at, "entry %d does not tell whose it is", i+1)
			continue
		}
		covered[m[1]] = true
		c.revision(at, m[1], m[2])
		if want := c.served(m[1]); want != nil && !value.Equal(want, e.Settings) { // nil: the build has nothing else
			c.fail(at, "entry %d is not what %s gets%s", i+1, m[1], told(": ", leaves(nil, "", want, e.Settings)))
		}
	}
	// An entry that is gone would leave its group with the entry of the
	// parent.
	for _, audience := range c.Manifest.Audiences {
		if want := c.served(audience.Folder); want != nil && audience.User == "" && !covered[audience.Folder] {
			c.fail(at, "it has no entry for %s", audience.Folder)
		}
	}
}
