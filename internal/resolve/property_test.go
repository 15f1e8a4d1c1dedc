package resolve

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

// organization is a random repository: a group tree, organization files and overlays, each with a few settings.
type organization struct {
	rand    *rand.Rand
	parents []string // by group number; "" directly below the organization
	files   fstest.MapFS
}

func randomOrganization(seed uint64) *organization {
	o := &organization{rand: rand.New(rand.NewPCG(seed, 7)), files: fstest.MapFS{}}
	var groups strings.Builder
	for i := range 1 + o.rand.IntN(5) {
		parent := ""
		if i > 0 && o.rand.IntN(4) > 0 {
			parent = fmt.Sprintf("g%d", o.rand.IntN(i))
		}
		o.parents = append(o.parents, parent)
		fmt.Fprintf(&groups, "  - name: g%d\n", i)
		if parent != "" {
			fmt.Fprintf(&groups, "    parent: %s\n", parent)
		}
	}
	o.add("org.yaml", "version: \"1.0\"\norganization: Acme\ngroups:\n"+groups.String())
	for i := range 1 + o.rand.IntN(2) {
		o.add(fmt.Sprintf("base/%d.json", i), o.document(""))
	}
	for i := range o.parents {
		for j := range o.rand.IntN(3) {
			o.add(fmt.Sprintf("teams/%d-%d.json", j, i), o.document(fmt.Sprintf("g%d", i)))
		}
	}
	return o
}

func (o *organization) add(name, text string) { o.files[name] = &fstest.MapFile{Data: []byte(text)} }

// document is a file with random settings. Overlays take harmless values more often, so that many sets resolve.
func (o *organization) document(group string) string {
	settings := map[string]any{}
	put := func(path string, v any) {
		at := settings
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			if at[name] == nil {
				at[name] = map[string]any{}
			}
			at = at[name].(map[string]any)
		}
		at[names[len(names)-1]] = v
	}
	for _, key := range judged {
		if o.rand.IntN(5) == 0 {
			put(key.path, key.random(o.rand))
		}
	}
	file := map[string]any{"settings": settings}
	if o.rand.IntN(4) == 0 {
		file["platforms"] = [][]string{{"linux"}, {"macos", "windows"}}[o.rand.IntN(2)]
	}
	if group != "" {
		file["group"] = group
		if o.rand.IntN(5) == 0 {
			file["narrow"] = map[string]any{"availableModels": subset(o.rand, "a", "b", "c"), "sandbox.excludedCommands": subset(o.rand, "a", "b", "c")}
		}
	}
	text, err := json.Marshal(file)
	if err != nil {
		panic(err) // only plain values are in it
	}
	return string(text)
}

func subset(r *rand.Rand, of ...string) []string {
	chosen := []string{}
	for _, s := range of {
		if r.IntN(2) == 0 {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// judgedKey is a key whose strictness the tests judge by themselves, without the catalogue or the compiler.
type judgedKey struct {
	path   string
	random func(*rand.Rand) any
	looser func(parent, child any) bool // nil means unset
}

func onOff(r *rand.Rand) any { return r.IntN(2) == 0 }

func lockOpened(parent, child any) bool { return parent == true && child != true }

func grantGiven(parent, child any) bool { return parent != true && child == true }

func entriesLost(parent, child any) bool { return len(missing(parent, child)) > 0 }

// anythingOr tells of new entries in a list without which everything is allowed, nothingOr of one without which nothing is.
func anythingOr(parent, child any) bool {
	return parent != nil && (child == nil || len(missing(child, parent)) > 0)
}

func nothingOr(parent, child any) bool { return len(missing(child, parent)) > 0 }

func missing(list, from any) []any {
	wanted, _ := list.([]any)
	have, _ := from.([]any)
	return slices.DeleteFunc(slices.Clone(wanted), func(v any) bool {
		return slices.ContainsFunc(have, func(h any) bool { return cmp.Equal(h, v) })
	})
}

func changed(parent, child any) bool { return parent != nil && !cmp.Equal(parent, child) }

func list(entries ...string) func(*rand.Rand) any {
	return func(r *rand.Rand) any { return subset(r, entries...) }
}

func text(values ...string) func(*rand.Rand) any {
	return func(r *rand.Rand) any { return values[r.IntN(len(values))] }
}

var judged = []judgedKey{
	{"permissions.deny", list("Bash(a *)", "Bash(b *)", "Bash(c *)"), entriesLost},
	{"permissions.ask", list("Bash(x *)", "Bash(y *)"), entriesLost},
	{"deniedMcpServers", func(r *rand.Rand) any { return []map[string]string{{"serverName": subsetName(r)}} }, entriesLost},
	{"availableModels", list("a", "b", "c"), anythingOr},
	{"forceLoginOrgUUID", text("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"), changed},
	{"sandbox.excludedCommands", list("a", "b", "c"), nothingOr},
	{"sandbox.network.allowedDomains", list("a.com", "b.com"), nothingOr},
	{"allowManagedHooksOnly", onOff, lockOpened},
	{"sandbox.enabled", onOff, lockOpened},
	{"enforceAvailableModels", onOff, lockOpened},
	{"sandbox.allowUnsandboxedCommands", onOff, func(parent, child any) bool { return parent == false && child != false }},
	{"enableAllProjectMcpServers", onOff, grantGiven},
	{"skipDangerousModePermissionPrompt", onOff, grantGiven},
	{"disableAutoMode", text("disable"), changed},
	{"env.A", text("1", "2"), changed},
	{"apiKeyHelper", text("/bin/a", "/bin/b"), changed},
	{"strictPluginOnlyCustomization", func(r *rand.Rand) any {
		return []any{true, false, []string{"skills"}, []string{"hooks", "mcp"}}[r.IntN(4)]
	}, func(parent, child any) bool {
		return parent == true && child != true || child != true && len(missing(parent, child)) > 0
	}},
}

func subsetName(r *rand.Rand) string { return string(rune('a' + r.IntN(3))) }

// plain returns the value of a path as encoding/json decodes it, nil where it is not set.
func plain(settings *value.Node, path string) any {
	if n := settings.At(path); n != nil {
		return n.Any()
	}
	return nil
}

// TestOverlaysOnlyTighten: in a set that resolves without errors, no group has a looser value than its parent on any platform. What is
// looser is judged here, not by the code under test.
func TestOverlaysOnlyTighten(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	clean, tightened := 0, 0
	for seed := range uint64(4000) {
		o := randomOrganization(seed)
		result, found := Resolve(o.set(t), cat, time.Time{})
		if found.HasErrors() {
			continue
		}
		clean++
		for i, up := range o.parents {
			if up == "" {
				up = "default"
			}
			child, parent := result.Group(fmt.Sprintf("g%d", i)), result.Group(up)
			for _, platform := range child.Platforms {
				above, below := parent.States[platform].Settings, child.States[platform].Settings
				for _, key := range judged {
					was, is := plain(above, key.path), plain(below, key.path)
					if key.looser(was, is) {
						t.Fatalf("seed %d, %s below %s on %s: %s went from %v to %v\n%s", seed, child.Name, up, platform, key.path, was, is, dump(o.files))
					}
					if !cmp.Equal(was, is) {
						tightened++
					}
				}
			}
		}
	}
	if clean < 300 || tightened < 1000 {
		t.Errorf("only %d sets resolved, with %d values that differ: the test proves little", clean, tightened)
	}
}

// set makes the set that loading would make, which is most of the time of a test.
func (o *organization) set(t *testing.T) *policy.Set {
	t.Helper()
	set := &policy.Set{Organization: "Acme"}
	for i, parent := range o.parents {
		set.Groups = append(set.Groups, &policy.Group{Name: fmt.Sprintf("g%d", i), Parent: parent, Platforms: policy.AllPlatforms()})
	}
	for _, path := range slices.SortedFunc(maps.Keys(o.files), source.ComparePaths) {
		if path == "org.yaml" {
			continue
		}
		root, err := value.Parse(path, o.files[path].Data, value.MaxDepth)
		if err != nil {
			t.Fatal(err)
		}
		f := &policy.File{Path: path, Group: root.Get("group").Str(), Settings: root.Get("settings"), Narrow: root.Get("narrow")}
		for _, p := range listItems(root, "platforms") {
			f.Platforms = append(f.Platforms, p.Scalar)
		}
		set.Files = append(set.Files, f)
	}
	return set
}

func dump(files fstest.MapFS) string {
	var b strings.Builder
	for name, f := range files {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, f.Data)
	}
	return b.String()
}

// TestOrderOfDiscovery: neither the order in which a file system lists files nor the order in which groups are declared changes what a
// group gets, or what is said.
func TestOrderOfDiscovery(t *testing.T) {
	for seed := range uint64(10) {
		o := randomOrganization(seed)
		want := sortedReport(t, o.files)
		if got := sortedReport(t, shuffled{o.files, rand.New(rand.NewPCG(seed, 9))}); got != want {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(want, got))
		}
		header, groups, _ := strings.Cut(string(o.files["org.yaml"].Data), "groups:\n")
		entries := strings.SplitAfter(groups, "\n  - ")
		slices.Reverse(entries)
		var reversed strings.Builder
		for _, entry := range entries {
			entry = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(entry, "  - "), "\n"), "  - ")
			if entry != "" {
				reversed.WriteString("  - " + entry + "\n")
			}
		}
		o.add("org.yaml", header+"groups:\n"+reversed.String())
		if got := sortedReport(t, o.files); got != want {
			t.Fatalf("seed %d, groups declared the other way round: %s", seed, cmp.Diff(want, got))
		}
	}
}

// sortedReport is the report with the groups by name.
func sortedReport(t *testing.T, folder fs.FS) string {
	t.Helper()
	parts := strings.Split("\n"+strings.TrimSpace(report(t, folder, time.Time{})), "\n== ")
	slices.Sort(parts)
	return strings.Join(parts, "\n== ")
}

// shuffled lists folders in random order.
type shuffled struct {
	fstest.MapFS
	rand *rand.Rand
}

func (s shuffled) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := s.MapFS.ReadDir(name)
	s.rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries, err
}
