// Package diag carries what policygen has to say about an author's files: a place, a severity, a stable code, one line of text,
// what the client would have done, and a hint.
//
// Every stage returns (value, [List]) and goes on after a problem, so that one run shows all of them. Start with [New]; print a sorted
// list with [Text] or [JSON]. A diagnostic means that the policies are wrong; a Go error means that policygen failed. The two never mix:
// List has no Error method.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Severity says how much a diagnostic matters to the exit code.
type Severity uint8

// The severities, mildest first. Only Error makes check and build fail; Warning does with --strict.
const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = [...]string{"info", "warning", "error"}

// String returns "info", "warning" or "error". A value that is none of the three cannot come out of this package.
func (s Severity) String() string { return severityNames[s] }

// MarshalText makes JSON show the severity as its name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Pos is a place in a policy file. Line and Col count from 1, Col in characters; zero means the file as a whole.
type Pos struct {
	File string // slash-separated, relative to the policy folder
	Line int32
	Col  int32
}

// String returns file:line:col, or file alone for a place that has no line. Editors and terminals turn the form into a
// link.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Compare orders places by file, line and column. The file as a whole comes before its lines.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// Related is another place that belongs to a diagnostic, such as the first of two duplicates. It has no severity of
// its own.
type Related struct {
	Pos     Pos
	Message string
}

// Diagnostic is one thing said about the author's files. It is a value: the With methods return a changed copy and may
// be chained.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Pos      Pos
	Message  string    // one line, lower case, no full stop
	Client   string    // what the client would have done with it; empty where the client never sees it
	Hint     string    // what to do next; empty where the message says it
	Related  []Related // in the order they matter
	Ignored  *Ignored  // a comment accepts it for a time; it counts neither as an error nor as a warning
}

// Ignored is a comment that accepts a lint for a time.
type Ignored struct {
	Until  time.Time // from then on the lint is told again
	Reason string    // in the author's words
	Pos    Pos       // of the comment
}

// New returns a diagnostic with the severity of its code. The place may be the zero Pos, where the whole policy folder
// is meant.
func New(code Code, pos Pos, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: code.Severity(), Pos: pos, Message: fmt.Sprintf(format, args...)}
}

// WithHint returns d with a hint. A second call replaces the first.
func (d Diagnostic) WithHint(format string, args ...any) Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// WithClient returns d with what the client would have done.
func (d Diagnostic) WithClient(text string) Diagnostic {
	d.Client = text
	return d
}

// WithRelated returns d with one more place. The slice is clipped first, so that two copies of one diagnostic never
// share what is added.
func (d Diagnostic) WithRelated(pos Pos, format string, args ...any) Diagnostic {
	d.Related = append(slices.Clip(d.Related), Related{Pos: pos, Message: fmt.Sprintf(format, args...)})
	return d
}

// List is any number of diagnostics, in no order until [List.Sorted].
type List []Diagnostic

// Sorted returns the list by place, then severity (worst first), code and text, without exact repetitions.
func (l List) Sorted() List {
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(sorted, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Pos == b.Pos && a.Message == b.Message
	})
}

// Promoted returns the list with every warning made an error, as --strict asks. Infos stay: they report what is as it
// should be.
func (l List) Promoted() List {
	promoted := slices.Clone(l)
	for i := range promoted {
		if promoted[i].Severity == Warning && promoted[i].Ignored == nil {
			promoted[i].Severity = Error
		}
	}
	return promoted
}

// Count returns how many diagnostics have the severity and are not ignored. Repetitions count as often as they occur, so
// it is asked after Sorted.
func (l List) Count(s Severity) int {
	n := 0
	for _, d := range l {
		if d.Severity == s && d.Ignored == nil {
			n++
		}
	}
	return n
}

// Split returns what is told and what comments ignore, each in the order of the list.
func (l List) Split() (told, ignored List) {
	for _, d := range l {
		if d.Ignored == nil {
			told = append(told, d)
		} else {
			ignored = append(ignored, d)
		}
	}
	return told, ignored
}

// HasErrors reports whether anything in the list is an error.
func (l List) HasErrors() bool { return l.Count(Error) > 0 }
