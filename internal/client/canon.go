package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
)

// Canonical returns the one JSON spelling of doc that the client hashes: compact, objects sorted by key at every depth,
// numbers and strings as JavaScript's JSON.stringify writes them. It was derived from claude 2.1.329, whose
// managed_settings.resolved_sha256 is the SHA-256 of this text.
//
// Of equal keys the last one stays. A lone surrogate escape becomes U+FFFD, as Go's decoder reads it.
// The error says where doc is not one JSON document.
func Canonical(doc []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("policy is not JSON, near byte %d: %w", decoder.InputOffset(), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text follows the JSON document at byte %d", decoder.InputOffset())
	}
	return appendCanonical(nil, tree), nil
}

// SHA256 returns the lower-case hexadecimal SHA-256 of Canonical(doc).
func SHA256(doc []byte) (string, error) {
	text, err := Canonical(doc)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// appendCanonical writes any value that a decoder with UseNumber makes.
func appendCanonical(out []byte, tree any) []byte {
	switch tree := tree.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, tree)
	case json.Number:
		return appendNumber(out, tree)
	case string:
		return appendString(out, tree)
	case []any:
		return appendArray(out, tree)
	default:
		return appendObject(out, tree.(map[string]any))
	}
}

func appendArray(out []byte, list []any) []byte {
	out = append(out, '[')
	for i, element := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendCanonical(out, element)
	}
	return append(out, ']')
}

// appendObject sorts here, because Go maps have no order and encoding/json sorts by bytes.
func appendObject(out []byte, object map[string]any) []byte {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareKeys)
	out = append(out, '{')
	for i, key := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, key), ':')
		out = appendCanonical(out, object[key])
	}
	return append(out, '}')
}

// compareKeys orders as the client's sort followed by JavaScript's own property order does: array indexes first and by
// value, whatever the sort said, then the rest by UTF-16 code unit, which differs from byte order above U+FFFF.
func compareKeys(a, b string) int {
	indexA, isA := arrayIndex(a)
	indexB, isB := arrayIndex(b)
	switch {
	case isA && isB:
		return int(indexA - indexB)
	case isA:
		return -1
	case isB:
		return 1
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// arrayIndex reports whether key is an array index of ECMAScript: a whole number up to 2^32-2 in its shortest form.
func arrayIndex(key string) (int64, bool) {
	index, err := strconv.ParseUint(key, 10, 32)
	if err != nil || index == 1<<32-1 || strconv.FormatUint(index, 10) != key {
		return 0, false
	}
	return int64(index), true
}

// appendNumber writes a number as JavaScript does after reading it into a double: 1.0 is 1, 2^53+1 is 2^53, an overflow
// is null. encoding/json follows the same layout rules as ECMAScript's Number::toString.
func appendNumber(out []byte, number json.Number) []byte {
	value, err := number.Float64()
	if err != nil {
		return append(out, "null"...)
	}
	if value == 0 { // -0 too
		return append(out, '0')
	}
	text, err := json.Marshal(value)
	if err != nil {
		return append(out, "null"...)
	}
	return append(out, text...)
}

// appendString writes a string with the escapes that JSON demands and no others; encoding/json would also escape
// characters that are special in HTML and JavaScript.
func appendString(out []byte, text string) []byte {
	const hexDigits = "0123456789abcdef"
	short := map[byte]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}
	out = append(out, '"')
	for i := range len(text) {
		c := text[i]
		if letter, ok := short[c]; ok {
			out = append(out, '\\', letter)
		} else if c < ' ' {
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		} else {
			out = append(out, c)
		}
	}
	return append(out, '"')
}
