// Package gateway reads the managed policies of a Claude apps gateway and
// serves them as it does, first_match (seen on claude 2.1.329).
package gateway

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Policies are the entries of a gateway, in order.
type Policies struct{ entries []entry }

type entry struct {
	groups   []string
	domain   string // in lower case; "" matches every mail address
	settings *value.Node
	comment  string
}

// base reports an entry that matches everybody, which is also merged below the
// others.
func (e entry) base() bool { return e.groups == nil && e.domain == "" }

// Read reads a managed section. Variables are replaced in all strings but the
// keys of maps; one that is not in env is an error, as it is for the gateway,
// and so are a key that it does not know and a group or domain that is empty.
func Read(data []byte, env map[string]string) (*Policies, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, errors.New("no document")
	}
	root, err := convert(document.Content[0], env)
	if err != nil {
		return nil, err
	}
	list := root.At("managed.policies")
	if list == nil || list.Kind != value.List || len(root.Members) != 1 || len(root.Get("managed").Members) != 1 {
		return nil, errors.New("managed.policies alone is expected")
	}
	p := &Policies{}
	for i, n := range list.Items {
		e, err := readEntry(n)
		if err != nil {
			return nil, fmt.Errorf("managed.policies[%d]: %w", i, err)
		}
		e.comment = comment(document.Content[0], i)
		p.entries = append(p.entries, e)
	}
	return p, nil
}

// comment returns what stands above an entry.
func comment(root *yaml.Node, i int) string {
	for _, key := range []string{"managed", "policies"} {
		for j := 0; j+1 < len(root.Content); j += 2 {
			if root.Content[j].Value == key {
				root = root.Content[j+1]
				break
			}
		}
	}
	return strings.TrimSpace(strings.TrimPrefix(root.Content[i].HeadComment, "#"))
}

// Entry is what one entry serves, and the comment above it.
type Entry struct {
	Comment  string // without its mark
	Settings *value.Node
}

// Entries returns the entries in order.
func (p *Policies) Entries() []Entry {
	var all []Entry
	for _, e := range p.entries {
		all = append(all, Entry{e.comment, e.settings})
	}
	return all
}

func readEntry(n *value.Node) (entry, error) {
	match, settings := n.Get("match"), n.Get("cli")
	if match == nil || settings == nil || settings.Kind != value.Map || len(n.Members) != 2 {
		return entry{}, errors.New("match and cli alone are expected")
	}
	e := entry{settings: settings, domain: strings.ToLower(strings.TrimPrefix(strings.TrimSpace(match.Get("email_domain").Str()), "@"))}
	for _, m := range match.Members {
		switch m.Key {
		case "groups":
			for _, group := range m.Value.Items {
				e.groups = append(e.groups, group.Str())
			}
			if len(e.groups) == 0 || slices.Contains(e.groups, "") {
				return entry{}, errors.New("match.groups is empty")
			}
		case "email_domain":
			if e.domain == "" {
				return entry{}, errors.New("match.email_domain is empty")
			}
		default:
			return entry{}, fmt.Errorf("match.%s is not known", m.Key)
		}
	}
	return e, nil
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// expand does what the gateway does to each string; a text that is a file's
// name as a whole would be replaced by that file.
func expand(s string, env map[string]string) (string, error) {
	if strings.HasPrefix(s, "${file:") && strings.HasSuffix(s, "}") {
		return "", fmt.Errorf("%q would be replaced by a file", s)
	}
	var missing error
	expanded := variable.ReplaceAllStringFunc(s, func(found string) string {
		v, ok := env[found[2:len(found)-1]]
		if !ok {
			missing = fmt.Errorf("undefined variable in %q", s)
		}
		return v
	})
	return expanded, missing
}

// convert returns a YAML node as JSON would have it. Aliases and tags of one's
// own are errors.
func convert(n *yaml.Node, env map[string]string) (*value.Node, error) {
	var nowhere diag.Pos
	switch n.Kind {
	case yaml.SequenceNode:
		list := value.Array(nowhere)
		for _, c := range n.Content {
			item, err := convert(c, env)
			if err != nil {
				return nil, err
			}
			list.Items = append(list.Items, item)
		}
		return list, nil
	case yaml.MappingNode:
		var members []value.Member
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := convert(n.Content[i+1], env)
			if err != nil {
				return nil, err
			}
			members = append(members, value.Member{Key: n.Content[i].Value, Value: v})
		}
		return value.Object(nowhere, members...), nil
	case yaml.ScalarNode:
		return convertScalar(n, env)
	}
	return nil, fmt.Errorf("line %d: neither scalar, list nor map", n.Line)
}

func convertScalar(n *yaml.Node, env map[string]string) (*value.Node, error) {
	var nowhere diag.Pos
	switch n.ShortTag() {
	case "!!str":
		s, err := expand(n.Value, env)
		return value.Text(s, nowhere), err
	case "!!bool":
		return value.Flag(n.Value == "true", nowhere), nil
	case "!!int", "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		return value.Num(f, nowhere), err
	}
	return nil, fmt.Errorf("line %d: a value of type %s", n.Line, n.ShortTag())
}

// Serve returns what a person gets, and false for somebody whom no entry
// matches.
func (p *Policies) Serve(groups []string, email string) (*value.Node, bool) {
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	for _, e := range p.entries {
		in := e.groups == nil || slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(e.groups, g) })
		if !in || e.domain != "" && e.domain != domain {
			continue
		}
		if i := slices.IndexFunc(p.entries, entry.base); i >= 0 && !e.base() {
			return mergeBase(p.entries[i].settings, e.settings), true
		}
		return e.settings, true
	}
	return nil, false
}

// Members of these objects are merged one by one; of permissions only deny and
// ask are joined. These lists are joined.
var (
	byMember = []string{"env", "modelOverrides", "skillOverrides"}
	joined   = []string{"deniedMcpServers", "blockedMarketplaces", "disabledMcpjsonServers", "deniedModels"}
)

// mergeBase returns an entry over the one that matches everybody. All other
// objects of the entry replace the base's.
func mergeBase(base, over *value.Node) *value.Node {
	merged := base
	for _, m := range over.Members {
		below := base.Get(m.Key)
		switch {
		case below == nil:
			merged = merged.With(m.Key, m.Value)
		case slices.Contains(joined, m.Key):
			merged = merged.With(m.Key, join(below, m.Value))
		case slices.Contains(byMember, m.Key):
			merged = merged.With(m.Key, overlay(below, m.Value))
		case m.Key == "permissions":
			both := overlay(below, m.Value)
			for _, list := range []string{"deny", "ask"} {
				if below.Get(list) != nil && m.Value.Get(list) != nil {
					both = both.With(list, join(below.Get(list), m.Value.Get(list)))
				}
			}
			merged = merged.With(m.Key, both)
		case m.Key == "hooks":
			events := overlay(below, m.Value)
			for _, event := range m.Value.Members {
				if first := below.Get(event.Key); first != nil {
					events = events.With(event.Key, value.Array(diag.Pos{}, slices.Concat(first.Items, event.Value.Items)...))
				}
			}
			merged = merged.With(m.Key, events)
		default:
			merged = merged.With(m.Key, m.Value)
		}
	}
	return merged
}

// overlay returns the members of both, the later where both have one.
func overlay(base, over *value.Node) *value.Node {
	for _, m := range over.Members {
		base = base.With(m.Key, m.Value)
	}
	return base
}

// join returns both lists without repetitions.
func join(a, b *value.Node) *value.Node {
	list := value.Array(diag.Pos{})
	for _, item := range slices.Concat(a.Items, b.Items) {
		if !slices.ContainsFunc(list.Items, func(n *value.Node) bool { return value.Equal(n, item) }) {
			list.Items = append(list.Items, item)
		}
	}
	return list
}
