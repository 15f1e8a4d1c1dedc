package client

import (
	"bytes"
	"encoding/json"
)

// streamLines returns the JSON objects of a stream-json output in order. Other lines are left out: hooks and sandbox
// helpers may print to the same pipe.
func streamLines(stdout []byte) []json.RawMessage {
	var lines []json.RawMessage
	for line := range bytes.Lines(stdout) {
		line = bytes.TrimSpace(line)
		if bytes.HasPrefix(line, []byte("{")) && json.Valid(line) {
			lines = append(lines, json.RawMessage(line))
		}
	}
	return lines
}

// controlResponses returns the successful answers in a stream-json output by request id.
func controlResponses(stdout []byte) map[string]json.RawMessage {
	answers := map[string]json.RawMessage{}
	for _, line := range streamLines(stdout) {
		var message struct {
			Type     string `json:"type"`
			Response struct {
				Subtype   string          `json:"subtype"`
				RequestID string          `json:"request_id"`
				Response  json.RawMessage `json:"response"`
			} `json:"response"`
		}
		if json.Unmarshal(line, &message) != nil || message.Type != "control_response" {
			continue
		}
		if message.Response.Subtype == "success" {
			answers[message.Response.RequestID] = message.Response.Response
		}
	}
	return answers
}
