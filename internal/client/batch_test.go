package client

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestScriptedBatches(t *testing.T) {
	calls := []ToolCall{Bash("one"), Bash("two"), Bash("three")}
	tests := []struct {
		name    string
		done    int
		batch   int
		want    []string
		stopped string
	}{
		{"one at a time", 0, 0, []string{"toolu_0000"}, "tool_use"},
		{"two at a time", 0, 2, []string{"toolu_0000", "toolu_0001"}, "tool_use"},
		{"the rest", 2, 2, []string{"toolu_0002"}, "tool_use"},
		{"over", 3, 2, nil, "end_turn"},
	}
	for _, test := range tests {
		next := turn{done: test.done}
		if test.done < len(calls) {
			next.calls = calls[test.done:min(test.done+max(1, test.batch), len(calls))]
		}
		var ids []string
		for _, block := range next.blocks() {
			if id, ok := block["id"].(string); ok {
				ids = append(ids, id)
			}
		}
		if strings.Join(ids, " ") != strings.Join(test.want, " ") || next.stop() != test.stopped {
			t.Errorf("%s: %v and %s, want %v and %s", test.name, ids, next.stop(), test.want, test.stopped)
		}
		if n := strings.Count(string(next.events()), "event: content_block_start"); n != max(1, len(test.want)) {
			t.Errorf("%s: %d blocks are streamed", test.name, n)
		}
	}
}

func TestOnlyTheMainConversationCalls(t *testing.T) {
	tests := []struct {
		prompt, first string
		want          bool
	}{
		{"", `"anything"`, true}, {"go on", `"please go on"`, true}, {"go on", `"x"`, false},
	}
	for _, test := range tests {
		var request messagesRequest
		must(t, json.Unmarshal([]byte(`{"messages":[{"content":`+test.first+`}]}`), &request))
		if got := request.opens(test.prompt); got != test.want {
			t.Errorf("a conversation that opens with %s, for %q: %v", test.first, test.prompt, got)
		}
	}
	if (messagesRequest{}).opens("go on") {
		t.Error("an empty conversation opens with no words")
	}
	o := SessionOptions{Calls: []ToolCall{Bash("x")}, MainOnly: true, Batch: 3}
	if p := o.play(); p.prompt != "go on" || p.batch != 3 || len(p.calls) != 1 {
		t.Errorf("play is %+v", p)
	}
}
