package resolve

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// company is a random repository with named policies and exceptions: groups a, b below a, and c; policies in an organization file, in
// overlays and for single platforms; settings that say the same as some policies.
type company struct {
	files      []map[string]any // by number of the file
	exceptions []map[string]any
}

// someday returns a random day of January 2026.
func someday(r *rand.Rand) string { return fmt.Sprintf("2026-01-%02d", 1+r.IntN(20)) }

func randomCompany(r *rand.Rand) company {
	var c company
	for i, group := range []string{"", "", "a", "b", "c"} {
		file := map[string]any{"group": group, "settings": map[string]any{"permissions": map[string]any{"deny": subset(r, "WebFetch", "Bash(x *)")},
			"availableModels": []string{"m1", "m2", "m3"}}}
		if group != "" {
			delete(file["settings"].(map[string]any), "availableModels")
		}
		if i == 1 {
			file["platforms"] = []string{"linux"}
		}
		var policies []any
		for j := range r.IntN(4) {
			policies = append(policies, randomPolicy(r, fmt.Sprintf("p%d%d", i, j)))
		}
		file["policies"] = policies
		c.files = append(c.files, file)
	}
	for range r.IntN(6) {
		c.exceptions = append(c.exceptions, c.randomException(r))
	}
	return c
}

func randomPolicy(r *rand.Rand, name string) map[string]any {
	p := map[string]any{"name": name}
	switch r.IntN(6) {
	case 0:
		p["type"], p["target"], p["values"] = "denylist", "tools", subset(r, "WebFetch", "WebSearch", "Agent")
	case 1:
		p["type"], p["target"], p["values"] = "allowlist", "models", append(subset(r, "m2", "m3", "m4"), "m1")
	case 2:
		p["type"], p["target"], p["values"] = "denylist", "commands", subset(r, "curl", "wget")
	case 3:
		p["type"], p["target"], p["values"] = "denylist", "readPath", subset(r, "/etc", "secrets")
	case 4:
		p["type"], p["settings"] = "settings", map[string]any{"permissions": map[string]any{"deny": subset(r, "Bash(x *)", "Bash(y *)")}, "env": map[string]any{"A": "1"}}
	case 5:
		p["type"], p["target"], p["max"] = "limit", "toolCalls", 5
	}
	return p
}

func (c company) randomException(r *rand.Rand) map[string]any {
	e := map[string]any{}
	if who := r.IntN(4); who == 0 {
		e["user"] = "ann@x.org"
	} else {
		e["team"] = string(rune('a' + who - 1))
	}
	var names []string
	for _, f := range c.files {
		for _, p := range f["policies"].([]any) {
			if name := p.(map[string]any)["name"].(string); r.IntN(3) == 0 {
				names = append(names, name)
			}
		}
	}
	e["exempt_from"] = names
	if r.IntN(3) > 0 {
		e["expires"] = someday(r)
	}
	if r.IntN(3) == 0 {
		e["starts"] = someday(r)
	}
	if r.IntN(3) == 0 {
		e["values"] = append(subset(r, "m2", "WebFetch", "curl"), "/etc")
	}
	return e
}

// set makes the set that loading would make.
func (c company) set(t *testing.T) *policy.Set {
	t.Helper()
	agent := value.Text("/opt/agent", diag.Pos{File: "0.json"})
	set := &policy.Set{Organization: "X", Agent: map[string]*value.Node{"linux": agent}}
	for _, g := range [][2]string{{"a", ""}, {"b", "a"}, {"c", ""}} {
		set.Groups = append(set.Groups, &policy.Group{Name: g[0], Parent: g[1], Platforms: policy.AllPlatforms(), Depth: 1})
	}
	set.Groups[1].Depth, set.Groups[1].Users = 2, []string{"ann@x.org"}
	for i, file := range c.files {
		path := fmt.Sprintf("%d.json", i)
		root := nodeOf(t, path, file)
		f := &policy.File{Path: path, Group: root.Get("group").Str(), Settings: root.Get("settings")}
		for _, p := range listItems(root, "platforms") {
			f.Platforms = append(f.Platforms, p.Scalar)
		}
		set.Files = append(set.Files, f)
		for _, n := range listItems(root, "policies") {
			set.Policies = append(set.Policies, &policy.Policy{Name: n.Get("name").Str(), Pos: n.Pos, Type: n.Get("type").Str(), Target: n.Get("target").Str(),
				Group: f.Group, Settings: n.Get("settings"), Node: n})
		}
	}
	for i, exception := range c.exceptions {
		n := nodeOf(t, fmt.Sprintf("e%d.json", i), exception)
		e := &policy.Exception{Pos: n.Pos, Team: n.Get("team").Str(), User: n.Get("user").Str(), Node: n}
		for _, name := range listItems(n, "exempt_from") {
			e.Policies = append(e.Policies, name.Scalar)
		}
		e.Starts, e.Expires = dateOf(t, n.Get("starts")), dateOf(t, n.Get("expires"))
		set.Exceptions = append(set.Exceptions, e)
	}
	return set
}

func nodeOf(t *testing.T, path string, v any) *value.Node {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	n, err := value.Parse(path, text, value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func dateOf(t *testing.T, n *value.Node) time.Time {
	t.Helper()
	if n == nil {
		return time.Time{}
	}
	return mustDate(t, n.Scalar)
}

// without returns the repository as an audience must see it: policies that it is exempt from are not written, single values of the others
// are as its exceptions leave them, and there are no exceptions. This is the definition of an exception, computed in another way.
func (c company) without(whole map[string]bool, values map[string][]string) company {
	plain := company{}
	for _, file := range c.files {
		copied := map[string]any{}
		for key, v := range file {
			copied[key] = v
		}
		var policies []any
		for _, p := range file["policies"].([]any) {
			p := p.(map[string]any)
			name := p["name"].(string)
			if kept, ok := granting(p, values[name]); ok && !whole[name] {
				policies = append(policies, kept)
			}
		}
		copied["policies"] = policies
		plain.files = append(plain.files, copied)
	}
	return plain
}

// granting returns a policy with single values added or dropped, and false where nothing is left of it.
func granting(p map[string]any, granted []string) (map[string]any, bool) {
	written, _ := p["values"].([]string)
	if len(granted) == 0 || written == nil {
		return p, true
	}
	copied := map[string]any{"name": p["name"], "type": p["type"], "target": p["target"]}
	var values []string
	if p["type"] == "allowlist" {
		values = slices.Clone(written)
		for _, v := range granted {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	} else {
		values = slices.DeleteFunc(slices.Clone(written), func(v string) bool { return slices.Contains(granted, v) })
	}
	copied["values"] = values
	return copied, len(values) > 0 || len(written) == 0
}

// TestExceptionsTakeAwayWhatTheyName: what an audience gets is what it would get if the policies it is exempt from had never been written.
// So an exception changes nothing that it does not name.
func TestExceptionsTakeAwayWhatTheyName(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	at, compared := mustDate(t, "2026-01-10"), 0
	for seed := range uint64(600) {
		c := randomCompany(rand.New(rand.NewPCG(seed, 3)))
		set := c.set(t)
		set.Agent = nil // its hooks would be missing where no policy is left
		result, _ := Resolve(set, cat, at)
		for _, g := range result.Groups {
			whole, values := map[string]bool{}, map[string][]string{}
			for name, grant := range g.exempt.grants {
				whole[name], values[name] = grant.Whole, grant.Values
			}
			set := c.without(whole, values).set(t)
			set.Agent = nil
			want, _ := Resolve(set, cat, at)
			for _, platform := range g.Platforms {
				got, plain := g.States[platform].Settings, want.Group(g.Group).States[platform].Settings
				if diff := cmp.Diff(plain.Any(), got.Any()); diff != "" {
					t.Fatalf("seed %d, %s on %s: %s", seed, g.Name, platform, diff)
				}
			}
			compared += len(g.exempt.grants)
		}
	}
	if compared < 1000 {
		t.Errorf("only %d exemptions: the test proves little", compared)
	}
}

// shape is everything of a result that reaches artifacts.
func shape(t *testing.T, r *Result) map[string]any {
	t.Helper()
	all := map[string]any{"valid": Valid(r.Groups)}
	for _, g := range r.Groups {
		bundle, err := g.Agent.Encode()
		if err != nil {
			t.Fatal(err)
		}
		all[g.Name] = []any{g.Valid, g.Timeline, string(bundle), g.States["linux"].Guidance}
		for _, platform := range g.Platforms {
			all[g.Name+" "+platform] = g.States[platform].Settings.Any()
		}
	}
	return all
}

// TestExpiredEqualsAbsent: an exception that has ended leaves no trace.
func TestExpiredEqualsAbsent(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	at, expired := mustDate(t, "2026-01-12"), 0
	for seed := range uint64(400) {
		c := randomCompany(rand.New(rand.NewPCG(seed, 4)))
		set := c.set(t)
		with, _ := Resolve(set, cat, at)
		before := len(set.Exceptions)
		set.Exceptions = slices.DeleteFunc(set.Exceptions, func(e *policy.Exception) bool { return !e.Expires.IsZero() && !e.Expires.After(at) })
		expired += before - len(set.Exceptions)
		without, _ := Resolve(set, cat, at)
		if diff := cmp.Diff(shape(t, without), shape(t, with)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
	if expired < 100 {
		t.Errorf("only %d expired exceptions", expired)
	}
}

// TestOrderOfExceptions: it does not matter, but for the order in the agent's bundle.
func TestOrderOfExceptions(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	at := mustDate(t, "2026-01-10")
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		set := randomCompany(r).set(t)
		set.Agent = nil
		one, _ := Resolve(set, cat, at)
		r.Shuffle(len(set.Exceptions), func(i, j int) { set.Exceptions[i], set.Exceptions[j] = set.Exceptions[j], set.Exceptions[i] })
		other, _ := Resolve(set, cat, at)
		for i, g := range one.Groups {
			h := other.Groups[i]
			if g.Name != h.Name || !cmp.Equal(g.Timeline, h.Timeline) || g.Valid != h.Valid {
				t.Fatalf("seed %d: %s and %s", seed, g.Name, h.Name)
			}
			for _, platform := range g.Platforms {
				if diff := cmp.Diff(g.States[platform].Settings.Any(), h.States[platform].Settings.Any()); diff != "" {
					t.Fatalf("seed %d, %s on %s: %s", seed, g.Name, platform, diff)
				}
			}
		}
	}
}

// TestValid: nothing changes until the moment that a build promises, and no audience comes or goes.
func TestValid(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	bounded := 0
	for seed := range uint64(300) {
		set := randomCompany(rand.New(rand.NewPCG(seed, 6))).set(t)
		at := mustDate(t, "2026-01-08").Add(time.Hour)
		now, _ := Resolve(set, cat, at)
		valid := Valid(now.Groups)
		moments := []time.Time{at.Add(time.Second), valid.Until.Add(-time.Nanosecond)}
		if valid.Until.IsZero() {
			moments[1] = mustDate(t, "2030-01-01")
		} else {
			bounded++
		}
		for _, m := range moments {
			then, _ := Resolve(set, cat, m)
			if diff := cmp.Diff(shape(t, now), shape(t, then)); diff != "" {
				t.Fatalf("seed %d: at %v it is not as at %v, valid %v\n%s", seed, m, at, valid, diff)
			}
		}
	}
	if bounded < 50 {
		t.Errorf("only %d intervals end", bounded)
	}
}
