package rego_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/policygen/policygen/internal/rego"
	"github.com/policygen/policygen/internal/wire"
)

// TestCompile wants each mistake at its line and column.
func TestCompile(t *testing.T) {
	cases := map[string][]wire.RegoProblem{
		"":                      {{Text: "empty module"}},
		"# only a comment":      {{Text: "empty module"}},
		"package p\nallow if":   {{Line: 2, Col: 8, Text: "unexpected eof token"}},
		"package p\nallow := x": {{Line: 2, Col: 10, Text: "var x is unsafe"}},
		"package p\nallow if \"é\" == http.send({})": {{Line: 2, Col: 17, Text: "undefined function http.send"}},
		"package p\nallow if input.tol":              {{Line: 2, Col: 10, Text: "undefined ref: input.tol"}},
		"package p\nallow if 1 + \"a\" > 1":          {{Line: 2, Col: 10, Text: "plus: invalid argument(s)"}},
		"package p\nimport data.q\nallow if q.x":     {{Line: 2, Col: 1, Text: "there is no data.q to import"}},
		"package p\nallow { true }":                  {{Line: 2, Col: 1, Text: "`if` keyword is required"}},
		"package p\nx := 1":                          {{Line: 1, Col: 1, Text: "neither a rule allow nor a rule deny"}},
		"package p\nallow(x) if x":                   {{Line: 1, Col: 1, Text: "neither a rule allow nor a rule deny"}},
		"package p\nallow if allow":                  {{Line: 2, Col: 1, Text: "recursive"}},
		"package p\nallow if http.send({})":          {{Line: 2, Col: 10, Text: "undefined function http.send"}},
		"package p\nallow if opa.runtime().env":      {{Line: 2, Col: 10, Text: "undefined function opa.runtime"}},
		"package p\nallow if a\nallow if b":          {{Line: 2, Col: 10, Text: "var a is unsafe"}, {Line: 3, Col: 10, Text: "var b is unsafe"}},
	}
	for text, want := range cases {
		_, got := rego.Compile(text, true)
		if len(got) != len(want) {
			t.Errorf("%q: %v", text, got)
			continue
		}
		for i := range got {
			if got[i].Line != want[i].Line || got[i].Col != want[i].Col || !strings.Contains(got[i].Text, want[i].Text) {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
}

// TestForbidden wants everything refused that reaches outside, also by its name alone.
func TestForbidden(t *testing.T) {
	for _, call := range []string{
		`http.send({"url": "http://127.0.0.1", "method": "get"})`, `net.lookup_ip_addr("localhost")`, `opa.runtime()`, `time.now_ns()`, `rand.intn("a", 2)`,
		`uuid.rfc4122("a")`, `strings.render_template("{{.}}", {})`, `json.match_schema({}, {"$ref": "http://127.0.0.1/x"})`, `json.verify_schema({})`,
		`net.cidr_expand("10.0.0.0/8")`, `trace("x")`, `io.jwt.decode("x")`, `providers.aws.sign_req({}, {}, 1)`, `rego.parse_module("a", "package a")`,
		`crypto.x509.parse_certificates("x")`, `graphql.is_valid("x", "y")`, `re_match("a", "b")`,
	} {
		for _, checked := range []bool{true, false} {
			_, problems := rego.Compile("package p\nallow if "+call, checked)
			if len(problems) == 0 || !strings.Contains(problems[0].Text, "undefined function") && !strings.Contains(problems[0].Text, "deprecated") {
				t.Errorf("%s: %v", call, problems)
			}
		}
	}
}

// TestBuiltins keeps the list of what modules may call, so that an update of Open Policy Agent shows what it brings.
func TestBuiltins(t *testing.T) {
	var got []string
	for _, b := range rego.Capabilities().Builtins {
		got = append(got, b.Name)
	}
	slices.Sort(got)
	want, err := os.ReadFile(filepath.Join("testdata", "builtins.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Fields(string(want)), got); diff != "" {
		t.Errorf("other functions than testdata/builtins.txt lists:\n%s", diff)
	}
	if net := rego.Capabilities().AllowNet; net == nil || len(net) > 0 {
		t.Errorf("hosts that may be reached: %v", net)
	}
	if len(ast.CapabilitiesForThisVersion().Builtins) <= len(got) {
		t.Error("the library's own list was changed")
	}
}

func TestEvaluate(t *testing.T) {
	many := strings.Repeat("x", 3000)
	cases := []struct {
		name, rules string
		allow       bool
		reasons     []string
		err         string
	}{
		{"allow", `allow if input.tool == "Bash"`, true, nil, ""},
		{"allow undefined", `allow if input.tool == "Read"`, false, nil, ""},
		{"allow by default", "default allow := true", true, nil, ""},
		{"deny nothing", `deny contains "x" if input.tool == "Read"`, true, nil, ""},
		{"deny", `deny contains sprintf("no %s", [input.tool])`, false, []string{"no Bash"}, ""},
		{"deny in order", `deny contains x if some x in ["b", "a"]`, false, []string{"a", "b"}, ""},
		{"deny with objects", `deny contains {"msg": "a", "details": 1}`, false, []string{"a"}, ""},
		{"deny as text", `deny := "because"`, false, []string{"because"}, ""},
		{"deny as flag", "deny := true", false, nil, ""},
		{"deny as false flag", "default deny := false", true, nil, ""},
		{"both hold", "allow := true\ndeny contains x if { some x in [] }", true, nil, ""},
		{"allow does not lift deny", "allow := true\ndeny contains \"x\"", false, []string{"x"}, ""},
		{"an empty deny does not replace allow", "allow if false\ndeny contains x if { some x in [] }", false, nil, ""},
		{"absent field", `deny contains "x" if input.session.tokens > 1`, true, nil, ""},
		{"long reason", `deny contains "` + many + `"`, false, []string{many[:1000] + "..."}, ""},
		{"print is left out", `deny contains "x" if print("hello")`, false, []string{"x"}, ""},
		{"division by zero", `deny contains "x" if 1 / (count(input.tool) - 4) == 1`, false, nil, "divide by zero"},
		{"bad argument", `deny contains "x" if time.parse_rfc3339_ns("soon")`, false, nil, "soon"},
		{"conflict", "allow := 1 if true\nallow := 2 if true", false, nil, "conflicting values"},
		{"allow is no flag", `allow := "yes"`, false, nil, "neither true nor false"},
		{"deny is a number", `deny := 7`, false, nil, "neither a set of messages"},
		{"deny holds numbers", `deny contains 7`, false, nil, "deny holds 7"},
		{"deny holds other objects", `deny contains {"text": "a"}`, false, nil, `{"text":"a"}`},
	}
	for _, c := range cases {
		m, problems := rego.Compile("package policy.of.acme\n"+c.rules, false)
		if problems != nil {
			t.Errorf("%s: %v", c.name, problems)
			continue
		}
		allow, reasons, err := m.Evaluate(context.Background(), map[string]any{"tool": "Bash"})
		if allow != c.allow || !slices.Equal(reasons, c.reasons) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v %q %v", c.name, allow, reasons, err)
		}
	}
}

func TestManyReasons(t *testing.T) {
	m, problems := rego.Compile("package p\ndeny contains sprintf(\"%d\", [x]) if some x in numbers.range(1, 100000)", true)
	if problems != nil {
		t.Fatal(problems)
	}
	allow, reasons, err := m.Evaluate(context.Background(), nil)
	if allow || err != nil || len(reasons) != 21 || reasons[20] != "and 99980 more" {
		t.Errorf("%v %d %v", allow, len(reasons), err)
	}
}

// serve asks as the client does.
func serve(t *testing.T, request wire.RegoRequest) (*wire.RegoResponse, error) {
	t.Helper()
	request.FormatVersion = wire.RegoVersion
	data, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := rego.Serve(bytes.NewReader(data), &out); err != nil {
		return nil, err
	}
	return wire.ReadRegoResponse(out.Bytes(), len(request.Modules))
}

func TestServe(t *testing.T) {
	modules := []string{"package p\nallow := true", "package p\nallow := x", "package p\ndeny contains \"x\"", "package p\nallow if 1 / input.zero == 1"}
	got, err := serve(t, wire.RegoRequest{Modules: modules, Input: map[string]any{"zero": 0}, Milliseconds: 60_000})
	if err != nil {
		t.Fatal(err)
	}
	r := got.Results
	if !r[0].Allow || len(r[1].Problems) != 1 || r[2].Allow || !slices.Equal(r[2].Reasons, []string{"x"}) || !strings.Contains(r[3].Error, "divide by zero") {
		t.Errorf("%+v", r)
	}
	// A check evaluates nothing.
	got, err = serve(t, wire.RegoRequest{Modules: modules[:1], Milliseconds: 60_000})
	if err != nil || got.Results[0].Allow || got.Results[0].Problems != nil {
		t.Errorf("%+v %v", got, err)
	}
}

func TestServeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "not valid JSON",
		`{"format_version":9}`:                "of one release",
		strings.Repeat(" ", wire.RegoLimit+1): "larger than",
	} {
		var out bytes.Buffer
		if err := rego.Serve(strings.NewReader(text), &out); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%.30q: %v, printed %q", text, err, out.String())
		}
	}
}

// endless never ends in practice: it counts to a million millions.
const endless = "package p\nallow if {\n\tsome i in numbers.range(1, 10000)\n\tsome j in numbers.range(1, 10000)\n\tsome k in numbers.range(1, 10000)\n\ti + j + k < 0\n}"

func TestTime(t *testing.T) {
	_, err := serve(t, wire.RegoRequest{Modules: []string{endless}, Input: map[string]any{}, Milliseconds: 100})
	if err == nil || !strings.Contains(err.Error(), "took longer than 100 ms") {
		t.Error(err)
	}
}

// FuzzCompile wants places that lie in the module, and no module that passes a check and then fails to compile.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{"", "package p", "package p\nallow if", "package p\ndeny contains x if some x in input.values", "package é\n\nallow := {", endless} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		module, problems := rego.Compile(text, true)
		lines := strings.Count(text, "\n") + 1
		for _, p := range problems {
			if p.Line < 0 || p.Line > lines+1 || p.Col < 0 || p.Text == "" || strings.Contains(p.Text, "\n") {
				t.Errorf("%q: %+v", text, p)
			}
		}
		if (module == nil) != (len(problems) > 0) {
			t.Errorf("%q: both or neither of module and problems", text)
		}
		if module != nil {
			if _, problems := rego.Compile(text, false); problems != nil {
				t.Errorf("%q: checked, and then %v", text, problems)
			}
		}
	})
}
