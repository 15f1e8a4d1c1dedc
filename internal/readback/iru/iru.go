// Package iru reads the document that describes requests to Iru: which file
// becomes the profile of whom.
package iru

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Request is one profile.
type Request struct {
	Audience string // its folder
	Revision string
	File     string // below the output folder
}

// Read returns the requests. A file outside of the output folder and a profile
// that is not active are errors.
func Read(data []byte) ([]Request, error) {
	var document struct {
		Method   string `json:"method"`
		Path     string `json:"path"`
		Requests []struct {
			Audience string            `json:"audience"`
			Revision string            `json:"revision"`
			Form     map[string]string `json:"form"`
			File     string            `json:"file"`
		} `json:"requests"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	if document.Method != "POST" || document.Path != "/api/v1/library/custom-profiles" {
		return nil, fmt.Errorf("it describes %s %s, which creates no profile", document.Method, document.Path)
	}
	var all []Request
	for _, r := range document.Requests {
		// The document lies two folders deep.
		file, below := strings.CutPrefix(r.File, "../../")
		if !below || strings.Contains("/"+file+"/", "/../") {
			return nil, fmt.Errorf("%s: the file %s does not lie in the output folder", r.Audience, r.File)
		}
		if r.Form["active"] != "true" || r.Form["runs_on_mac"] != "true" || r.Form["name"] == "" {
			return nil, fmt.Errorf("%s: the profile would not be active on Macs", r.Audience)
		}
		all = append(all, Request{r.Audience, r.Revision, file})
	}
	return all, nil
}
