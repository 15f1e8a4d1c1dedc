package diag

import (
	"encoding/json"
	"io"
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
	Client  string      `json:"client,omitempty"`
	Hint    string      `json:"hint,omitempty"`
	Related []jsonPlace `json:"related,omitempty"`
}

// Document is a list as machines read it: {"format_version", "errors", "warnings", "diagnostics"}. Other documents embed it.
type Document struct {
	FormatVersion int              `json:"format_version"`
	Errors        int              `json:"errors"`
	Warnings      int              `json:"warnings"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

// NewDocument returns the document of a list. File names get the prefix. An empty list is an empty array and never null, so that programs
// need no second case.
func NewDocument(list List, prefix string) Document {
	out := Document{FormatVersion, list.Count(Error), list.Count(Warning), []jsonDiagnostic{}}
	place := func(p Pos, message string) jsonPlace {
		file := p.File
		if file != "" {
			file = prefix + file
		}
		return jsonPlace{file, p.Line, p.Col, message}
	}
	for _, d := range list {
		j := jsonDiagnostic{Code: d.Code, Severity: d.Severity, jsonPlace: place(d.Pos, d.Message), Client: d.Client, Hint: d.Hint}
		for _, r := range d.Related {
			j.Related = append(j.Related, place(r.Pos, r.Message))
		}
		out.Diagnostics = append(out.Diagnostics, j)
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
