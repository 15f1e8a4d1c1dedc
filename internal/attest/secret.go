package attest

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/value"
)

// Hidden stands for a value that may be a secret. Whoever compares two
// machines has to see that they differ, and nothing of what they hold.
const Hidden = "(a value that is not shown)"

// secretKeys are members of settings and servers whose values are often
// credentials: variables of the environment, headers of requests, arguments of
// a server's program. Addresses may hold some too.
var secretKeys = []string{"env", "headers", "args"}

// secretPath reports whether a leaf lies below such a member.
func secretPath(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "."), func(part string) bool { return slices.Contains(secretKeys, part) })
}

// shown returns a value as JSON on one line without what may be secret, "" for
// none.
func shown(path string, n *value.Node) string {
	if n == nil {
		return ""
	}
	// An empty object holds nothing to hide, and says that everything was
	// removed.
	if secretPath(path) && (n.Kind != value.Map || len(n.Members) > 0) {
		return Hidden
	}
	return string(value.AppendJSON(nil, masked(n)))
}

// masked returns the value with every secret in it replaced. Credentials in an
// address stand in front of its @ or behind its ?.
func masked(n *value.Node) *value.Node {
	copied := *n
	switch n.Kind {
	case value.String:
		copied.Scalar = maskedAddress(n.Scalar)
	case value.List:
		copied.Items = make([]*value.Node, len(n.Items))
		for i, item := range n.Items {
			copied.Items[i] = masked(item)
		}
	case value.Map:
		copied.Members = make([]value.Member, len(n.Members))
		for i, m := range n.Members {
			copied.Members[i] = m
			if slices.Contains(secretKeys, m.Key) {
				copied.Members[i].Value = value.Text(Hidden, m.Value.Pos)
			} else {
				copied.Members[i].Value = masked(m.Value)
			}
		}
	}
	return &copied
}

// maskedAddress returns an address without user, password and query, and any
// other text as it is.
func maskedAddress(s string) string {
	scheme, rest, found := strings.Cut(s, "://")
	// Text that mentions an address is no address; policy refuses credentials
	// in it.
	if !found || strings.ContainsAny(s, " \n") {
		return s
	}
	host, path, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = Hidden + host[at:]
	}
	if slash {
		host += "/" + path
	}
	if before, _, query := strings.Cut(host, "?"); query {
		host = before + "?" + Hidden
	}
	return scheme + "://" + host
}
