package merge

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// fromJSON turns a catalogue sample into a node.
func fromJSON(t testing.TB, data json.RawMessage) *value.Node {
	t.Helper()
	n, err := value.Parse("sample", data, value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// generator makes settings documents from the catalogue's samples: parts of them, so that documents overlap and differ.
type generator struct {
	rand *rand.Rand
	keys []value.Member
}

func newGenerator(t testing.TB, seed uint64) *generator {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1))}
	for _, row := range cat.Rows() {
		if cat.Root().Child(row.Key) != nil && len(row.Sample) > 0 && row.AliasOf == "" {
			g.keys = append(g.keys, value.Member{Key: row.Key, Value: fromJSON(t, row.Sample)})
		}
	}
	if len(g.keys) < 100 {
		t.Fatalf("only %d samples", len(g.keys))
	}
	return g
}

func (g *generator) document() *value.Node {
	var members []value.Member
	for range 1 + g.rand.IntN(25) {
		m := g.keys[g.rand.IntN(len(g.keys))]
		members = append(members, value.Member{Key: m.Key, Value: g.part(m.Value)})
	}
	return value.Object(diag.Pos{File: "d"}, members...)
}

// part returns the value with some entries left out, repeated or changed, without changing its kind.
func (g *generator) part(n *value.Node) *value.Node {
	copied := *n
	switch n.Kind {
	case value.List:
		copied.Items = nil
		for range g.rand.IntN(2*len(n.Items) + 1) {
			item := n.Items[g.rand.IntN(len(n.Items))]
			if item.Kind == value.String && g.rand.IntN(2) == 0 {
				item = value.Text(item.Scalar+string(rune('a'+g.rand.IntN(3))), item.Pos)
			}
			copied.Items = append(copied.Items, item)
		}
	case value.Map:
		copied.Members = nil
		for _, m := range n.Members {
			if g.rand.IntN(3) > 0 {
				m.Value = g.part(m.Value)
				copied.Members = append(copied.Members, m)
			}
		}
	case value.String:
		copied.Scalar += string(rune('a' + g.rand.IntN(3)))
	}
	return &copied
}

const rounds = 2000

// TestAssociative: it does not matter which files are merged first, so ancestors can be resolved once for all their descendants. The client
// has no such law where a list meets a scalar; the generator never changes a kind.
func TestAssociative(t *testing.T) {
	m, g := merger(t), newGenerator(t, 1)
	for range rounds {
		a, b, c := g.document(), g.document(), g.document()
		left, right := m.Documents(m.Documents(a, b), c), m.Documents(a, m.Documents(b, c))
		if !value.Equal(left, right) {
			t.Fatalf("(a b) c: %s\na (b c): %s", value.AppendJSON(nil, left), value.AppendJSON(nil, right))
		}
	}
}

func TestNotAssociative(t *testing.T) {
	m := merger(t)
	a, b, c := doc(t, "a", `{"forceLoginOrgUUID":["1"]}`), doc(t, "b", `{"forceLoginOrgUUID":"2"}`), doc(t, "c", `{"forceLoginOrgUUID":["3"]}`)
	left, right := m.Documents(m.Documents(a, b), c), m.Documents(a, m.Documents(b, c))
	if got := string(value.AppendJSON(nil, left)) + string(value.AppendJSON(nil, right)); got != `{"forceLoginOrgUUID":["3"]}{"forceLoginOrgUUID":["1","3"]}` {
		t.Errorf("got %s", got)
	}
}

// TestIdempotent: merging a document with itself, or with what it was merged from before, changes nothing.
func TestIdempotent(t *testing.T) {
	m, g := merger(t), newGenerator(t, 2)
	for range rounds {
		a, b := g.document(), g.document()
		once := m.Documents(a)
		if !value.Equal(m.Documents(a, a), once) || !value.Equal(m.Documents(once), once) {
			t.Fatalf("twice: %s", value.AppendJSON(nil, a))
		}
		both := m.Documents(a, b)
		if !value.Equal(m.Documents(both, b), both) {
			t.Fatalf("again: %s", value.AppendJSON(nil, b))
		}
	}
}

// TestOneDocument: a document by itself is unchanged but for repeated list entries, which a plain reading of the rows finds too.
func TestOneDocument(t *testing.T) {
	m, g := merger(t), newGenerator(t, 3)
	for range rounds {
		a := g.document()
		got, want := m.Documents(a), once(m.root, a)
		if !value.Equal(got, want) {
			t.Fatalf("got  %s\nwant %s", value.AppendJSON(nil, got), value.AppendJSON(nil, want))
		}
		if !value.Equal(a, got) && value.Size(got) >= value.Size(a) {
			t.Fatalf("the document grew: %s", value.AppendJSON(nil, got))
		}
	}
}

func once(key *catalog.Key, n *value.Node) *value.Node {
	copied := *n
	switch {
	case n.Kind == value.List && mergeOf(key, n) == catalog.MergeUnion:
		copied.Items = nil
		for i, item := range n.Items {
			repeated := false
			for _, earlier := range n.Items[:i] {
				repeated = repeated || value.Equal(earlier, item)
			}
			if !repeated {
				copied.Items = append(copied.Items, item)
			}
		}
	case n.Kind == value.Map && (key == nil || key.Row() == nil || mergeOf(key, n) == catalog.MergeDeep):
		copied.Members = nil
		for _, m := range n.Members {
			copied.Members = append(copied.Members, value.Member{Key: m.Key, Value: once(child(key, m.Key), m.Value)})
		}
	}
	return &copied
}

func BenchmarkInto(b *testing.B) {
	m, g := merger(b), newGenerator(b, 4)
	base := g.document()
	for range 20 {
		base = m.Documents(base, g.document())
	}
	over := g.document()
	b.ReportAllocs()
	for b.Loop() {
		m.Into(base, over, nil)
	}
}
