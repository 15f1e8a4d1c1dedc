package lower

import (
	"net/url"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// marketplace returns the source object of a marketplace written as owner/repo or as an address. The order of the
// cases matters: an address of a JSON file is a catalogue, any other address a repository.
func marketplace(v policy.Value) *value.Node {
	switch u, err := url.Parse(v.Name); {
	case err == nil && u.Host != "" && strings.HasSuffix(v.Name, ".json"):
		return object(v.Pos, "source", "url", "url", v.Name)
	case err == nil && u.Host != "", strings.HasPrefix(v.Name, "git@"):
		return object(v.Pos, "source", "git", "url", v.Name)
	case strings.HasPrefix(v.Name, "/"):
		return object(v.Pos, "source", "directory", "path", v.Name)
	}
	return object(v.Pos, "source", "github", "repo", v.Name)
}

// marketplaces returns the source objects of all values, in the form that allowlist and denylist share.
func marketplaces(in input) *value.Node {
	var items []*value.Node
	for _, v := range in.values {
		items = append(items, marketplace(v))
	}
	return in.list(items)
}

// wildMarketplace reports a wildcard other than owner/*, which the client drops from a list (2.1.329).
func (in input) wildMarketplace() bool {
	return slices.ContainsFunc(in.values, func(v policy.Value) bool {
		owner, repo, _ := strings.Cut(v.Name, "/")
		return strings.ContainsAny(owner, anyWildcard) || repo != "*" && strings.ContainsAny(repo, anyWildcard)
	})
}

// allowMarketplaces is exact, because strictKnownMarketplaces refuses everything that it does not list. An empty list
// is legal and allows none.
func allowMarketplaces(in input) native {
	if in.wildMarketplace() {
		return native{unable: noGlobs + " but owner/*"}
	}
	return native{allow: &Allowlist{Path: "strictKnownMarketplaces", Entries: marketplaces(in)}}
}

// otherSpelling: claude 2.1.329 takes http for https, or a lower-case name in capitals, for another marketplace.
const otherSpelling = "another spelling of the address is not recognized"

// denyMarketplaces is partial in any case: whoever wants a blocked marketplace can write its address in another way.
func denyMarketplaces(in input) native {
	if in.wildMarketplace() {
		return native{unable: noGlobs + " but owner/*"}
	}
	if len(in.values) == 0 {
		return native{}
	}
	return native{settings: tree("blockedMarketplaces", marketplaces(in)), partial: otherSpelling}
}
