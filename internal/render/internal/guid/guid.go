// Package guid derives identities from names, so that a new release of the same artifact keeps its own.
package guid

import (
	"strings"

	"github.com/google/uuid"
)

// Of returns a UUIDv5 in upper case, from the organization and from what the identity is for: parts that hold no slash. Changing how it is
// made would install every profile and package a second time, beside the first.
func Of(organization string, parts ...string) string {
	return strings.ToUpper(uuid.NewSHA1(space(organization), []byte(strings.Join(parts, "/"))).String())
}

// Organization returns the identity of the organization itself, in lower case.
func Organization(organization string) string { return space(organization).String() }

func space(organization string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("policygen:"+organization))
}
