// Package dropins writes the policy as one fragment per source file, for machines where other packages bring settings of their own and for
// people who want to see on the machine which file a rule came from.
//
// The fragments are cut from the resolved settings by origin, not made from the sources, so they also hold what an exception took away.
// Rendering proves each time that the client, which merges fragments in the order of their names, gets the flattened settings back.
package dropins

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/value"
)

// Dir is the folder of the fragments in the client's managed folder.
const Dir = "managed-settings.d"

// Merge combines settings documents in order, as the client does.
type Merge func(docs ...*value.Node) *value.Node

// Backend implements [render.Backend].
type Backend struct {
	keys  *catalog.Key
	merge Merge
}

// New returns the back end for the catalogue's keys and the client's way to merge them.
func New(cat *catalog.Catalog, merge Merge) *Backend {
	return &Backend{keys: cat.Root(), merge: merge}
}

// Name returns "dropins".
func (*Backend) Name() string { return "dropins" }

// Render returns one file for each source file that something of the result comes from. All of them together have the fingerprint.
func (d *Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Settings == nil {
		return nil, nil
	}
	sources := b.Files
	if len(sources) == 0 {
		sources = []string{"policygen"} // settings that nobody wrote
	}
	fragments, err := split(d.keys, b.Settings.Node, sources)
	if err != nil {
		return nil, fmt.Errorf("drop-ins of %s: %w", b.Audience.Name, err)
	}
	if err := d.prove(b.Settings.Node, fragments); err != nil {
		return nil, fmt.Errorf("drop-ins of %s: %w", b.Audience.Name, err)
	}
	var files []render.File
	for i, fragment := range fragments {
		if fragment == nil {
			continue
		}
		data := append(value.AppendIndent(make([]byte, 0, 4096), fragment, 0), '\n')
		files = append(files, render.File{
			Place: render.DropinTree, Path: Dir + "/" + name(i, sources), Data: data, Resolved: b.Settings.Digest(),
		})
	}
	return files, nil
}

// prove merges the fragments and compares. It costs about a third of rendering, and a wrong fragment would loosen a policy unseen.
func (d *Backend) prove(want *value.Node, fragments []*value.Node) error {
	got := d.merge(fragments...)
	if got == nil {
		return errors.New("there is no fragment; this is a fault of policygen, please report it")
	}
	if path, differs := firstDifference(want, got, "settings"); differs {
		return fmt.Errorf("the fragments merge to something else at %s; this is a fault of policygen, please report it", path)
	}
	return nil
}

// firstDifference returns where two values differ first.
func firstDifference(a, b *value.Node, path string) (string, bool) {
	switch {
	case value.Equal(a, b):
		return "", false
	case a.Kind == value.Map && b.Kind == value.Map:
		for i := 0; i < max(len(a.Members), len(b.Members)); i++ {
			if i >= len(b.Members) || i < len(a.Members) && value.CompareKeys(a.Members[i].Key, b.Members[i].Key) < 0 {
				return path + "." + a.Members[i].Key, true
			}
			if i >= len(a.Members) || a.Members[i].Key != b.Members[i].Key {
				return path + "." + b.Members[i].Key, true
			}
			if at, differs := firstDifference(a.Members[i].Value, b.Members[i].Value, path+"."+a.Members[i].Key); differs {
				return at, true
			}
		}
	case a.Kind == value.List && b.Kind == value.List:
		for i := range min(len(a.Items), len(b.Items)) {
			if at, differs := firstDifference(a.Items[i], b.Items[i], path+"["+strconv.Itoa(i)+"]"); differs {
				return at, true
			}
		}
	}
	return path, true
}

// name returns the fragment's file name. The client orders names by UTF-16 code unit and ignores hidden ones (claude 2.1.329), so the
// number is padded and comes first.
func name(i int, sources []string) string {
	width := max(2, len(strconv.Itoa(len(sources))))
	return fmt.Sprintf("%0*d-%s.json", width, i+1, slug(sources[i]))
}

// maxSlug keeps names readable in listings.
const maxSlug = 60

// slug returns the path without extension in lower-case ASCII. The end of a long path says more than its beginning.
func slug(path string) string {
	if dot := strings.LastIndexByte(path, '.'); dot > strings.LastIndexByte(path, '/') {
		path = path[:dot]
	}
	var s []byte
	for _, c := range []byte(strings.ToLower(path)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			s = append(s, c)
		case len(s) > 0 && s[len(s)-1] != '-':
			s = append(s, '-')
		}
	}
	text := strings.Trim(string(s[max(0, len(s)-maxSlug):]), "-")
	if text == "" {
		return "policy"
	}
	return text
}
