package calls_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/bench/calls"
	"github.com/policygen/policygen/internal/permission"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	p := calls.Policy()
	if n := len(p.Allow) + len(p.Ask) + len(p.Deny); n != 200 {
		t.Errorf("the policy has %d rules: %d allow, %d ask, %d deny", n, len(p.Allow), len(p.Ask), len(p.Deny))
	}
	for list, rules := range map[permission.List][]permission.Rule{permission.Allow: p.Allow, permission.Ask: p.Ask, permission.Deny: p.Deny} {
		for _, r := range rules {
			for _, f := range permission.Check(list, r.Raw) {
				t.Errorf("%s: %+v", r.Raw, f)
			}
		}
	}
}

// TestSession: kinds come as often as they should, and those of a kind not all at once.
func TestSession(t *testing.T) {
	t.Parallel()
	kindOf, want := map[string]string{}, map[string]int{}
	key := func(c permission.Call) string { return fmt.Sprint(c.Tool, c.Input) }
	for _, k := range calls.Kinds() {
		want[k.Name] = k.Weight
		for _, c := range k.Calls {
			kindOf[key(c)] = k.Name
		}
	}
	got, before, run := map[string]int{}, "", 0
	for _, c := range calls.Session() {
		name := kindOf[key(c)]
		got[name]++
		if run++; name != before {
			before, run = name, 1
		}
		if run > 3 {
			t.Errorf("%d calls of the kind %q in a row", run, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

// TestOutcomes: the policy refuses some calls, asks about some and allows most, as in real life. No kind is decided by a short cut.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	p, got := permission.Compile(calls.Policy()), map[permission.Behavior]int{}
	for _, c := range calls.Session() {
		got[p.Decide(c).Behavior]++
	}
	if got[permission.BehaviorAllow] < 50 || got[permission.BehaviorAsk] < 5 || got[permission.BehaviorUnknown] > 0 {
		t.Errorf("outcomes are %v", got)
	}
}

// rate measures decisions on one goroutine, so on one core.
func rate(b *testing.B, list []permission.Call) {
	p := permission.Compile(calls.Policy())
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		p.Decide(list[n%len(list)])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "decisions/s")
}

// BenchmarkSession decides the calls of a session.
func BenchmarkSession(b *testing.B) { rate(b, calls.Session()) }

// BenchmarkKind decides the calls of one kind, to weigh them otherwise.
func BenchmarkKind(b *testing.B) {
	for _, k := range calls.Kinds() {
		b.Run(k.Name, func(b *testing.B) { rate(b, k.Calls) })
	}
}
