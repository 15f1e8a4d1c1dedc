package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLookup(t *testing.T) {
	tests := []struct {
		path    string
		want    string // the key of the row; empty if there is none
		types   string
		format  string
		comment string
	}{
		{path: "permissions.deny", want: "permissions.deny", types: "array"},
		{path: "permissions.deny[]", want: "permissions.deny[]", types: "string", format: "permission-rule"},
		{path: "permissions.deny[12]", want: "permissions.deny[]", types: "string", format: "permission-rule"},
		{path: "env.FOO", want: "env.*", types: "string"},
		{path: `env."A.B"`, want: "env.*", types: "string"},
		{path: "extraKnownMarketplaces.acme.source.repo", want: "extraKnownMarketplaces.*.source.repo", types: "string"},
		{path: "additionalMarketplaces.acme.source.repo", want: "extraKnownMarketplaces.*.source.repo", types: "string", comment: "alias"},
		{path: "allowedMarketplaces[].hostPattern", want: "strictKnownMarketplaces[].hostPattern", types: "string", format: "regex-js", comment: "alias"},
		{path: "blockedMarketplaces[0].repo", want: "strictKnownMarketplaces[].repo", types: "string", comment: "shared members"},
		{path: "hooks.PreToolUse[].hooks[].timeout", want: "hooks.*[].hooks[].timeout", types: "number"},
		{path: "hooks.PreToolUse", want: "hooks.*", types: "array"},
		{path: "hooks.preToolUse", want: ""},
		{path: "hooks.*[].matcher", want: "hooks.*[].matcher", types: "string", format: "hook-matcher", comment: "pattern"},
		{path: "policyHelpers.macos.path", want: "policyHelpers.linux.path", types: "string", format: "absolute-path", comment: "shared members"},
		{path: "policyHelpers.windows.interpreter", want: "policyHelpers.windows.interpreter", types: "string", comment: "own member wins"},
		{path: "policyHelpers.default.permissions.deny", want: "permissions.deny", types: "array", comment: "nested settings"},
		{path: "isolation.anything.at.all", want: "isolation.*", types: "any"},
		{path: "isolation.anything[].at", want: "isolation.*", types: "any"},
		{path: "sandbox.ignoreViolations.*[]", want: "sandbox.ignoreViolations.*[]", types: "string"},
		{path: "allowedMcpServers[]", want: "allowedMcpServers[]", types: "object", format: "mcp-server-match"},
		{path: "$schema", want: "$schema", types: "string"},
		{path: "strictPluginOnlyCustomization", want: "strictPluginOnlyCustomization", types: "boolean,array"},
		{path: "strictPluginOnlyCustomization.skills", want: "", comment: "a value, not a member"},
		{path: "permissions.denies", want: ""},
		{path: "permissions.deny.x", want: ""},
		{path: "permissions[]", want: ""},
		{path: "", want: "", comment: "the root has no row"},
		{path: ".permissions", want: ""},
		{path: "permissions.", want: ""},
		{path: "permissions..deny", want: ""},
		{path: "permissions.deny[x]", want: ""},
		{path: "permissions.deny[", want: ""},
		{path: `env."FOO`, want: ""},
		{path: `env."FOO"x`, want: ""},
		{path: "[]", want: ""},
	}
	c := load(t)
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			r, ok := c.Lookup(tt.path)
			if ok != (tt.want != "") {
				t.Fatalf("got ok %v (%s)", ok, tt.comment)
			}
			if !ok {
				return
			}
			if r.Key != tt.want || strings.Join(r.Types, ",") != tt.types || r.Format != tt.format {
				t.Errorf("got %s %v %q, want %s %s %q (%s)", r.Key, r.Types, r.Format, tt.want, tt.types, tt.format, tt.comment)
			}
		})
	}
}

func TestEveryRowIsFoundAtItsKey(t *testing.T) {
	c := load(t)
	for _, r := range c.Rows() {
		got, ok := c.Lookup(r.Key)
		if r.Types.Has(TypeListValue) {
			if ok {
				t.Errorf("%s: found, but it names a value", r.Key)
			}
			continue
		}
		if !ok || got != r {
			t.Errorf("%s: not found at its own key", r.Key)
		}
	}
}

func TestJoin(t *testing.T) {
	tests := []struct{ path, name, want string }{
		{"", "env", "env"},
		{"env", "FOO", "env.FOO"},
		{"env", "A.B", `env."A.B"`},
		{"env", "", `env.""`},
		{"env", `a"b`, `env."a\"b"`},
		{"hooks.PreToolUse[]", "hooks", "hooks.PreToolUse[].hooks"},
	}
	for _, tt := range tests {
		if got := Join(tt.path, tt.name); got != tt.want {
			t.Errorf("Join(%q, %q) = %s, want %s", tt.path, tt.name, got, tt.want)
		}
	}
}

func TestKey(t *testing.T) {
	c := load(t)
	hooks := c.Root().Child("hooks")
	if hooks.Open() || len(hooks.Known()) != 33 {
		t.Errorf("hooks: open %v, %d events, want closed with 33", hooks.Open(), len(hooks.Known()))
	}
	env := c.Root().Child("env")
	if !env.Open() || len(env.Known()) != 0 || env.Elem() != nil {
		t.Errorf("env: want an open map without listed members")
	}
	if diff := cmp.Diff([]string{"caCertPath", "caKeyPath"}, c.At("sandbox.network.tlsTerminate").Known()); diff != "" {
		t.Errorf("known (-want +got):\n%s", diff)
	}
	if c.Root().Row() != nil || c.Root().Child("nonsense") != nil || c.Root().Open() {
		t.Error("the root must have no row and accept no unknown member")
	}
	free := c.At("isolation.x")
	if free.Child("y") != free || free.Elem() != free || !free.Open() {
		t.Error("a place of any type must accept everything below it")
	}
}

func TestIndivisible(t *testing.T) {
	c := load(t)
	for path, want := range map[string]bool{
		"": false, "permissions": false, "sandbox": false, "model": false,
		"statusLine": true, "sandbox.ripgrep": true, "spinnerVerbs": true, "policyHelper": true, "extraKnownMarketplaces.x.source": true,
	} {
		if got := c.At(path).Indivisible(); got != want {
			t.Errorf("%q: indivisible = %v, want %v", path, got, want)
		}
	}
}

func TestEveryPlaceHasARow(t *testing.T) {
	c := load(t)
	seen := map[*Key]bool{c.Root(): true}
	var walk func(at string, k *Key)
	walk = func(at string, k *Key) {
		if k == nil || seen[k] {
			return
		}
		seen[k] = true
		if k.Row() == nil {
			t.Errorf("%s: no row", at)
			return
		}
		if k.Row().Strictness == "" || k.Row().Merge == "" || len(k.Row().Types) == 0 {
			t.Errorf("%s: incomplete row", at)
		}
		for _, name := range k.Known() {
			walk(Join(at, name), k.Child(name))
		}
		walk(at+".*", k.star)
		walk(at+"[]", k.Elem())
	}
	for _, name := range c.Root().Known() {
		walk(name, c.Root().Child(name))
	}
}

func TestCanonical(t *testing.T) {
	tests := []struct {
		name, want string
		ok         bool
	}{
		{"allowedMarketplaces", "strictKnownMarketplaces", true},
		{"additionalMarketplaces", "extraKnownMarketplaces", true},
		{"permissions", "permissions", true},
		{"permission", "permission", false},
		{"permissions.deny", "permissions.deny", false},
	}
	c := load(t)
	for _, tt := range tests {
		if got, ok := c.Canonical(tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("Canonical(%q) = %q, %v, want %q, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestWalkingDoesNotAllocate(t *testing.T) {
	c := load(t)
	got := testing.AllocsPerRun(100, func() {
		k := c.Root().Child("hooks").Child("PreToolUse").Elem().Child("hooks").Elem().Child("timeout")
		if k.Row() == nil || c.At("hooks.PreToolUse[].hooks[3].timeout") != k {
			panic("not found")
		}
	})
	if got != 0 {
		t.Errorf("got %v allocations, want 0", got)
	}
}

// FuzzLookup checks that no path makes Lookup or Suggest fail, that what is
// found takes the same way when it is joined anew, and that each suggestion is
// itself a known path.
func FuzzLookup(f *testing.F) {
	c := load(f)
	for _, r := range c.Rows() {
		f.Add(r.Key)
	}
	for _, s := range []string{"", "[]", "a[1].b", `env."A.B"`, `env."\x`, "permissions.denny", "deny", ".", "hooks.x[]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r, ok := c.Lookup(path)
		if ok && rejoined(c, path) != r {
			t.Errorf("%q: joined anew it leads elsewhere", path)
		}
		suggestions := c.Suggest(path)
		if ok && len(suggestions) > 0 || len(suggestions) > 3 {
			t.Errorf("%q: got suggestions %q", path, suggestions)
		}
		for _, s := range suggestions {
			if _, ok := c.Lookup(s); !ok {
				t.Errorf("%q: suggestion %q is not known", path, s)
			}
		}
	})
}

// rejoined looks path up again after taking it apart and joining its steps.
func rejoined(c *Catalog, path string) *Row {
	at := ""
	for p := newPath(path); ; {
		s, ok := p.next()
		switch {
		case !ok:
			r, _ := c.Lookup(at)
			return r
		case s.entry:
			at += "[]"
		default:
			at = Join(at, s.name)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(b)
	}
}
