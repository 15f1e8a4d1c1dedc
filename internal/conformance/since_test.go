//go:build conformance

package conformance

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/catalog"
)

// TestOldClientKeys holds the dates of top-level keys against the oldest client looked at: a key about whose value it complains is one that it
// knows. Of a key about which it says nothing that cannot be told, since some values are dropped in silence.
func TestOldClientKeys(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	old := oldClient(t)
	var members []string
	for _, r := range cat.Rows() {
		if !strings.ContainsAny(r.Key, ".[*$") {
			members = append(members, `"`+r.Key+`": {"policygen": [[1]]}`)
		}
	}
	tree := writeDir(t, map[string]string{"managed-settings.json": "{" + strings.Join(members, ",\n") + "}"})
	notices, _, err := old.Doctor(t.Context(), tree)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, n := range notices {
		r, ok := cat.Lookup(n.Field)
		if !ok {
			continue // the member policygen of a block
		}
		told++
		if in := r.Introduced().In(catalog.OldestSeen); in != catalog.Has {
			t.Errorf("%s: claude %s knows it, the catalogue says: %s", r.Key, catalog.OldestSeen, r.Introduced())
		}
	}
	if told < len(members)/2 {
		t.Errorf("claude %s complains about %d of %d keys only", catalog.OldestSeen, told, len(members))
	}
}
