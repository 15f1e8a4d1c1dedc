package live

import (
	"encoding/json"
	"io"
)

// serveTools is an MCP server on standard input and output with the two tools
// that the corpus calls. It does nothing.
func serveTools(in io.Reader, out io.Writer) int {
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var request struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
		}
		if decoder.Decode(&request) != nil {
			return 0 // the client has left
		}
		if request.ID == nil {
			continue // a notification wants no answer
		}
		answer := map[string]any{"jsonrpc": "2.0", "id": request.ID, "result": toolAnswer(request.Method)}
		if encoder.Encode(answer) != nil {
			return 1
		}
	}
}

// toolAnswer is the result of a request.
func toolAnswer(method string) map[string]any {
	tool := func(name string) map[string]any {
		return map[string]any{"name": name, "description": name, "inputSchema": map[string]any{"type": "object"}}
	}
	switch method {
	case "initialize":
		return map[string]any{"protocolVersion": "2025-06-18", "capabilities": map[string]any{"tools": map[string]any{}}, "serverInfo": map[string]any{"name": "corpus", "version": "1"}}
	case "tools/list":
		return map[string]any{"tools": []any{tool("get_page"), tool("put_page")}}
	}
	return map[string]any{"content": []any{}}
}
