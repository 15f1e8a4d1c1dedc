package gateway

import (
	_ "embed" // the text for administrators
	"fmt"
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/value"
)

//go:embed README.md
var readme string

// dollar is the variable that gives a dollar sign back. The gateway replaces ${NAME} in every string of its configuration, refuses to start
// where NAME is not set, and has no escape; it does not look again at what it put in (claude 2.1.329).
const dollar = "POLICYGEN_DOLLAR"

// dollarNote is what an administrator has to know of it.
const dollarNote = "\nStart the gateway with the environment variable `" + dollar + "` set to a single dollar sign (`" + dollar + "='$'`). Some text of the policies\n" +
	"holds `${`, which the gateway would replace by a variable of its own environment. Without the variable it does not start.\n"

var replaced = regexp.MustCompile(`\$\{(\w+\}|file:)`)

// guard returns the document with every string and number such that the gateway gives the original back, and whether any string had to change.
// Keys of maps are not replaced.
func guard(n *value.Node) (guarded *value.Node, changed bool) {
	copied := *n
	switch n.Kind {
	case value.String:
		copied.Scalar = replaced.ReplaceAllStringFunc(n.Scalar, func(found string) string { return "${" + dollar + "}" + found[1:] })
		return &copied, copied.Scalar != n.Scalar
	case value.Number: // parsers of YAML 1.1 take 1e+21 for text
		if digits, exponent, found := strings.Cut(n.Scalar, "e"); found && !strings.Contains(digits, ".") {
			copied.Scalar = digits + ".0e" + exponent
		}
	case value.List:
		copied.Items = make([]*value.Node, len(n.Items))
		for i, item := range n.Items {
			var c bool
			copied.Items[i], c = guard(item)
			changed = changed || c
		}
	case value.Map:
		copied.Members = make([]value.Member, len(n.Members))
		for i, m := range n.Members {
			var c bool
			m.Value, c = guard(m.Value)
			copied.Members[i], changed = m, changed || c
		}
	}
	return &copied, changed
}

// yaml returns JSON as YAML: the characters that JSON writes as they are and YAML takes for line breaks, or does not permit, are escaped. All
// of them are in the first plane, where both have the same escape.
func yaml(json []byte) string {
	var b strings.Builder
	for _, r := range string(json) {
		if r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
