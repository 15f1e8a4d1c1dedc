// Package files is what readers of packages, scripts and other containers have
// in common: a file that is in one, and a bound on what may come out of it.
package files

import (
	"errors"
	"io"
)

// File is one file that a container installs.
type File struct {
	Path string // slash-separated, as the container names it
	Data []byte // nil where the container only names the file
	Exec bool
	Link string // target of a symbolic link instead of content
}

// ErrTooLarge is a container that unpacks to more than its bound.
var ErrTooLarge = errors.New("it unpacks to more than any policy holds")

// Max is the bound that readers use, in bytes: far above any policy, and far
// below what would trouble the machine that checks one.
const Max = 64 << 20

// Budget is what may still be read. A container of a kilobyte can unpack to
// gigabytes, so no size that one tells is believed.
type Budget struct{ left int64 }

// Limit returns a budget of so many bytes.
func Limit(bytes int64) *Budget { return &Budget{bytes} }

// Read reads to the end, or fails with [ErrTooLarge].
func (b *Budget) Read(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, b.left+1))
	if err != nil {
		return nil, err
	}
	if b.left -= int64(len(data)); b.left < 0 {
		b.left = 0
		return nil, ErrTooLarge
	}
	return data, nil
}
