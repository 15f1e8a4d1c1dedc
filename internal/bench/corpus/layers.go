package corpus

import (
	"encoding/json"
	"strings"
)

// Layered is the policy as documents that a general merge tool can unite: for each group, the documents from the base
// down. Groups hold only what each adds, so that the work of uniting is left to the program that is measured.
type Layered struct {
	Base   json.RawMessage            `json:"base"`
	Groups map[string]json.RawMessage `json:"groups"` // overlays
	Chains map[string][]string        `json:"chains"` // the names of the groups from the top down, for each leaf
}

// Layers returns the corpus with that many leaf groups as documents. Every chain has three names, as the tree has
// three levels.
func Layers(leaves int) Layered {
	var members []string
	for _, p := range base() {
		members = append(members, p.json())
	}
	l := Layered{Base: json.RawMessage("{" + strings.Join(members, ",") + "}"), Groups: map[string]json.RawMessage{}, Chains: map[string][]string{}}
	parents := map[string]string{}
	for _, g := range groups(leaves) {
		l.Groups[g.name] = json.RawMessage("{" + g.overlay.json() + "}")
		parents[g.name] = g.parent
	}
	for i := range leaves {
		name := LeafName(i)
		department := parents[name]
		l.Chains[name] = []string{parents[department], department, name}
	}
	return l
}

// json returns the members without the braces around them. The order of members is that of the part, since a map would
// change it.
func (p part) json() string {
	members := make([]string, len(p.members))
	for i, m := range p.members {
		members[i] = text(m.key) + ":" + m.value
	}
	return strings.Join(members, ",")
}
