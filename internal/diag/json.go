package diag

import (
	"encoding/json"
	"io"
	"time"
)

// FormatVersion is the version of the JSON output; it grows when a field changes its meaning.
const FormatVersion = 1

// jsonPlace leaves out line and column where the file as a whole is meant, so that 0 is never taken for a line.
type jsonPlace struct {
	File    string `json:"file"`
	Line    int32  `json:"line,omitempty"`
	Column  int32  `json:"column,omitempty"`
	Message string `json:"message,omitempty"`
}

// jsonDiagnostic has the place beside the other fields and not below them: most readers need it first.
type jsonDiagnostic struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	jsonPlace
	Client  string       `json:"client,omitempty"`
	Hint    string       `json:"hint,omitempty"`
	Related []jsonPlace  `json:"related,omitempty"`
	Ignored *jsonIgnored `json:"ignored,omitempty"`
}

// jsonIgnored is the comment that ignores a diagnostic.
type jsonIgnored struct {
	jsonPlace
	Until  string `json:"until"`
	Reason string `json:"reason"`
}

// Document is a list as machines read it: {"format_version", "errors", "warnings", "diagnostics", "suppressed"}; the last are those that a
// comment ignores. Other documents embed it.
type Document struct {
	FormatVersion int              `json:"format_version"`
	Errors        int              `json:"errors"`
	Warnings      int              `json:"warnings"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
	Suppressed    []jsonDiagnostic `json:"suppressed"`
}

// NewDocument returns the document of a list. File names get the prefix. An empty list is an empty array and never null, so that programs
// need no second case.
func NewDocument(list List, prefix string) Document {
	out := Document{FormatVersion, list.Count(Error), list.Count(Warning), []jsonDiagnostic{}, []jsonDiagnostic{}}
	told, ignored := list.Split()
	for _, d := range told {
		out.Diagnostics = append(out.Diagnostics, d.json(prefix))
	}
	for _, d := range ignored {
		j := d.json(prefix)
		j.Ignored = &jsonIgnored{d.Ignored.Pos.json(prefix, ""), d.Ignored.Until.Format(time.RFC3339), d.Ignored.Reason}
		out.Suppressed = append(out.Suppressed, j)
	}
	return out
}

// JSON writes the document of a list.
func JSON(w io.Writer, list List, prefix string) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(NewDocument(list, prefix))
}

// json returns the diagnostic as it is written.
func (d Diagnostic) json(prefix string) jsonDiagnostic {
	j := jsonDiagnostic{Code: d.Code, Severity: d.Severity, jsonPlace: d.Pos.json(prefix, d.Message), Client: d.Client, Hint: d.Hint}
	for _, r := range d.Related {
		j.Related = append(j.Related, r.Pos.json(prefix, r.Message))
	}
	return j
}

// json returns the place as it is written. The policy folder as a whole has no file.
func (p Pos) json(prefix, message string) jsonPlace {
	file := p.File
	if file != "" {
		file = prefix + file
	}
	return jsonPlace{file, p.Line, p.Col, message}
}
