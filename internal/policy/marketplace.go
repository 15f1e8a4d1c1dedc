package policy

import (
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// marketplace checks the wildcards of a marketplace list entry. The client accepts only owner/* (2.1.329).
func (c *checker) marketplace(path *crumb, n *value.Node) {
	client := "claude drops the entry; if it is the only one, no marketplace is allowed"
	if path.up.name == "blockedMarketplaces" {
		client = "claude keeps the entry and matches nothing with it: nothing is blocked"
	}
	tell := func(at *value.Node, text, hint string) {
		c.add(diag.New(diag.InvalidMarketplace, at.Pos, "%q %s", at.Str(), text).WithClient(client).WithHint("%s", hint))
	}
	if repo := n.Get("repo"); repo.Str() != "" {
		owner, name, ok := strings.Cut(repo.Str(), "/")
		switch {
		case !ok || owner == "" || name == "" || strings.Contains(repo.Str(), "://"):
			tell(repo, "is not owner/name", "write the repository as on GitHub, such as acme/plugins")
		case strings.Contains(owner, "*") || strings.Contains(name, "*") && name != "*":
			tell(repo, "is a wildcard that the client rejects", "write owner/* for every repository of one owner")
		}
	}
	if ref := n.Get("ref"); strings.Contains(ref.Str(), "*") {
		tell(ref, "is a wildcard that the client rejects", "write the ref in full, or leave it out")
	}
}
