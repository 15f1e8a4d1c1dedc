package resolve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
)

// TestNarrowIntersects: down a chain of groups that narrow at random, each group has exactly the list that it names, which the one above covers,
// with the lock that keeps people from widening it; anything else is an error.
func TestNarrowIntersects(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	fits, refused := 0, 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 11))
		lists := [][]string{append(subset(r, "opus", "sonnet", "haiku"), "fable")}
		o := &organization{files: fstest.MapFS{}}
		o.add("base.json", fmt.Sprintf(`{"settings": {"availableModels": %s}}`, quotedList(lists[0])))
		covered := true
		for i := range 3 {
			o.parents = append(o.parents, []string{"", "g0", "g1"}[i])
			list := subset(r, lists[i]...)
			if r.IntN(4) == 0 {
				list = append(list, []string{"opus", "sonnet", "haiku"}[r.IntN(3)])
			}
			slices.Sort(list)
			list = slices.Compact(list)
			covered = covered && !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(lists[i], s) })
			lists = append(lists, list)
			o.add(fmt.Sprintf("team%d.json", i), fmt.Sprintf(`{"group": "g%d", "narrow": {"availableModels": %s}}`, i, quotedList(list)))
		}
		result, found := Resolve(o.set(t), cat, time.Time{})
		if told := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == diag.NarrowNotCovered }); told == covered {
			t.Fatalf("seed %d: %v, covered %v\n%s", seed, found, covered, dump(o.files))
		}
		if !covered {
			refused++
			continue
		}
		fits++
		for i := range o.parents {
			settings := result.Group(fmt.Sprintf("g%d", i)).States["linux"].Settings
			want := []any{}
			for _, s := range lists[i+1] {
				want = append(want, s)
			}
			if diff := cmp.Diff(want, plain(settings, "availableModels")); diff != "" {
				t.Fatalf("seed %d, g%d: %s\n%s", seed, i, diff, dump(o.files))
			}
			if plain(settings, "enforceAvailableModels") != true {
				t.Fatalf("seed %d, g%d: the list is not locked", seed, i)
			}
		}
	}
	if fits < 100 || refused < 100 {
		t.Errorf("%d chains fit and %d do not: the test proves little", fits, refused)
	}
}

// quotedList writes names as a JSON list.
func quotedList(names []string) string {
	text := "["
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", name)
	}
	return text + "]"
}
