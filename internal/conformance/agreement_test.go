//go:build conformance

package conformance

import (
	"math/rand/v2"
	"testing"

	"github.com/policygen/policygen/internal/permission/corpus"
	"github.com/policygen/policygen/internal/permission/live"
)

// seed picks the sample that is tried on the client. Change it to try another; make nightly tries all cases.
const seed = 7

// TestPermissionCorpus asks the client again about a sample of the recorded decisions, and compares the model with all of them.
func TestPermissionCorpus(t *testing.T) {
	t.Parallel()
	rec, err := corpus.Read()
	if err != nil {
		t.Fatal(err)
	}
	sample := pick(rec)
	now, notes, err := live.Record(t.Context(), runner, sample, nil)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Client != now.Client {
		t.Logf("recorded from %s, tried on %s", rec.Client, now.Client)
	}
	for _, note := range notes {
		t.Errorf("the client did not decide: %s", note)
	}
	for _, change := range corpus.Changes(corpus.Recorded{Groups: sample}, now) {
		t.Error(change)
	}
	result := corpus.Compare(rec)
	t.Logf("seed %d: %d of %d cases tried on the client; %s", seed, now.Len(), rec.Len(), result)
	for _, wrong := range result.Wrong {
		t.Error(wrong)
	}
}

// pick returns some calls of some groups.
func pick(rec corpus.Recorded) []corpus.Group {
	random := rand.New(rand.NewPCG(seed, seed))
	var sample []corpus.Group
	for _, n := range random.Perm(len(rec.Groups))[:6] {
		g := rec.Groups[n]
		calls := g.Calls
		g.Calls = nil
		for _, i := range random.Perm(len(calls))[:min(20, len(calls))] {
			g.Calls = append(g.Calls, calls[i])
		}
		sample = append(sample, g)
	}
	return sample
}
