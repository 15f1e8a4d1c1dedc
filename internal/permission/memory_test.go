package permission

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBlock: what is lent does not overlap, and comes back empty.
func TestBlock(t *testing.T) {
	t.Parallel()
	var b block[string]
	var lent [][]string
	for n := range 20 {
		s := b.take(n)
		if len(s) != 0 || cap(s) != n {
			t.Fatalf("asked for %d and got %d of %d", n, len(s), cap(s))
		}
		for range n + n%2 { // some grow further
			s = append(s, strings.Repeat("x", n))
		}
		lent = append(lent, s)
	}
	for n, s := range lent {
		for _, got := range s {
			if len(got) != n {
				t.Fatalf("slice %d holds %q", n, got)
			}
		}
	}
	b.reset()
	for _, s := range b.take(cap(b.lent))[:cap(b.lent)] {
		if s != "" {
			t.Errorf("%q was not forgotten", s)
		}
	}
	b.take(maxKept + 1)
	if b.reset(); b.lent != nil {
		t.Errorf("%d elements are kept", cap(b.lent))
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	m := &memory{}
	for _, s := range []string{"", "/", "a", "/a/b", "a/b/", "//", "a.b"} {
		if diff := cmp.Diff(strings.Split(s, "/"), m.split(s, '/')); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
	}
}

// usedLines go through all ways of reading a line, broken ones too.
var usedLines = []string{"a && rm x", "cat <<E\n$(rm y)\nE", "a 'b", "((1))", "echo \"`rm x`\"", "sh -c 'rm x; sh -c \"rm y\"'", "X=1 sudo env Y=2 rm \"x\" > z 2>&1", "cd sub && cat <(rm x)", "ls", "rm  a\tb | c", "$((", "cat .env"}

// TestUsedMemoryChangesNothing: a decision does not depend on the calls before.
func TestUsedMemoryChangesNothing(t *testing.T) {
	t.Parallel()
	p := Policy{Deny: parseAll(t, []string{"Bash(rm *)", "Read(.env)", "WebFetch(domain:*.b.c)"}), Allow: parseAll(t, []string{"Bash(a *)", "Bash(* x)", "Edit(src/**)"}), Directories: []string{"/srv/more"}}
	used := Compile(p)
	for round := range 3 {
		for _, line := range usedLines {
			for _, c := range append(callsFor(line), callsFor("src/"+line)...) {
				if round == 1 {
					c.Cwd, c.ProjectDir = "/srv/more", "/srv/more/src"
				}
				want, got := Decide(p, c), used.Decide(c)
				if want.Behavior != got.Behavior || want.Reason != got.Reason || !want.Rule.Equal(got.Rule) {
					t.Errorf("%s %q in %s: %+v, and first of all %+v", c.Tool, line, c.Cwd, got, want)
				}
			}
		}
	}
}

// FuzzUsedMemory is the same for any two lines, one behind the other.
func FuzzUsedMemory(f *testing.F) {
	for i := range usedLines {
		f.Add(usedLines[i], usedLines[len(usedLines)-1-i])
	}
	p := Policy{Deny: parseAll(f, []string{"Bash(rm *)", "Read(.env)"}), Allow: parseAll(f, []string{"Bash(a *)", "Bash(* x)", "Edit(src/**)"})}
	used := Compile(p)
	f.Fuzz(func(t *testing.T, before, line string) {
		for _, c := range callsFor(line) {
			want := Decide(p, c)
			used.Decide(bash(before))
			if got := used.Decide(c); want.Behavior != got.Behavior || want.Reason != got.Reason || !want.Rule.Equal(got.Rule) {
				t.Errorf("%s %q behind %q: %+v, alone %+v", c.Tool, line, before, got, want)
			}
		}
	})
}

// FuzzPairs: a rule that matches a call is a candidate for it, so that a policy
// with the rule alone and one in which it is looked for decide alike.
func FuzzPairs(f *testing.F) {
	for _, c := range [][2]string{{"a b", "a  b"}, {"a *", "a"}, {"* --x *", "do --x y"}, {"a*b", "ab"}, {`a\* *`, "a* b"}, {"sudo:*", "sudo x"}, {"*", ""}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if p := newCommandPattern(pattern); pattern != "" {
			v, need := newVariant(text), p.pairs()
			if p.match(v.text, v.squeezed) && !need.within(&v.has) {
				t.Errorf("%q matches %q and is left out", pattern, text)
			}
		}
		c := fileCall("Read", text)
		s := newSubject(c)
		p := newPathPattern(pattern)
		need := p.pairs()
		for _, rel := range s.paths[0].rel {
			for n := 1; n <= len(rel); n++ {
				if (p.matchPrefix(rel[:n], n == len(rel), true) || p.matchPrefix(rel[:n], n == len(rel), false) || p.matchFolder(rel)) && !need.within(&s.paths[0].has) {
					t.Errorf("%q matches %v and is left out", pattern, rel[:n])
				}
			}
		}
	})
}
