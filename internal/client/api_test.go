package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// startAPI serves a model that asks for calls and returns its address and its log.
func startAPI(t *testing.T, calls ...ToolCall) (string, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	server := httptest.NewServer(&scriptedAPI{calls: calls, log: log})
	t.Cleanup(server.Close)
	return server.URL, log
}

func post(t *testing.T, url, body string) (int, string, string) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, response.Header.Get("Content-Type"), string(text)
}

const (
	withTools  = `"model":"m","tools":[{"name":"Bash"}]`
	oneResult  = `{"role":"user","content":[{"type":"text","text":"x"},{"type":"tool_result","tool_use_id":"toolu_0000"}]}`
	twoResults = `{"role":"user","content":[{"type":"tool_result"},{"type":"tool_result"}]}`
	justText   = `{"role":"user","content":"go on"}`
)

// TestRequestsKeepTheToken tells a client that signed in with a token from one with a key.
func TestRequestsKeepTheToken(t *testing.T) {
	url, log := startAPI(t)
	for _, header := range [][2]string{{"Authorization", "Bearer sk-ant-oat01-example"}, {"X-Api-Key", "sk-ant-fake"}} {
		request, err := http.NewRequest(http.MethodPost, url+"/v1/messages", strings.NewReader("{}"))
		must(t, err)
		request.Header.Set(header[0], header[1])
		response, err := http.DefaultTransport.RoundTrip(request)
		must(t, err)
		must(t, response.Body.Close())
	}
	var got []string
	for decoder := json.NewDecoder(log); decoder.More(); {
		var r Request
		must(t, decoder.Decode(&r))
		got = append(got, r.Bearer)
	}
	if diff := cmp.Diff([]string{"sk-ant-oat01-example", ""}, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestScriptedTurns(t *testing.T) {
	url, _ := startAPI(t, Bash("echo one"), ToolCall{Name: "Read", Input: json.RawMessage(`{"file_path":"/x"}`)})
	tests := []struct{ name, body, stop, block string }{
		{"first call", `{` + withTools + `,"messages":[` + justText + `]}`, "tool_use",
			`{"id":"toolu_0000","input":{"command":"echo one","description":"run a command"},"name":"Bash","type":"tool_use"}`},
		{"second call", `{` + withTools + `,"messages":[` + justText + `,` + oneResult + `]}`, "tool_use",
			`{"id":"toolu_0001","input":{"file_path":"/x"},"name":"Read","type":"tool_use"}`},
		{"script over", `{` + withTools + `,"messages":[` + twoResults + `]}`, "end_turn", `{"text":"done","type":"text"}`},
		{"more results than calls", `{` + withTools + `,"messages":[` + twoResults + `,` + oneResult + `]}`, "end_turn", `{"text":"done","type":"text"}`},
		{"side question without tools", `{"model":"m","messages":[` + justText + `]}`, "end_turn", `{"text":"done","type":"text"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, kind, text := post(t, url+"/v1/messages?beta=true", test.body)
			var got struct {
				Role, Model string
				Content     []json.RawMessage
				StopReason  string `json:"stop_reason"`
			}
			must(t, json.Unmarshal([]byte(text), &got))
			if status != http.StatusOK || kind != "application/json" || got.Role != "assistant" || got.Model != "m" {
				t.Errorf("got %d %s %s", status, kind, text)
			}
			if got.StopReason != test.stop || len(got.Content) != 1 || string(got.Content[0]) != test.block {
				t.Errorf("got %s, want %s and %s", text, test.stop, test.block)
			}
		})
	}
}

func TestScriptedStream(t *testing.T) {
	url, _ := startAPI(t, Bash(`echo "a"`))
	tests := []struct{ name, messages, block, delta, stop string }{
		{"call", justText, `{"id":"toolu_0000","input":{},"name":"Bash","type":"tool_use"}`,
			`{"partial_json":"{\"command\":\"echo \\\"a\\\"\",\"description\":\"run a command\"}","type":"input_json_delta"}`, "tool_use"},
		{"end", oneResult, `{"text":"","type":"text"}`, `{"text":"done","type":"text_delta"}`, "end_turn"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, kind, text := post(t, url+"/v1/messages", `{"stream":true,`+withTools+`,"messages":[`+test.messages+`]}`)
			if kind != "text/event-stream" {
				t.Errorf("content type %q", kind)
			}
			events := readEvents(t, text)
			var names []string
			for _, event := range events {
				names = append(names, event.Type)
			}
			want := []string{"message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"}
			if diff := cmp.Diff(want, names); diff != "" {
				t.Fatalf("events (-want +got):\n%s", diff)
			}
			stop := `{"stop_reason":"` + test.stop + `","stop_sequence":null}`
			got := []string{string(events[1].Block), string(events[2].Delta), string(events[4].Delta)}
			if diff := cmp.Diff([]string{test.block, test.delta, stop}, got); diff != "" {
				t.Errorf("block, delta and stop (-want +got):\n%s", diff)
			}
		})
	}
}

type serverEvent struct {
	Type  string          `json:"type"`
	Block json.RawMessage `json:"content_block"`
	Delta json.RawMessage `json:"delta"`
}

// readEvents reads server-sent events whose name must be the type of their data.
func readEvents(t *testing.T, text string) []serverEvent {
	t.Helper()
	var events []serverEvent
	for block := range strings.SplitSeq(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		name, data, ok := strings.Cut(block, "\ndata: ")
		var event serverEvent
		must(t, json.Unmarshal([]byte(data), &event))
		if !ok || name != "event: "+event.Type {
			t.Fatalf("bad event %q", block)
		}
		events = append(events, event)
	}
	return events
}

func TestOtherPaths(t *testing.T) {
	url, log := startAPI(t, Bash("true"))
	tests := []struct {
		path, body, want string
		status           int
	}{
		{"/v1/messages/count_tokens?beta=true", `{}`, `{"input_tokens":1}`, http.StatusOK},
		{"/v1/logs", `{"resourceLogs":[]}`, `{}`, http.StatusOK},
		{"/v1/logs", "\x0a\x02protobuf", `{}`, http.StatusOK},
		{"/v1/messages", `{"messages":"x"}`, "", http.StatusBadRequest},
		{"/v1/messages", `not JSON`, "", http.StatusBadRequest},
		{"/", ``, `{}`, http.StatusOK},
	}
	for _, test := range tests {
		status, _, text := post(t, url+test.path, test.body)
		if status != test.status || test.want != "" && text != test.want {
			t.Errorf("%s %q: got %d %s", test.path, test.body, status, text)
		}
	}
	response, err := http.Head(url)
	must(t, err)
	must(t, response.Body.Close())
	requests, err := readRequests(log)
	must(t, err)
	var got []string
	for _, request := range requests {
		got = append(got, request.Path+" "+string(request.Body))
	}
	want := []string{
		`/v1/messages/count_tokens?beta=true {}`, `/v1/logs {"resourceLogs":[]}`, `/v1/logs "\n\u0002protobuf"`,
		`/v1/messages {"messages":"x"}`, `/v1/messages "not JSON"`, `/ ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestBrokenLog(t *testing.T) {
	server := httptest.NewServer(&scriptedAPI{log: brokenWriter{}})
	defer server.Close()
	if status, _, text := post(t, server.URL+"/v1/messages", `{}`); status != http.StatusInternalServerError || text != "disk full\n" {
		t.Errorf("got %d %q", status, text)
	}
}
