package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// ToolCall is a call that the scripted model asks for.
type ToolCall struct {
	Name  string          `json:"name"`  // such as "Bash"
	Input json.RawMessage `json:"input"` // an object, as the tool takes it
}

// Bash returns a call of the tool Bash.
func Bash(command string) ToolCall {
	// Two strings always encode.
	input, _ := json.Marshal(map[string]string{"command": command, "description": "run a command"})
	return ToolCall{Name: "Bash", Input: input}
}

// Request is one request that reached a server inside the isolation.
type Request struct {
	Path   string          `json:"path"`             // with the query
	Body   json.RawMessage `json:"body"`             // a JSON string when the body was not JSON
	Bearer string          `json:"bearer,omitempty"` // the token of its Authorization header; a client with a key sends none
}

// scriptedAPI is a Messages API whose model asks for the listed calls, one per turn, and then says "done". It also
// takes whatever else is posted, such as OpenTelemetry logs, and records every request.
type scriptedAPI struct {
	calls  []ToolCall
	batch  int    // calls in one turn; 0 means 1
	prompt string // "" or what the first message of a conversation holds in which the model makes the calls

	mu  sync.Mutex
	log io.Writer // one Request per line
}

// object is a JSON object under construction.
type object map[string]any

// ServeHTTP answers like the Messages API where the client reads the answer, and with an empty object elsewhere.
func (a *scriptedAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		answer(w, "application/json", []byte("{}"))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = a.record(Request{Path: r.URL.String(), Body: body, Bearer: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/count_tokens"):
		answer(w, "application/json", []byte(`{"input_tokens":1}`))
	case strings.HasSuffix(r.URL.Path, "/messages"):
		a.reply(w, body)
	default:
		answer(w, "application/json", []byte("{}"))
	}
}

// record appends to the log before the answer goes out, so that a log is whole when the client has ended.
func (a *scriptedAPI) record(request Request) error {
	if !json.Valid(request.Body) {
		request.Body, _ = json.Marshal(string(request.Body)) // a string always encodes
	}
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err = a.log.Write(append(line, '\n'))
	return err
}

// messagesRequest is the part of a Messages request that decides the answer.
type messagesRequest struct {
	Model    string            `json:"model"`
	Stream   bool              `json:"stream"`
	Tools    []json.RawMessage `json:"tools"`
	Messages []struct {
		Content json.RawMessage `json:"content"` // a string or a list of blocks
	} `json:"messages"`
}

// opens reports a conversation that begins with these words. A subagent's begins with those of the model.
func (m messagesRequest) opens(prompt string) bool {
	return prompt == "" || len(m.Messages) > 0 && bytes.Contains(m.Messages[0].Content, []byte(prompt))
}

// results counts the tool results in the conversation: how many calls are behind us.
func (m messagesRequest) results() int {
	count := 0
	for _, message := range m.Messages {
		count += countResults(message.Content)
	}
	return count
}

// countResults counts the tool results of one message, which may hold several.
func countResults(content json.RawMessage) int {
	var blocks []struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(content, &blocks) != nil {
		return 0 // plain text
	}
	count := 0
	for _, block := range blocks {
		if block.Type == "tool_result" {
			count++
		}
	}
	return count
}

// reply sends the next turn. The conversation itself says which one that is, so a request that the client repeats gets
// the same answer again, and no state is kept between requests.
func (a *scriptedAPI) reply(w http.ResponseWriter, body []byte) {
	var request messagesRequest
	if err := json.Unmarshal(body, &request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	next := turn{model: request.Model, done: request.results()}
	// Side questions, such as a title for the session, come without tools.
	if len(request.Tools) > 0 && next.done < len(a.calls) && request.opens(a.prompt) {
		next.calls = a.calls[next.done:min(next.done+max(1, a.batch), len(a.calls))]
	}
	if request.Stream {
		answer(w, "text/event-stream", next.events())
		return
	}
	message := next.message()
	message["content"], message["stop_reason"] = next.blocks(), next.stop()
	answer(w, "application/json", encode(message))
}

// turn is one answer of the model: some calls, or the closing text when there are none.
type turn struct {
	model string
	done  int
	calls []ToolCall
}

// stop is the stop_reason that makes the client run the calls, or end.
func (t turn) stop() string {
	if len(t.calls) > 0 {
		return "tool_use"
	}
	return "end_turn"
}

// message is the envelope of a turn, still without content. The client adds up the usage, so it has to be there.
func (t turn) message() object {
	return object{
		"id": fmt.Sprintf("msg_%d", t.done), "type": "message", "role": "assistant", "model": t.model, "content": []object{},
		"stop_reason": nil, "stop_sequence": nil, "usage": object{"input_tokens": 10, "output_tokens": 1},
	}
}

// blocks is the content of a turn, each block in one piece.
func (t turn) blocks() []object {
	if len(t.calls) == 0 {
		return []object{{"type": "text", "text": "done"}}
	}
	var blocks []object
	for i, call := range t.calls {
		blocks = append(blocks, object{"type": "tool_use", "id": callID(t.done + i), "name": call.Name, "input": call.Input})
	}
	return blocks
}

// callID is the tool_use_id of the call with that index.
func callID(index int) string { return fmt.Sprintf("toolu_%04d", index) }

// events spells the turn as server-sent events.
func (t turn) events() []byte {
	events := []object{{"type": "message_start", "message": t.message()}}
	for i, block := range t.blocks() {
		events = append(events, streamed(i, block)...)
	}
	events = append(events,
		object{"type": "message_delta", "delta": object{"stop_reason": t.stop(), "stop_sequence": nil}, "usage": object{"output_tokens": 5}},
		object{"type": "message_stop"})
	var out bytes.Buffer
	for _, event := range events {
		fmt.Fprintf(&out, "event: %s\ndata: %s\n\n", event["type"], encode(event))
	}
	return out.Bytes()
}

// streamed sends one block of a turn: empty first, and then filled by one delta.
func streamed(index int, block object) []object {
	delta := object{"type": "text_delta", "text": block["text"]}
	if input, ok := block["input"].(json.RawMessage); ok {
		delta = object{"type": "input_json_delta", "partial_json": string(input)}
		block["input"] = object{}
	} else {
		block["text"] = ""
	}
	return []object{
		{"type": "content_block_start", "index": index, "content_block": block},
		{"type": "content_block_delta", "index": index, "delta": delta},
		{"type": "content_block_stop", "index": index},
	}
}

func answer(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	// The client sees a broken connection as it sees any failing server; there is nobody to tell here.
	_, _ = w.Write(body)
}

// encode marshals an object whose parts are known to be encodable; calls were checked when the script was read.
func encode(value object) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return []byte("{}")
	}
	return text
}
