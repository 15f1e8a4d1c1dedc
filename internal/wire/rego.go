package wire

import (
	"encoding/json"
	"fmt"
)

// RegoVersion is the version of what is said to and by policygen-rego. Both sides refuse another one.
const RegoVersion = 1

// RegoProgram is the name of the program that evaluates modules, without the ending that Windows adds.
const RegoProgram = "policygen-rego"

// RegoLimit is how many bytes one request or one answer may have.
const RegoLimit = 16 << 20

// RegoRequest is what policygen-rego reads from its standard input: one JSON document.
type RegoRequest struct {
	FormatVersion int            `json:"format_version"`
	Modules       []string       `json:"modules"`
	Input         map[string]any `json:"input"`        // null or absent: the modules are only checked
	Milliseconds  int64          `json:"milliseconds"` // for everything that is asked; the program ends itself after it
}

// RegoResponse is what it answers: a result for each module, in their order.
type RegoResponse struct {
	FormatVersion int          `json:"format_version"`
	Results       []RegoResult `json:"results"`
}

// RegoResult is what became of one module. Problems exclude the rest, and so does an error.
type RegoResult struct {
	Problems []RegoProblem `json:"problems,omitempty"` // why the module does not compile
	Error    string        `json:"error,omitempty"`    // why its evaluation failed
	Allow    bool          `json:"allow"`
	Reasons  []string      `json:"reasons,omitempty"` // why it does not allow, as the module says it
}

// RegoProblem is a mistake in a module. Line and Col count from 1, Col in characters; zero means the module as a whole.
type RegoProblem struct {
	Line int    `json:"line"`
	Col  int    `json:"col"`
	Text string `json:"text"`
}

// ReadRegoRequest decodes a request and checks its version.
func ReadRegoRequest(data []byte) (*RegoRequest, error) {
	var r RegoRequest
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read request: not valid JSON: %w", err)
	}
	return &r, sameRego("request", r.FormatVersion)
}

// ReadRegoResponse decodes an answer about so many modules. An answer about fewer or more of them is none: results
// belong to modules by their order.
func ReadRegoResponse(data []byte, modules int) (*RegoResponse, error) {
	var r RegoResponse
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read answer: not valid JSON: %w", err)
	}
	if err := sameRego("answer", r.FormatVersion); err != nil {
		return nil, err
	}
	if len(r.Results) != modules {
		return nil, fmt.Errorf("read answer: %d results for %d modules", len(r.Results), modules)
	}
	return &r, nil
}

// sameRego compares a version with the program's own.
func sameRego(what string, version int) error {
	if version == RegoVersion {
		return nil
	}
	return fmt.Errorf("read %s: format_version is %d, this program reads %d: install policygen and %s of one release", what, version, RegoVersion, RegoProgram)
}
