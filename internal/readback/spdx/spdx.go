// Package spdx reads a bill of materials (SPDX 2.3, JSON): the digest of each
// file of a release.
package spdx

import (
	"encoding/json"
	"errors"
	"strings"
)

// Bill is what a bill of materials says of a release.
type Bill struct {
	Files    map[string]string // SHA-256 by path below the release, without the sources
	Sources  map[string]string // the same of the policy files, by path below the policy folder
	Comments []string          // of its packages
}

// Read returns the bill.
func Read(data []byte) (*Bill, error) {
	var d struct {
		Version  string `json:"spdxVersion"`
		Packages []struct {
			ID      string   `json:"SPDXID"`
			Comment string   `json:"comment"`
			Files   []string `json:"hasFiles"`
		} `json:"packages"`
		Files []struct {
			ID        string `json:"SPDXID"`
			Name      string `json:"fileName"`
			Checksums []struct {
				Algorithm string `json:"algorithm"`
				Value     string `json:"checksumValue"`
			} `json:"checksums"`
		} `json:"files"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	if d.Version != "SPDX-2.3" {
		return nil, errors.New("it is no SPDX 2.3 document")
	}
	b := &Bill{Files: map[string]string{}, Sources: map[string]string{}}
	// The bill lists the policy files too, which are no part of the archive.
	inRelease := map[string]bool{}
	for _, p := range d.Packages {
		b.Comments = append(b.Comments, p.Comment)
		for _, id := range p.Files {
			inRelease[id] = inRelease[id] || p.ID == "SPDXRef-Release"
		}
	}
	for _, f := range d.Files {
		name, isSource := strings.CutPrefix(f.Name, "./policies/")
		into := b.Sources
		if inRelease[f.ID] {
			name, into = strings.TrimPrefix(f.Name, "./"), b.Files
		} else if !isSource {
			continue
		}
		for _, c := range f.Checksums {
			if c.Algorithm == "SHA256" {
				into[name] = c.Value
			}
		}
	}
	return b, nil
}
