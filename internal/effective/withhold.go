package effective

import (
	"slices"

	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// granted are the paths that the client withholds from a managed document in which it can read no rule of a list that restricts: it does not
// know what was to be forbidden, so it grants nothing. Rules of other documents stay, and a developer's file loses only the rules themselves
// (seen on 2.1.329).
var granted = []string{"permissions.allow", "permissions.additionalDirectories", "permissions.defaultMode"}

// withheld returns the paths that the client withholds from a managed document, none from most.
func withheld(settings *value.Node) []string {
	if !slices.ContainsFunc([]string{"permissions.deny", "permissions.ask"}, func(list string) bool { return unreadable(settings.At(list)) }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(granted), func(path string) bool { return settings.At(path) == nil })
}

// without returns a document without paths.
func without(settings *value.Node, paths []string) *value.Node {
	for _, path := range paths {
		settings = settings.Delete(path)
	}
	return settings
}

// unreadable reports a list of rules that is there and from which no rule is left. An empty list is fine.
func unreadable(rules *value.Node) bool {
	if rules == nil || rules.Kind != value.List {
		return rules != nil
	}
	return len(rules.Items) > 0 && !slices.ContainsFunc(rules.Items, func(item *value.Node) bool {
		_, err := permission.Parse(item.Str())
		return err == nil
	})
}
