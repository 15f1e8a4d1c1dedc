// Package intune reads the bodies of requests to Microsoft Graph: which
// profile, custom settings or scripts each would create.
package intune

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Request is what one request creates. Which fields are set depends on its
// type.
type Request struct {
	Type           string // without the namespace, such as macOSCustomConfiguration
	Title          string
	Description    string
	Profile        []byte    // a configuration profile
	Settings       []Setting // custom settings of Windows, in order
	Detect, Repair []byte    // scripts of a remediation
}

// Setting is one custom setting of Windows.
type Setting struct{ URI, Value string }

// body has the fields of every type. A field that none of them has is an
// error.
type body struct {
	Type        string `json:"@odata.type"`
	Title       string `json:"displayName"`
	Description string `json:"description"`
	Channel     string `json:"deploymentChannel"`
	PayloadName string `json:"payloadName"`
	File        string `json:"payloadFileName"`
	Payload     []byte `json:"payload"`
	Settings    []struct {
		Type  string `json:"@odata.type"`
		Title string `json:"displayName"`
		URI   string `json:"omaUri"`
		Value string `json:"value"`
	} `json:"omaSettings"`
	Publisher string `json:"publisher"`
	Account   string `json:"runAsAccount"`
	Signed    bool   `json:"enforceSignatureCheck"`
	Narrow    bool   `json:"runAs32Bit"`
	Detect    []byte `json:"detectionScriptContent"`
	Repair    []byte `json:"remediationScriptContent"`
}

// Read returns what a request creates.
func Read(data []byte) (*Request, error) {
	var b body
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		var wrong base64.CorruptInputError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("a content is not base64: %w", err)
		}
		return nil, err
	}
	kind, known := strings.CutPrefix(b.Type, "#microsoft.graph.")
	r := &Request{Type: kind, Title: b.Title, Description: b.Description, Profile: b.Payload, Detect: b.Detect, Repair: b.Repair}
	for _, s := range b.Settings {
		if s.Type != "#microsoft.graph.omaSettingString" {
			return nil, fmt.Errorf("the setting %s is a %s", s.URI, s.Type)
		}
		r.Settings = append(r.Settings, Setting{s.URI, s.Value})
	}
	// A profile for users, a script that does not run as the system or one in
	// 32 bits would be delivered and do nothing.
	switch {
	case !known || b.Title == "":
	case kind == "macOSCustomConfiguration" && b.Channel == "deviceChannel" && len(b.Payload) > 0:
		return r, nil
	case kind == "windows10CustomConfiguration" && len(r.Settings) > 0:
		return r, nil
	case kind == "deviceHealthScript" && b.Account == "system" && !b.Narrow && len(b.Detect) > 0 && len(b.Repair) > 0:
		return r, nil
	}
	return nil, fmt.Errorf("%q is no request for a profile of the device, custom settings or a remediation that the system runs", b.Type)
}
