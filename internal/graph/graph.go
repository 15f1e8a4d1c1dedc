// Package graph draws a tree of named boxes as SVG, from left to right. Start with [SVG]. The drawing needs no script, font or network, so it
// can be opened alone, put into a page, or attached to a change.
package graph

import (
	"bytes"
	_ "embed"
	"text/template"
	"unicode/utf8"
)

// Node is one box of the tree.
type Node struct {
	Name     string
	Notes    []string // short lines below the name
	Link     string   // where a click leads; "" for nowhere
	Children []*Node
}

// The measures of a drawing, in pixels. A line is cut after the number of characters that fit into a box at its font size.
const (
	boxWidth, gapX, gapY, margin    = 230, 46, 16, 12
	headHeight, noteHeight, padding = 22, 17, 9
	maxName, maxNote                = 27, 33
)

// box is a node with its place.
type box struct {
	Name, Full, Link string
	Notes            []note
	X, Y, W, H       int
	Baseline         int
	Edges            []edge
}

// note is one line of a box, with the place of its baseline.
type note struct {
	Text string
	X, Y int
}

// edge is a curve from a box to one of its children.
type edge struct{ X1, Y1, X2, Y2, Mid int }

// drawing is what the template gets.
type drawing struct {
	Title, Description string
	Width, Height      int
	Boxes              []box
}

//go:embed graph.svg
var source string

// SVG returns the drawing of a tree. Title and description are what a screen reader says of it. Text that does not fit into its box is cut,
// with the full text as the box's tooltip. Equal trees give equal bytes.
func SVG(root *Node, title, description string) ([]byte, error) {
	d := drawing{Title: title, Description: description}
	next := margin
	d.place(root, 0, &next)
	for _, b := range d.Boxes {
		d.Width, d.Height = max(d.Width, b.X+b.W+margin), max(d.Height, b.Y+b.H+margin)
	}
	t, err := template.New("graph").Parse(source)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, d)
	return out.Bytes(), err
}

// place lays out a node and what is below it, and returns the index of its box. Leaves stand below each other from next on; a parent stands
// in the middle of its children.
func (d *drawing) place(n *Node, depth int, next *int) int {
	i := len(d.Boxes)
	d.Boxes = append(d.Boxes, newBox(n, margin+depth*(boxWidth+gapX)))
	if len(n.Children) == 0 {
		d.Boxes[i].move(*next)
		*next += d.Boxes[i].H + gapY
		return i
	}
	var below []int
	for _, child := range n.Children {
		below = append(below, d.place(child, depth+1, next))
	}
	b := &d.Boxes[i]
	first, last := &d.Boxes[below[0]], &d.Boxes[below[len(below)-1]]
	b.move((first.middle()+last.middle())/2 - b.H/2)
	*next = max(*next, b.Y+b.H+gapY)
	for _, child := range below {
		to := &d.Boxes[child]
		b.Edges = append(b.Edges, edge{b.X + b.W, b.middle(), to.X, to.middle(), (b.X + b.W + to.X) / 2})
	}
	return i
}

// newBox returns the box of a node without its height on the page.
func newBox(n *Node, x int) box {
	b := box{Name: escaped(cut(n.Name, maxName)), Full: escaped(n.Name), Link: escaped(n.Link), X: x, W: boxWidth, H: 2*padding + headHeight - 4 + noteHeight*len(n.Notes)}
	for _, text := range n.Notes {
		b.Notes = append(b.Notes, note{Text: escaped(cut(text, maxNote)), X: x + 12})
	}
	return b
}

// move puts the box at a height. A tall parent of few children would leave the page at the top.
func (b *box) move(y int) {
	b.Y = max(y, margin)
	b.Baseline = b.Y + padding + 14
	for i := range b.Notes {
		b.Notes[i].Y = b.Baseline + noteHeight*(i+1)
	}
}

func (b *box) middle() int { return b.Y + b.H/2 }

// NameX is where the text of a box begins.
func (b box) NameX() int { return b.X + 12 }

// cut shortens a text to a number of characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// escaped returns a text for XML. The template is the text package's, because the HTML one does not know SVG attributes.
func escaped(s string) string { return template.HTMLEscapeString(s) }
