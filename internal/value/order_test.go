package value

import (
	"cmp"
	"slices"
	"testing"
	"testing/quick"
	"unicode/utf16"
)

// TestKeyOrder holds keys in the client's order (2.1.329): array indexes by number, then UTF-16 code units.
func TestKeyOrder(t *testing.T) {
	keys := []string{"0", "7", "9", "10", "4294967294", // the largest index; what follows is text
		"", "-1", "00", "01", "1.0", "1e3", "4294967295", "99999999999", "A", "B", "a", "a-b", "a.b", "aa", "a\u00e9", "z", "\u00e9", "\ud7ff",
		"\U00010000", "\U0001f600", "\U0001f601", "\U0010ffff", // surrogates sort before U+E000
		"\ue000", "\ufb01", "\uffff"}
	for i, a := range keys {
		for j, b := range keys {
			if got, want := CompareKeys(a, b), cmp.Compare(i, j); got != want {
				t.Errorf("CompareKeys(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

// TestCompareUTF16 compares with the slow way: decode both to code units.
func TestCompareUTF16(t *testing.T) {
	same := func(a, b string) bool {
		want := slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		return compareUTF16(a, b) == want && compareUTF16(b, a) == -want
	}
	if err := quick.Check(func(a, b string) bool { return same(a, b) && same(a+b, a) && same(a+"\U0001f600"+b, a+"\ue000"+b) }, nil); err != nil {
		t.Error(err)
	}
}

// TestTotalOrder: keys that differ are never equal, also where they are not UTF-8.
func TestTotalOrder(t *testing.T) {
	keys := []string{"\xff", "\xfe", "\ufffd", "a\xff", "a\xfe", "\xf0\x9f\x98", "\xf0\x9f\x98\x80", "\xed\xa0\x80"}
	for i, a := range keys {
		for j, b := range keys {
			if got := CompareKeys(a, b); (got == 0) != (i == j) || got != -CompareKeys(b, a) {
				t.Errorf("CompareKeys(%q, %q) = %d", a, b, got)
			}
		}
	}
}

func BenchmarkCompareKeys(b *testing.B) {
	for b.Loop() {
		CompareKeys("permissions", "permissionMode")
	}
}
