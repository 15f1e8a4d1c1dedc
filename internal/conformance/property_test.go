//go:build conformance

package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/catalog"
)

// harmful matches the keys that keep the client from starting where it is asked, or from using the policy that it was given.
var harmful = regexp.MustCompile(`^(forceLogin|required|policyHelper|apiKeyHelper|allowedProviders|enforceAnthropicSignIn|forceRemoteSettingsRefresh` +
	`|sandbox\.failIfUnavailable|isolation|managedSourcesBehavior|disableAllHooks)`)

// TestGeneratedPolicies merges three files of keys and rules drawn from the catalogue and compares with the client.
func TestGeneratedPolicies(t *testing.T) {
	rows := drawnRows(t)
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(seed, 1))
			b := build(t, writeDir(t, map[string]string{
				"organization.yaml": "organization: Acme Corporation\nclient: {minimum_version: 2.1.329}\n",
				"a.json":            document(t, policyFile{Settings: drawSettings(t, draw, rows)}),
				"b/first.json":      document(t, policyFile{Settings: drawSettings(t, draw, rows)}),
				"b/second.json":     document(t, policyFile{Settings: drawSettings(t, draw, rows)}),
			}))
			mustLoadBoth(t, b, "default/linux", nil)
		})
	}
}

// drawn is a key that a generated policy may set.
type drawn struct {
	*catalog.Row

	block   string // the key around it
	inBlock bool   // block is wrong without some of its members, so this one comes only beside them
}

// drawnRows returns the keys of the catalogue that a generated policy may set, parents before their members.
func drawnRows(t *testing.T) []drawn {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]bool{}
	for _, row := range cat.Rows() {
		if row.Required {
			blocks[parent(row.Key)] = true
		}
	}
	var rows []drawn
	for _, row := range cat.Rows() {
		elsewhere := row.Scope == catalog.ScopeGlobal || row.Scope == catalog.ScopeLauncher || row.AliasOf != "" || row.Removed != ""
		if !elsewhere && row.Sample != nil && !row.Types.Has(catalog.TypeListValue) && !strings.ContainsAny(row.Key, "*[") && !harmful.MatchString(row.Key) {
			rows = append(rows, drawn{row, parent(row.Key), blocks[parent(row.Key)]})
		}
	}
	slices.SortStableFunc(rows, func(a, b drawn) int { return strings.Count(a.Key, ".") - strings.Count(b.Key, ".") })
	return rows
}

// drawSettings draws a settings document: samples of a quarter of the keys, and entries of lists and maps from pools small enough that files
// share some.
func drawSettings(t *testing.T, draw *rand.Rand, rows []drawn) map[string]any {
	t.Helper()
	settings := map[string]any{}
	for _, row := range rows {
		if draw.IntN(4) != 0 || row.inBlock && get(settings, row.block) == nil {
			continue
		}
		var sample any
		if err := json.Unmarshal(row.Sample, &sample); err != nil {
			t.Fatal(err)
		}
		set(settings, row.Key, sample)
	}
	set(settings, "permissions.deny", drawList(draw, "Bash(forbidden-%d *)"))
	set(settings, "permissions.ask", drawList(draw, "WebFetch(domain:host-%d.acme.example)"))
	set(settings, "companyAnnouncements", drawList(draw, "Notice %d"))
	set(settings, "sandbox.network.allowedDomains", drawList(draw, "*.mirror-%d.acme.example"))
	set(settings, "env.ACME_REGION", fmt.Sprintf("region-%d", draw.IntN(3)))
	set(settings, fmt.Sprintf("env.ACME_%d", draw.IntN(3)), "1")
	set(settings, "cleanupPeriodDays", 1+draw.IntN(30))
	return settings
}

// drawList returns one to four different entries.
func drawList(draw *rand.Rand, format string) []any {
	var list []any
	for _, i := range draw.Perm(6)[:1+draw.IntN(4)] {
		list = append(list, fmt.Sprintf(format, i))
	}
	return list
}

// parent returns the dotted path of the key around a key, "" for a top-level one.
func parent(key string) string {
	return key[:max(strings.LastIndexByte(key, '.'), 0)]
}

// get returns the value at a dotted path, or nil.
func get(tree map[string]any, key string) any {
	var value any = tree
	for name := range strings.SplitSeq(key, ".") {
		members, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = members[name]
	}
	return value
}

// set puts a value at a dotted path unless something on the way is no map.
func set(tree map[string]any, key string, value any) {
	for {
		head, rest, deeper := strings.Cut(key, ".")
		if !deeper {
			tree[head] = value
			return
		}
		if tree[head] == nil {
			tree[head] = map[string]any{}
		}
		next, ok := tree[head].(map[string]any)
		if !ok {
			return
		}
		tree, key = next, rest
	}
}
