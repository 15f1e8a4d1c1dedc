package corpus

import (
	"encoding/json"
	"fmt"
	"strings"
)

// readGroups reads cases as people write them: "-- name --" begins a group,
// then come its mode and rules, one a line, and its calls: a tool, and its input
// in JSON.
func readGroups(text string) ([]Group, error) {
	var groups []Group
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			groups = append(groups, Group{Name: strings.TrimSuffix(name, " --")})
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if len(groups) == 0 {
			return nil, fmt.Errorf("line %d: %q stands before the first group", n, line)
		}
		if err := groups[len(groups)-1].take(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return groups, nil
}

// take adds one line to a group.
func (g *Group) take(line string) error {
	first, rest, _ := strings.Cut(line, " ")
	lists := map[string]*[]string{"off": &g.Off, "dir": &g.Dirs, "allow": &g.Allow, "ask": &g.Ask, "deny": &g.Deny}
	if list := lists[first]; list != nil {
		*list = append(*list, rest)
		return nil
	}
	if first == "mode" {
		g.Mode = rest
		return nil
	}
	c := Call{Tool: first}
	if err := c.readInput([]byte(rest)); err != nil {
		return fmt.Errorf("input of a call of %s: %w", first, err)
	}
	g.Calls = append(g.Calls, c)
	return nil
}

// readInput reads the one field that matters, or an object.
func (c *Call) readInput(text []byte) error {
	var short string
	if json.Unmarshal(text, &short) == nil {
		c.Input = To(c.Tool, short).Input
		return nil
	}
	return json.Unmarshal(text, &c.Input)
}
