// Package spell finds the name that someone who misspelled it probably meant. [Nearest] answers that for one list of names; [Near] and
// [Same] are its parts, for callers with an order of their own.
package spell

import "strings"

const (
	// longest bounds the work of a comparison. No name of the policy language or the client has half as many letters, so a longer word is
	// nobody's misspelling.
	longest = 64

	// most is how many slips a suggestion may undo, however long the word is: beyond it lies another name, not another spelling.
	most = 4
)

// Nearest returns the candidate that a misspelled word was probably meant to be, or "" if none is near. Of equally near ones the first
// wins, so candidates in order give the same answer every time.
func Nearest(word string, candidates []string) string {
	best, least := "", most+1
	for _, candidate := range candidates {
		if d, near := Near(word, candidate); near && d < least {
			best, least = candidate, d
		}
	}
	return best
}

// Near returns the distance of two words, and whether one may be a misspelling of the other: about a third of the letters may differ.
func Near(a, b string) (distance int, near bool) {
	d := Distance(a, b)
	// One more than the longer word as it is written, so that a slip in a word of two letters counts ("rn" for "rm") and so does a first
	// word that stands for both ("exempt" for "exempt_from").
	return d, d <= most && 3*d <= max(len(a), len(b))+1
}

// Same tells whether two words differ in nothing but case and separators (mcpServers and mcp_servers).
func Same(a, b string) bool { return fold(a) == fold(b) }

// Distance counts the insertions, deletions, replacements and swaps of neighbours between two words, in bytes. Case and separators cost
// nothing.
func Distance(a, b string) int { return edits(fold(a), fold(b)) }

// fold reduces a word to what people remember of it: YAML authors write snake_case, the client's keys are camelCase, and command-line
// flags have hyphens.
func fold(word string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(word))
}

// edits is the optimal string alignment distance, which is Levenshtein's with swaps: "traget" is one slip, not two.
func edits(a, b string) int {
	if len(a) > longest || len(b) > longest {
		return len(a) + len(b)
	}
	// Three rows of the usual table are enough: a swap looks two rows back.
	var before, last, row [longest + 1]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+replacement(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// replacement is what it costs to write b for a.
func replacement(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
