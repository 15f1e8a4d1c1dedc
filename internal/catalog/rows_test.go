package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// wantRows is the number of rows of settings.json: 403 keys of the reference
// for 2.1.329 and the blocks and members between them.
const wantRows = 461

func load(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rule is a property that every row must have.
type rule struct {
	name string
	ok   func(*Row) bool
}

func checkRules(t *testing.T, rules []rule) {
	t.Helper()
	c := load(t)
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for _, r := range c.Rows() {
				if !rule.ok(r) {
					t.Errorf("%s: %s", r.Key, rule.name)
				}
			}
		})
	}
}

func TestCount(t *testing.T) {
	c := load(t)
	if got := len(c.Rows()); got != wantRows {
		t.Errorf("got %d rows, want %d; a new key changes this number and nothing else", got, wantRows)
	}
	if got := c.ClientVersion(); got != "2.1.329" {
		t.Errorf("got client version %q", got)
	}
}

func TestRowsAreClassified(t *testing.T) {
	checkRules(t, []rule{
		{"has a known strictness", func(r *Row) bool {
			return slices.Contains([]Strictness{Order, Additive, Locked, Free}, r.Strictness)
		}},
		{"has a direction exactly if ordered", func(r *Row) bool {
			return (r.Strictness == Order) == (r.Stricter != "")
		}},
		{"orders a boolean by true or false", func(r *Row) bool {
			boolean := r.Stricter == StricterTrue || r.Stricter == StricterFalse
			return !boolean || r.Types.Has("boolean")
		}},
		{"orders a list or map by its entries", func(r *Row) bool {
			return r.Stricter != StricterFewer || r.Types.Has("array") || r.Types.Has(TypeMap)
		}},
		{"says what an unset allowlist means", func(r *Row) bool {
			return (r.Stricter == StricterFewer) == (r.Unset != "")
		}},
		{"orders its values exactly if it says so", func(r *Row) bool {
			return (r.Stricter == StricterValues) == (len(r.LooseToStrict) > 0)
		}},
		{"orders all of its values", func(r *Row) bool {
			for _, v := range r.Enum {
				_, alias := r.ValueAliases[v]
				if r.Stricter == StricterValues && !alias && !slices.Contains(r.LooseToStrict, v) {
					return false
				}
			}
			return true
		}},
		{"adds to a list", func(r *Row) bool {
			return r.Strictness != Additive || r.Types.Has("array") || r.Types.Has(TypeListValue)
		}},
		{"only two keys besides the free ones are overridable", func(r *Row) bool {
			two := r.Key == "permissions.allow" || r.Key == "permissions.additionalDirectories"
			return r.OverridableByDefault == two
		}},
	})
}

func TestRowsAreComplete(t *testing.T) {
	merges := []Merge{MergeReplace, MergeUnion, MergeDeep, MergeReplaceWhole, MergeInEntry}
	scopes := []Scope{ScopeAny, ScopeManaged, ScopeUserManaged, ScopeUserLocalManaged, ScopeGlobal, ScopeLauncher}
	sources := []string{"remote", "mdm", "hklm", "hkcu", "file", "helper", "parent"}
	types := []string{"string", "boolean", "integer", "number", "array", "object", TypeMap, TypeAny, "null", TypeListValue}
	seenBy := []SeenBy{SeenByDoctor, SeenByPrint, SeenByNobody, SeenByExit}
	checkRules(t, []rule{
		{"has a known type", func(r *Row) bool {
			return len(r.Types) > 0 && !slices.ContainsFunc(r.Types, func(s string) bool { return !slices.Contains(types, s) })
		}},
		{"has a known merge kind", func(r *Row) bool { return slices.Contains(merges, r.Merge) }},
		{"has a known scope", func(r *Row) bool { return slices.Contains(scopes, r.Scope) }},
		{"has known sources", func(r *Row) bool {
			return !slices.ContainsFunc(r.Sources, func(s string) bool { return !slices.Contains(sources, s) })
		}},
		{"has a since basis that fits", func(r *Row) bool {
			known := r.SinceBasis == SinceKnown || r.SinceBasis == SinceBefore || r.SinceBasis == SinceFirstSeen
			return known && (r.SinceBasis == SinceKnown) == (r.Since != "")
		}},
		{"has a topic", func(r *Row) bool { return r.Topic != "" && r.Topic == strings.ToLower(r.Topic) }},
		{"has a doc", func(r *Row) bool { return r.Doc != "" }},
		{"has an outcome or a reason", func(r *Row) bool { return (r.Invalid == "") == (r.InvalidReason != "") }},
		{"says who sees the outcome", func(r *Row) bool {
			return r.Invalid == "" || slices.Contains(seenBy, r.InvalidSeenBy)
		}},
		{"has a value exactly for that outcome", func(r *Row) bool {
			return len(r.InvalidValue) == 0 || r.Invalid == TreatedAsValue
		}},
		{"unknown members are stripped or kept", func(r *Row) bool {
			return slices.Contains([]string{"", "stripped", "kept"}, r.UnknownMembers)
		}},
		{"a list or map names its entries", func(r *Row) bool {
			many := r.Types.Has("array") || r.Types.Has(TypeMap)
			return !many || r.Items != "" || r.AliasOf != "" || r.MembersOf != ""
		}},
	})
}

func TestReferences(t *testing.T) {
	c := load(t)
	for _, r := range c.Rows() {
		for _, to := range []string{r.AliasOf, r.Lock, r.Replacement} {
			if _, ok := c.Lookup(to); to != "" && !ok {
				t.Errorf("%s refers to %s, which is not listed", r.Key, to)
			}
		}
	}
}

func TestSamplesHaveListedValues(t *testing.T) {
	for _, r := range load(t).Rows() {
		var s string
		if len(r.Enum) == 0 || len(r.Sample) == 0 {
			continue
		}
		if err := json.Unmarshal(r.Sample, &s); err != nil {
			t.Errorf("%s: %v", r.Key, err)
		}
		if !slices.Contains(r.Enum, s) {
			t.Errorf("%s: sample %q is not one of %q", r.Key, s, r.Enum)
		}
	}
}

// TestBooleansFollowTheClient: a lock that the client turns into true must be
// stricter when true, and a grant the other way round, or a check of overlays
// would disagree with the client.
func TestBooleansFollowTheClient(t *testing.T) {
	for _, r := range load(t).Rows() {
		if r.Key == "attribution.sessionUrl" {
			continue // the client hides the address, but that grants nobody anything
		}
		want := map[Outcome]Direction{TreatedAsTrue: StricterTrue, TreatedAsFalse: StricterFalse}[r.Invalid]
		if want != "" && r.Types.Has("boolean") && len(r.Types) == 1 && r.Stricter != want {
			t.Errorf("%s: stricter is %q, but an invalid value is %s", r.Key, r.Stricter, r.Invalid)
		}
	}
}

func TestCertainKeys(t *testing.T) {
	tests := []struct {
		key        string
		strictness Strictness
		stricter   Direction
		unset      Meaning
		lock       string
	}{
		{"permissions.allow", Order, StricterFewer, UnsetNothing, "allowManagedPermissionRulesOnly"},
		{"permissions.deny", Additive, "", "", ""},
		{"permissions.ask", Additive, "", "", ""},
		{"availableModels", Order, StricterFewer, UnsetEverything, "enforceAvailableModels"},
		{"allowedMcpServers", Order, StricterFewer, UnsetEverything, "allowManagedMcpServersOnly"},
		{"sandbox.network.allowedDomains", Order, StricterFewer, UnsetNothing, "sandbox.network.allowManagedDomainsOnly"},
		{"sandbox.enabled", Order, StricterTrue, "", ""},
		{"sandbox.failIfUnavailable", Order, StricterTrue, "", ""},
		{"sandbox.filesystem.denyRead", Additive, "", "", ""},
		{"enableAllProjectMcpServers", Order, StricterFalse, "", ""},
		{"disableAllHooks", Locked, "", "", ""},
		{"cleanupPeriodDays", Locked, "", "", ""},
		{"env", Locked, "", "", ""},
		{"hooks", Locked, "", "", ""},
		{"theme", Free, "", "", ""},
		{"model", Free, "", "", ""},
	}
	c := load(t)
	for _, tt := range tests {
		r, ok := c.Lookup(tt.key)
		if !ok {
			t.Errorf("%s: not found", tt.key)
			continue
		}
		if r.Strictness != tt.strictness || r.Stricter != tt.stricter || r.Unset != tt.unset || r.Lock != tt.lock {
			t.Errorf("%s: got %s %q %q %q", tt.key, r.Strictness, r.Stricter, r.Unset, r.Lock)
		}
	}
}
