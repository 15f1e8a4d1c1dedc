package ir

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/policygen/policygen/internal/value"
)

// memo holds the encodings of a document, each made when first asked for.
type memo struct {
	compactOnce, prettyOnce sync.Once
	compact, pretty         []byte
	digest                  string
}

// Compact returns the document as canonical one-line JSON. Do not change the bytes.
func (d *Document) Compact() []byte {
	d.memo.compactOnce.Do(func() {
		d.memo.compact = value.AppendJSON(make([]byte, 0, 4096), d.Node)
		sum := sha256.Sum256(d.memo.compact)
		d.memo.digest = hex.EncodeToString(sum[:])
	})
	return d.memo.compact
}

// Digest returns the hex SHA-256 of [Document.Compact]: the client's resolved_sha256 of these settings.
func (d *Document) Digest() string {
	d.Compact()
	return d.memo.digest
}

// Pretty returns the document as indented JSON that ends with a line break. Do not change the bytes.
func (d *Document) Pretty() []byte {
	d.memo.prettyOnce.Do(func() {
		d.memo.pretty = append(value.AppendIndent(make([]byte, 0, 8192), d.Node, 0), '\n')
	})
	return d.memo.pretty
}
