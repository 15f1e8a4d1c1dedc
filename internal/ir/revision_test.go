package ir_test

import (
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// document returns settings with one key.
func document(key, text string) *ir.Document {
	return ir.NewDocument(value.Object(diag.Pos{}, value.Member{Key: key, Value: value.Text(text, diag.Pos{})}))
}

// full returns a bundle with something in every part that counts.
func full() *ir.Bundle {
	return &ir.Bundle{
		Organization: "Acme", Platform: ir.Linux, Settings: document("a", "b"), MCP: document("m", "n"),
		Guidance: []ir.Section{{Title: "One", Text: "text"}}, Scripts: []ir.Script{{Path: "x.sh", Data: []byte("exit 0")}},
		Agent: &wire.Bundle{FormatVersion: wire.BundleVersion, Audience: "web"},
	}
}

func TestRevisionChangesWithTheContentAlone(t *testing.T) {
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name    string
		change  func(b *ir.Bundle)
		changes bool
	}{
		{
			"nothing",
			func(*ir.Bundle) {},
			false,
		},
		{
			"interval",
			func(b *ir.Bundle) { b.Valid.Until = until },
			false,
		},
		{
			"interval of the agent",
			func(b *ir.Bundle) { b.Agent.ValidUntil = &until },
			false,
		},
		{
			"revision itself",
			func(b *ir.Bundle) { b.Revision, b.Agent.Revision = "x", "x" },
			false,
		},
		{
			"source files",
			func(b *ir.Bundle) { b.Files = []string{"b.yaml"} },
			false,
		},
		{
			"settings",
			func(b *ir.Bundle) { b.Settings = document("a", "c") },
			true,
		},
		{
			"no settings",
			func(b *ir.Bundle) { b.Settings = nil },
			true,
		},
		{
			"servers",
			func(b *ir.Bundle) { b.MCP = document("m", "o") },
			true,
		},
		{
			"settings as servers",
			func(b *ir.Bundle) { b.Settings, b.MCP = b.MCP, b.Settings },
			true,
		},
		{
			"guidance",
			func(b *ir.Bundle) { b.Guidance[0].Text = "texts" },
			true,
		},
		{
			"script",
			func(b *ir.Bundle) { b.Scripts[0].Data = []byte("exit 1") },
			true,
		},
		{
			"name of a script",
			func(b *ir.Bundle) { b.Scripts[0].Path = "y.sh" },
			true,
		},
		{
			"platform",
			func(b *ir.Bundle) { b.Platform = ir.MacOS },
			true,
		},
		{
			"agent",
			func(b *ir.Bundle) { b.Agent.AskURL = "https://x" },
			true,
		},
		{
			"no agent",
			func(b *ir.Bundle) { b.Agent = nil },
			true,
		},
	}
	was := ir.RevisionOf([]*ir.Bundle{full()})
	if len(was) != 16 || strings.Trim(was, "0123456789abcdef") != "" {
		t.Fatalf("revision %q is not 16 hex digits", was)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := full()
			test.change(b)
			if got := ir.RevisionOf([]*ir.Bundle{b}); (got != was) != test.changes {
				t.Errorf("was %s, is %s", was, got)
			}
		})
	}
}

func TestRevisionLeavesTheAgentAsItIs(t *testing.T) {
	b := full()
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	b.Agent.ValidUntil = &until
	ir.RevisionOf([]*ir.Bundle{b})
	if b.Agent.ValidUntil != &until {
		t.Error("the bundle was changed")
	}
}

func TestJoinRevisions(t *testing.T) {
	one := ir.JoinRevisions([]string{"a", "b"}, []string{"1", "2"})
	for _, other := range []string{
		ir.JoinRevisions([]string{"a", "b"}, []string{"2", "1"}),
		ir.JoinRevisions([]string{"a"}, []string{"1"}),
		ir.JoinRevisions([]string{"a", "c"}, []string{"1", "2"}),
	} {
		if other == one {
			t.Errorf("%s stands for two states", one)
		}
	}
}

func TestGuidanceFile(t *testing.T) {
	tests := []struct {
		name     string
		bundle   *ir.Bundle
		revision string // read back
	}{
		{
			"revision",
			&ir.Bundle{Revision: "0123456789abcdef", Guidance: []ir.Section{{Title: "One", Text: "text"}}},
			"0123456789abcdef",
		},
		{
			"none",
			&ir.Bundle{Guidance: []ir.Section{{Title: "One", Text: "text"}}},
			"",
		},
		{
			"comment in the text",
			&ir.Bundle{Guidance: []ir.Section{{Title: "One", Text: "<!-- policy revision x -->"}}},
			"",
		},
		{
			"other comment at the end",
			&ir.Bundle{Revision: "fedcba9876543210", Guidance: []ir.Section{{Title: "One", Text: "<!-- x -->"}}},
			"fedcba9876543210",
		},
		{
			"no guidance",
			&ir.Bundle{Revision: "0123456789abcdef"},
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, revision := ir.CutRevision(test.bundle.GuidanceFile())
			if text != test.bundle.Markdown() || revision != test.revision {
				t.Errorf("got %q and %q", text, revision)
			}
		})
	}
}
