package strictness

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// CoveredBy reports whether an entry of the list says everything that n says. Kind is what the entries are, as the catalogue names it in
// items. It is sound, not complete: false means unknown.
func CoveredBy(kind string, list []*value.Node, n *value.Node) bool {
	for _, item := range list {
		if value.Equal(item, n) || item.Kind == value.String && n.Kind == value.String && covers(kind, item.Scalar, n.Scalar) {
			return true
		}
	}
	return false
}

// covers compares two different entries.
func covers(kind, wide, narrow string) bool {
	switch kind {
	case "domain":
		return domainCovers(wide, narrow)
	case "permission-rule":
		return ruleCovers(wide, narrow)
	case "url-glob":
		return value.Glob(wide, narrow)
	case "path", "sandbox-path":
		return strings.HasPrefix(narrow, strings.TrimSuffix(wide, "/")+"/") && !strings.Contains(narrow, "..") && !strings.ContainsAny(wide, "*?[")
	}
	return false
}

// domainCovers reports whether the pattern *.h stands for a host or a narrower pattern below h, or the pattern is * alone.
func domainCovers(pattern, host string) bool {
	suffix, wild := strings.CutPrefix(strings.ToLower(pattern), "*")
	return wild && (suffix == "" || strings.HasPrefix(suffix, ".") && strings.HasSuffix(strings.ToLower(host), suffix) && len(host) > len(suffix))
}

// ruleCovers compares permission rules; what does not parse covers nothing, and is told elsewhere.
func ruleCovers(wide, narrow string) bool {
	if !mayCover(wide, narrow) {
		return false
	}
	w, err := permission.Parse(wide)
	if err != nil {
		return false
	}
	n, err := permission.Parse(narrow)
	return err == nil && permission.Covers(w, n)
}

// mayCover spares most pairs the parser: a rule with a content covers rules of its own tool alone, and one of Bash only what begins with its
// first word.
func mayCover(wide, narrow string) bool {
	tool, w, _ := strings.Cut(wide, "(")
	other, n, _ := strings.Cut(narrow, "(")
	switch {
	case w == "" || w == "*)" || !slices.Contains(plainTools, tool) || !slices.Contains(plainTools, other):
		return true
	case tool != other:
		return false
	}
	return tool != "Bash" || n == "" || strings.HasPrefix(n, w[:strings.IndexAny(w+"*", "*: \\)")])
}

// plainTools are tools that go by one name, and whose rules say nothing of other tools.
var plainTools = []string{"Bash", "Read", "Edit", "WebFetch"}
