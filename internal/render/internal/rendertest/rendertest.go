// Package rendertest holds the bundles that the tests of all back ends render: [Bundle] for goldens and benchmarks, [Settings] for one of
// settings alone, [Nasty] for texts that some format must escape.
package rendertest

import (
	"testing"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// Revision is the revision of [Bundle].
const Revision = "0123456789abcdef"

// The source files of [Bundle], in merge order.
const (
	Base    = "base/settings.json"
	Network = "base/network.json"
	Web     = "groups/web/overlay.json"
)

var sources = map[string]string{
	Base: `{
		"permissions": {
			"deny": ["Bash(curl *)", "Read(//etc/**)"],
			"ask": ["Bash(git push:*)"],
			"disableBypassPermissionsMode": "disable"
		},
		"env": {"DISABLE_TELEMETRY": "1", "HTTPS_PROXY": "http://proxy.acme.example:8080"},
		"cleanupPeriodDays": 30,
		"availableModels": [],
		"fallbackModel": ["sonnet", "haiku"],
		"companyAnnouncements": ["Grüße aus der IT – say \"hello\" ` + "\U0001F600" + `"],
		"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "\"$HOME\"/check.sh %PATH%", "timeout": 60}]}]}
	}`,
	Network: `{
		"permissions": {"deny": ["WebFetch(domain:pastebin.example)", "Bash(curl *)"]},
		"sandbox": {"enabled": true, "network": {"allowedDomains": ["github.com", "*.acme.example"]}},
		"allowManagedPermissionRulesOnly": true
	}`,
	Web: `{
		"permissions": {"deny": ["Bash(npm publish:*)"], "allow": ["Bash(npm test:*)"]},
		"env": {"HTTPS_PROXY": "http://web-proxy.acme.example:8080"},
		"cleanupPeriodDays": 14,
		"hooks": {"PreToolUse": [{"matcher": "Edit", "hooks": [{"type": "command", "command": "C:\\check.exe"}]}]}
	}`,
}

// Nasty holds texts that escape badly in some format.
var Nasty = []string{
	`quote " and backslash \ and \" both \\`, "line\nbreak\r\nand\rCR and\ttab", "]]> <b>&amp;</b>", "%PATH% %1", "$HOME ${USER} `id` $(id)",
	"{{serialnumber}}", "é 漢字 \U0001F600 \U00010000 \uE000 \uFFFD", "", "  spaces  ", "\u2028\u2029\u0085\u00a0\u007f", "\u0080\u009f",
	"‘single’ ‚low‛ “double” 'plain' `tick`", "שלום \u202eعربي\u202c \u200f", "\U0001F468\u200d\U0001F469\u200d\U0001F467 e\u0301", "${VAR} %{x} {{ y }} [z] $$ %%", "-- */ <!-- --> '@ @'",
}

// Catalog returns the catalogue of keys.
func Catalog(tb testing.TB) *catalog.Catalog {
	tb.Helper()
	cat, err := catalog.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return cat
}

// Parse returns a document that is part of a test.
func Parse(tb testing.TB, file, text string) *value.Node {
	tb.Helper()
	n, err := value.Parse(file, []byte(text), value.MaxDepth)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// Bundle returns what the group web gets on a platform: something for every back end, from three files.
func Bundle(tb testing.TB, p ir.Platform) *ir.Bundle {
	tb.Helper()
	files := []string{Base, Network, Web}
	var docs []*value.Node
	for _, file := range files {
		docs = append(docs, Parse(tb, file, sources[file]))
	}
	settings := merge.New(Catalog(tb)).Documents(docs...)
	b := &ir.Bundle{
		Organization: "Acme & Söhne",
		Audience:     ir.Audience{Name: "web", Group: "web"},
		Members:      ir.Members{Groups: []string{"web-eng"}, Depth: 1},
		Platform:     p,
		Valid:        ir.Interval{Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)},
		Revision:     Revision,
		Settings:     ir.NewDocument(settings),
		Files:        files,
		Guidance: []ir.Section{
			{Title: "Secrets", Text: "Never print `$TOKEN`.\n\n- not in logs\n- not in <pre> blocks"},
			{Title: "Reviews", Text: "Ask for a review & wait."},
		},
		MCP: ir.NewDocument(Parse(tb, Base, `{"mcpServers":{"docs":{"type":"http","url":"https://mcp.acme.example/${TEAM}"}}}`)),
		Scripts: []ir.Script{
			{Path: "base/check.sh", Data: []byte("#!/bin/sh\nexit 0\n")},
			{Path: "web/check.sh", Data: []byte("#!/bin/sh\r\nexit 2\r\n\x00")},
		},
	}
	b.Agent = agent(b)
	b.Profile = ir.NewDocument(settings.With("claudeMd", value.Text(b.Markdown(), settings.Pos)))
	return b
}

// agent returns what the endpoint agent would get beside the bundle's settings.
func agent(b *ir.Bundle) *wire.Bundle {
	return &wire.Bundle{
		FormatVersion: wire.BundleVersion,
		Organization:  b.Organization,
		Audience:      b.Audience.Name,
		Group:         b.Audience.Group,
		ValidUntil:    &b.Valid.Until,
		Policies: []wire.Policy{{
			Name: "no-curl", Type: "pattern-deny", Target: "commands", Pattern: `^curl\b`, Severity: "error", Mode: "enforce",
			Message: "use the proxy's own fetch tool, not {{value}}",
		}},
	}
}

// Settings returns a bundle of nothing but one settings document, which is the profile too.
func Settings(n *value.Node, p ir.Platform) *ir.Bundle {
	doc := ir.NewDocument(n)
	return &ir.Bundle{
		Organization: "Acme",
		Audience:     ir.Audience{Name: "default", Group: "default"},
		Platform:     p,
		Settings:     doc,
		Profile:      doc,
		Files:        []string{n.Pos.File},
	}
}

// AddJSON gives a fuzz target of settings documents its first texts.
func AddJSON(f *testing.F) {
	f.Helper()
	for _, file := range []string{Base, Network, Web} {
		f.Add([]byte(sources[file]))
	}
	for _, text := range Nasty {
		f.Add(append(value.AppendString(append(value.AppendString([]byte("{"), text), ':'), text), '}'))
	}
	f.Add([]byte(`{"a":[1,1.5,1e21,1e-7,-5,9007199254740993,18446744073709551616,true,null,{},[]],"CF$UID":1,"x":{"CF$UID":7},"\u0000":"\u001b\uffff"}`))
}

// FuzzedSettings returns the fuzzer's text as settings, or nil where it is none: not JSON, or no object with members.
func FuzzedSettings(data []byte) *value.Node {
	n, err := value.Parse("fuzz.json", data, value.MaxDepth)
	if err != nil || n.Kind != value.Map || len(n.Members) == 0 {
		return nil
	}
	return n
}

// NastyDocument returns settings that hold every text of [Nasty] as a key, a value and a list entry.
func NastyDocument() *value.Node {
	pos := diag.Pos{File: Base, Line: 1, Col: 1}
	n, list := value.Object(pos), value.Array(pos)
	for _, text := range Nasty {
		n = n.With(text, value.Text(text, pos))
		list.Items = append(list.Items, value.Text(text, pos))
	}
	return n.With("list", list)
}
