package permission

import (
	"fmt"
	"strings"
	"testing"
)

// TestNoExponentialPattern gives every matcher a pattern and a text on which trying all ways would take longer than
// the universe is old.
func TestNoExponentialPattern(t *testing.T) {
	t.Parallel()
	const n = 200
	as, folders := strings.Repeat("a", 4*n), strings.Repeat("a/", n)
	web := func(host string) Call { return Call{Tool: "WebFetch", Input: map[string]any{"url": "https://" + host}} }
	tests := []struct {
		rule string
		call Call
	}{
		{"Bash(" + strings.Repeat("a*", n) + "b)", bash(as)},
		{"Bash(" + strings.Repeat("* a", n) + " b)", bash(strings.Repeat("a ", 4*n))},
		{"Bash(description:" + strings.Repeat("*a", n) + "b)", Call{Tool: "Bash", Input: map[string]any{"command": "ls", "description": as}}},
		{"Read(" + strings.Repeat("a*", n) + "b)", fileCall("Read", as)},
		{"Read(" + strings.Repeat("?*", n) + "b)", fileCall("Read", as)},
		{"Read(" + strings.Repeat("[a]*", n) + "b)", fileCall("Read", as)},
		{"Read(" + strings.Repeat("**/a/", n) + "b)", fileCall("Read", folders+"a")},
		{"Read(" + strings.Repeat("**/a*/", n) + "b)", fileCall("Read", folders+"a")},
		{"Read(" + strings.Repeat("**/", n) + "b)", fileCall("Read", folders+"a")},
		{"WebFetch(domain:" + strings.Repeat("a*", n) + "b)", web(as)},
		{"WebFetch(domain:" + strings.Repeat("*a.", n) + "b)", web(strings.Repeat("aaaa.", n) + "a")},
		{strings.Repeat("A*", n) + "b", Call{Tool: strings.ToUpper(as)}},
		{"mcp__a__" + strings.Repeat("a*", n) + "b", Call{Tool: "mcp__a__" + as}},
		{"Skill(" + strings.Repeat("a*", n) + "b)", Call{Tool: "Skill", Input: map[string]any{"skill": as}}},
	}
	for _, tt := range tests {
		r, err := Parse(tt.rule)
		if err != nil {
			t.Errorf("%.20s: %v", tt.rule, err)
			continue
		}
		if r.Match(tt.call) || Decide(Policy{Deny: []Rule{r}}, tt.call).Behavior == BehaviorDeny {
			t.Errorf("%.20s matches", tt.rule)
		}
	}
}

// TestEachRuleIsLookedAtOnce: the lists of a policy hold each rule once, or twice where it is for a parameter too. A call
// goes through a list once for each reading of a command and each folder of a path, so its cost is linear in rules.
func TestEachRuleIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{10, 100, 2000} {
		p := benchPolicy(t, n)
		for _, rules := range [][]Rule{p.Allow, p.Ask, p.Deny} {
			set, held := newRuleSet(forms(rules)), map[int]int{}
			count := func(list []candidate) {
				for _, c := range list {
					held[c.at]++
				}
			}
			for _, tool := range set.tools {
				for _, i := range tool.rest {
					held[i]++
				}
				for _, list := range tool.words {
					count(list)
				}
				count(tool.open)
			}
			for _, paths := range set.paths {
				for _, list := range paths.first {
					count(list)
				}
				count(paths.open)
			}
			for i := range rules {
				if held[i] != 1 && !(held[i] == 2 && set.forms[i].param != "") {
					t.Errorf("%s is held %d times", rules[i], held[i])
				}
			}
		}
	}
}

// TestReadingsAreBounded: how many readings a line has depends on its commands, not on what they hold.
func TestReadingsAreBounded(t *testing.T) {
	t.Parallel()
	for _, wrapper := range []string{"sudo ", "X=1 ", "timeout 5 ", "env Y='a b' ", "nohup ", "/usr/bin/sudo ", "sudo -u x "} {
		few := 0
		for _, n := range []int{20, 200, 2000} {
			s := newSubject(bash(strings.Repeat(wrapper, n) + "rm x"))
			readings := 0
			for _, p := range s.parts {
				readings += len(p.wide) + len(p.narrow)
			}
			if few == 0 {
				few = readings
			}
			if readings != few || readings > 4*maxDepth {
				t.Errorf("%d times %q: %d readings, and %d of 20", n, wrapper, readings, few)
			}
		}
	}
}

// TestPassedOverRules: of many rules for other commands and folders few are compared, whatever their number.
func TestPassedOverRules(t *testing.T) {
	t.Parallel()
	var patterns []*commandPattern
	for i := range 500 {
		patterns = append(patterns, newCommandPattern(fmt.Sprintf("* --no-%d *", i)))
	}
	compared := 0
	for _, line := range []string{"git log --oneline -5", "npm run build", "go test ./...", "make lint"} {
		v := newVariant(line)
		for _, p := range patterns {
			if need := p.pairs(); need.within(&v.has) {
				compared++
			}
		}
	}
	if compared > 20 {
		t.Errorf("%d of 2000 comparisons were made", compared)
	}
}
