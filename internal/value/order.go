package value

import (
	"cmp"
	"unicode/utf8"
)

// CompareKeys orders map keys as the client's fingerprint does: integer-like keys ("0" to "4294967294") first, by number, then the
// rest by UTF-16 code unit (client 2.1.329, managed_settings.resolved_sha256).
func CompareKeys(a, b string) int {
	na, aok := index(a)
	nb, bok := index(b)
	switch {
	case aok && bok:
		return cmp.Compare(na, nb)
	case aok:
		return -1
	case bok:
		return 1
	}
	return compareUTF16(a, b)
}

// index returns the number of a key that JavaScript treats as an array index.
func index(key string) (uint32, bool) {
	if key == "" || len(key) > 10 || (key[0] == '0' && len(key) > 1) {
		return 0, false
	}
	var n uint64
	for i := range len(key) {
		if key[i] < '0' || key[i] > '9' {
			return 0, false
		}
		n = n*10 + uint64(key[i]-'0')
	}
	return uint32(n), n < 1<<32-1
}

// compareUTF16 differs from byte order only where a surrogate pair meets a code point from U+E000 up.
func compareUTF16(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n == len(a) || n == len(b) {
		return cmp.Compare(len(a), len(b))
	}
	for n > 0 && !(utf8.RuneStart(a[n]) && utf8.RuneStart(b[n])) {
		n--
	}
	ra, _ := utf8.DecodeRuneInString(a[n:])
	rb, _ := utf8.DecodeRuneInString(b[n:])
	return cmp.Or(cmp.Compare(firstUnit(ra), firstUnit(rb)), cmp.Compare(ra, rb), cmp.Compare(a, b)) // the last for what is not UTF-8
}

// firstUnit returns the first UTF-16 code unit of r.
func firstUnit(r rune) rune {
	if r < 0x10000 {
		return r
	}
	return 0xd800 + (r-0x10000)>>10
}
