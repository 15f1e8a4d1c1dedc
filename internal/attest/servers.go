package attest

import (
	"slices"

	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/gateway"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// serverManaged reads what is pasted into the admin console: what the organization without overlays gets.
func (c *checker) serverManaged(a out.Artifact, data []byte) error {
	n, err := settings.Read(data)
	if err != nil {
		return err
	}
	c.later = append(c.later, func() {
		i := slices.IndexFunc(c.Manifest.Audiences, func(audience out.Audience) bool { return audience.Folder == "default" })
		var want *value.Node
		if i >= 0 {
			want = c.served(c.Manifest.Audiences[i])
		}
		if want != nil && !value.Equal(want, n) {
			c.fail(a.Path, "its settings are not those of default%s", told(": ", leaves(nil, "", want, n)))
		} else if value.Digest(n) != a.ResolvedSHA256 {
			c.fail(a.Path, "its settings are not those of the manifest")
		}
	})
	return nil
}

// gateway reads the entries of a gateway. They name groups of the identity provider, which the manifest does not, so an entry is compared
// with the audience that it is most like.
func (c *checker) gateway(a out.Artifact, data []byte) error {
	policies, err := gateway.Read(data, map[string]string{"POLICYGEN_DOLLAR": "$"})
	if err != nil {
		return err
	}
	c.later = append(c.later, func() { c.entries(a.Path, policies.Settings()) })
	return nil
}

// entries compares each entry with an audience, and wants one for each audience.
func (c *checker) entries(at string, all []*value.Node) {
	want := map[string]*value.Node{}
	for _, audience := range c.Manifest.Audiences {
		if n := c.served(audience); n != nil && audience.User == "" {
			want[audience.Folder] = n
		}
	}
	if len(want) == 0 {
		return // the build has nothing else to compare with
	}
	covered := map[string]bool{}
	for i, n := range all {
		folder, found := nearest(want, n)
		covered[folder] = true
		for other, w := range want { // audiences may get the same
			covered[other] = covered[other] || value.Equal(w, n)
		}
		if len(found) > 0 {
			c.fail(at, "entry %d is not what %s gets%s", i+1, folder, told(": ", found))
		}
	}
	for folder := range want {
		if !covered[folder] {
			c.fail(at, "it has no entry for %s", folder)
		}
	}
}

// nearest returns the audience with the fewest differences, and these.
func nearest(want map[string]*value.Node, got *value.Node) (folder string, found []Difference) {
	for name, w := range want {
		d := leaves(nil, "", w, got)
		if folder == "" || len(d) < len(found) || len(d) == len(found) && name < folder {
			folder, found = name, d
		}
	}
	return folder, found
}
