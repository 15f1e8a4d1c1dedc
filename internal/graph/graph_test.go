package graph_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/graph"
)

// rect is what the tests read of a box.
type rect struct{ x, y, w, h int }

// read parses a drawing and returns its boxes and texts, and the links.
func read(t *testing.T, svg []byte) (boxes []rect, texts, links []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	var name string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return boxes, texts, links
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			name = e.Name.Local
			switch name {
			case "rect":
				boxes = append(boxes, rect{number(e, "x"), number(e, "y"), number(e, "width"), number(e, "height")})
			case "a":
				links = append(links, e.Attr[0].Value)
			}
		case xml.CharData:
			if name == "text" && strings.TrimSpace(string(e)) != "" {
				texts = append(texts, string(e))
			}
		case xml.EndElement:
			name = ""
		}
	}
}

func number(e xml.StartElement, name string) int {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			n, _ := strconv.Atoi(a.Value)
			return n
		}
	}
	return -1
}

func draw(t *testing.T, root *graph.Node) []byte {
	t.Helper()
	svg, err := graph.SVG(root, "Groups", "who inherits from whom")
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

// tree returns a tree with a number of children per level.
func tree(widths ...int) *graph.Node {
	n := &graph.Node{Name: fmt.Sprint("level", len(widths)), Notes: []string{"one", "two"}}
	if len(widths) > 0 {
		for range widths[0] {
			n.Children = append(n.Children, tree(widths[1:]...))
		}
	}
	return n
}

// Boxes that cover each other cannot be read.
func TestBoxesDoNotOverlap(t *testing.T) {
	tall := tree(1, 1)
	tall.Notes = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
	for name, root := range map[string]*graph.Node{"one": tree(), "chain": tree(1, 1, 1), "wide": tree(7), "deep": tree(3, 2, 2), "tall parent": tall} {
		boxes, _, _ := read(t, draw(t, root))
		for i, a := range boxes {
			if a.x < 0 || a.y < 0 || a.w <= 0 || a.h <= 0 {
				t.Errorf("%s: box %v lies outside", name, a)
			}
			for _, b := range boxes[i+1:] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%s: boxes %v and %v overlap", name, a, b)
				}
			}
		}
	}
}

func TestTextIsSafe(t *testing.T) {
	root := &graph.Node{Name: `<b>&"'`, Notes: []string{"a < b"}, Link: `x.html?a="><script>`}
	svg := draw(t, root)
	_, texts, links := read(t, svg)
	if len(texts) != 2 || texts[0] != root.Name || texts[1] != root.Notes[0] {
		t.Errorf("texts are %q", texts)
	}
	if len(links) != 1 || links[0] != root.Link {
		t.Errorf("links are %q", links)
	}
	if bytes.Contains(svg, []byte("<script")) {
		t.Error("markup of a name reached the drawing")
	}
}

func TestLongTextIsCut(t *testing.T) {
	long := strings.Repeat("ü", 80)
	svg := draw(t, &graph.Node{Name: long, Notes: []string{long}})
	_, texts, _ := read(t, svg)
	for _, text := range texts {
		if n := len([]rune(text)); n > 33 || !strings.HasSuffix(text, "…") {
			t.Errorf("a text of %d characters: %s", n, text)
		}
	}
	if !bytes.Contains(svg, []byte("<title>"+long+"</title>")) {
		t.Error("the whole name is not in the tooltip")
	}
}

func TestSameTreeSameBytes(t *testing.T) {
	if a, b := draw(t, tree(3, 2)), draw(t, tree(3, 2)); !bytes.Equal(a, b) {
		t.Error("two drawings of one tree differ")
	}
}

func TestTitleForScreenReaders(t *testing.T) {
	svg := draw(t, tree())
	for _, want := range []string{`role="img"`, ">Groups</title>", ">who inherits from whom</desc>"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("no %s in the drawing", want)
		}
	}
}
