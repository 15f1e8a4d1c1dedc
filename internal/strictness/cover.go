package strictness

import (
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
	w, err := permission.Parse(wide)
	if err != nil {
		return false
	}
	n, err := permission.Parse(narrow)
	return err == nil && permission.Covers(w, n)
}
