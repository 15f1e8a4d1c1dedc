package permission

import "strings"

// pairs is a set of pairs of neighbouring bytes; different ones may count as
// the same. A text that lacks a pair of a pattern's literals does not match the
// pattern, and this is told for many patterns in the time of one comparison.
type pairs [2]uint64

// add takes in the pairs of a text.
func (p *pairs) add(s string) {
	for i := 1; i < len(s); i++ {
		h := s[i-1]*7 + s[i]*31
		p[h>>7] |= 1 << (h & 63)
	}
}

// within reports that each of these pairs is also one of the others.
func (p *pairs) within(o *pairs) bool { return p[0]&^o[0]|p[1]&^o[1] == 0 }

// pairs are in every text that the pattern matches, without runs of blanks.
func (p *commandPattern) pairs() pairs {
	var need pairs
	if p.parts == nil {
		need.add(squeeze(p.text))
	}
	for i, part := range p.parts {
		if i == 0 && p.tail {
			part = strings.TrimSuffix(part, " ")
		}
		need.add(part)
	}
	return need
}

// pairs are in every path that the pattern matches.
func (p *pathPattern) pairs() pairs {
	var need pairs
	for _, segment := range p.segments {
		if literal(segment) {
			need.add("/" + segment)
		}
	}
	if p.suffix {
		need.add(p.name[1:])
	}
	return need
}
