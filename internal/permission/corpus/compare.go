package corpus

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/permission"
)

// Policy returns the group's policy for the model. A rule that the client
// rejects is left out, as the client does.
func (g Group) Policy() permission.Policy {
	read := func(raws []string) []permission.Rule {
		var rules []permission.Rule
		for _, raw := range raws {
			if r, err := permission.Parse(raw); err == nil {
				rules = append(rules, r)
			}
		}
		return rules
	}
	p := permission.Policy{Allow: read(g.Allow), Ask: read(g.Ask), Deny: read(g.Deny), DefaultMode: g.Mode, Directories: g.Dirs,
		NoBypass: slices.Contains(g.Off, "bypassPermissions"), NoAuto: slices.Contains(g.Off, "auto")}
	// Without its deny or ask rules the client does not trust the allow rules of a document.
	if len(g.Deny) > 0 && len(p.Deny) == 0 || len(g.Ask) > 0 && len(p.Ask) == 0 {
		p.Allow = nil
	}
	return p
}

// Call returns the call for the model, in the world of the recording.
func (c Call) Call() permission.Call {
	return permission.Call{Tool: c.Tool, Input: c.Filled(), Cwd: Project, ProjectDir: Project, Home: Home, Links: Links()}
}

// Result is how far the model agrees with a recording.
type Result struct {
	Cases, Unknown int
	// Wrong are the cases that the model decides otherwise, one line each.
	Wrong []string
}

// Agreed is the share of cases that the model decides, and decides as the
// client, of those that it decides.
func (r Result) Agreed() float64 {
	return 1 - float64(len(r.Wrong))/float64(max(1, r.Cases-r.Unknown))
}

// String says the numbers.
func (r Result) String() string {
	return fmt.Sprintf("%d cases: the model agrees on %.2f %% of what it decides; %d unknown (%.2f %%)",
		r.Cases, 100*r.Agreed(), r.Unknown, 100*float64(r.Unknown)/float64(max(1, r.Cases)))
}

// Compare decides every case with the model.
func Compare(rec Recorded) Result {
	var result Result
	for _, g := range rec.Groups {
		policy := g.Policy()
		for _, c := range g.Calls {
			result.Cases++
			switch got := permission.Decide(policy, c.Call()); {
			case got.Behavior == permission.BehaviorUnknown:
				result.Unknown++
			case got.Behavior != c.Got:
				result.Wrong = append(result.Wrong, fmt.Sprintf("%s: %s: the client says %s (%s), the model %s (%s)", g.Name, c, c.Got, c.Why, got.Behavior, got.Reason))
			}
		}
	}
	return result
}

// String is the tool and its input.
func (c Call) String() string {
	if s, ok := c.Input[field[c.Tool]].(string); ok && len(c.Input) == 1 {
		return fmt.Sprintf("%s %q", c.Tool, s)
	}
	text, _ := json.Marshal(c.Input) // it was read from JSON
	return c.Tool + " " + string(text)
}

// Changes lists the calls of two recordings that were decided differently.
// Calls that only one of them has are counted in the last line.
func Changes(old, now Recorded) []string {
	before := map[string]permission.Behavior{}
	for _, g := range old.Groups {
		for _, c := range g.Calls {
			before[g.key(c)] = c.Got
		}
	}
	var changes []string
	added, seen := 0, map[string]bool{} // a group may have a call twice
	for _, g := range now.Groups {
		for _, c := range g.Calls {
			was, known := before[g.key(c)]
			seen[g.key(c)] = true
			if !known {
				added++
			} else if was != c.Got {
				changes = append(changes, fmt.Sprintf("%s: %s: was %s, is %s (%s)", g.Name, c, was, c.Got, c.Why))
			}
		}
	}
	gone := 0
	for key := range before {
		if !seen[key] {
			gone++
		}
	}
	if added+gone > 0 {
		changes = append(changes, fmt.Sprintf("%d cases are new, %d are gone", added, gone))
	}
	return changes
}

// key identifies a case by everything but the answer.
func (g Group) key(c Call) string {
	return strings.Join(slices.Concat([]string{g.Mode}, g.Off, g.Dirs, []string{"allow"}, g.Allow, []string{"ask"}, g.Ask, []string{"deny"}, g.Deny, []string{c.String()}), "\n")
}
