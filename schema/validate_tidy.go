package schema

import (
	"slices"
	"strconv"
	"strings"
)

// tidy sorts violations and leaves one for each cause: equal ones are written
// once, and what is said about the inside of a value of the wrong type is
// dropped, since the value will be replaced as a whole.
func tidy(found []Violation) []Violation {
	slices.SortStableFunc(found, compareViolations)
	found = slices.CompactFunc(found, func(a, b Violation) bool { return compareViolations(a, b) == 0 })
	var wrong [][]string
	for _, f := range found {
		if f.Kind == KindWrongType {
			wrong = append(wrong, f.Path)
		}
	}
	return slices.DeleteFunc(found, func(f Violation) bool {
		return slices.ContainsFunc(wrong, func(w []string) bool {
			return hasPrefix(f.Path, w) && (f.Kind != KindWrongType || len(f.Path) > len(w))
		})
	})
}

// compareViolations orders by place; two violations of one place stand in the
// order of their kinds, so that runs over the same document agree.
func compareViolations(a, b Violation) int {
	if c := slices.CompareFunc(a.Path, b.Path, compareSteps); c != 0 {
		return c
	}
	if c := strings.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	return strings.Compare(a.Message, b.Message)
}

// compareSteps orders list indexes as numbers, so that entry 10 follows entry
// 9; they come before names, so that the order stays total where a map has
// keys of both kinds.
func compareSteps(a, b string) int {
	m, errA := strconv.ParseUint(a, 10, 32)
	n, errB := strconv.ParseUint(b, 10, 32)
	switch {
	case errA == nil && errB == nil && m != n:
		if m < n {
			return -1
		}
		return 1
	case errA == nil && errB != nil:
		return -1
	case errA != nil && errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// hasPrefix says whether path is prefix or lies below it.
func hasPrefix(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}
