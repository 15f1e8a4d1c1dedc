package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCounter(t *testing.T) {
	const pass = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"pass","Package":"p","Elapsed":0.25}
`
	cases := []struct {
		name, events string
		verbose, ok  bool
		want         string
		code         int
	}{
		{"pass", pass, false, true, "ok    p  0.2s\n1 passed, 0 failed\n", 0},
		{"verbose", pass, true, true, "=== RUN   TestA\nPASS\nok    p  0.2s\n1 passed, 0 failed\n", 0},
		{"go test failed all the same", pass, false, false, "ok    p  0.2s\n1 passed, 0 failed\n", 1},
		{"nothing", "", false, true, "no test ran, which counts as failed\n0 passed, 0 failed\n", 1},
		{"package without tests", `{"Action":"skip","Package":"q"}`, false, true, "no test ran, which counts as failed\n0 passed, 0 failed\n", 1},
		{"failure", `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: bad\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p","Elapsed":1}
`, false, false, "    a_test.go:3: bad\nFAIL\nFAIL  p  1.0s\n1 passed, 1 failed\n", 1},
		{"skip", `{"Action":"skip","Package":"p","Test":"TestA"}`, false, true, "p TestA was skipped, which counts as failed\n0 passed, 1 failed\n", 1},
		{"build failure", `{"ImportPath":"p","Action":"build-output","Output":"p/a.go:1:1: bad\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}
`, false, false, "p/a.go:1:1: bad\nFAIL\tp [build failed]\nFAIL  p  0.0s\n0 passed, 1 failed\n", 1},
		{"panic", `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: bad\n"}
{"Action":"output","Package":"p","Output":"exit status 2\n"}
{"Action":"fail","Package":"p"}
`, false, false, "panic: bad\nexit status 2\nFAIL  p  0.0s\n0 passed, 1 failed\n", 1},
		{"other lines", "warning: no event\n" + pass, false, true, "warning: no event\nok    p  0.2s\n1 passed, 0 failed\n", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			count := newCounter(&out, c.verbose)
			if err := count.read(strings.NewReader(c.events)); err != nil {
				t.Fatal(err)
			}
			code := count.finish(c.ok)
			if diff := cmp.Diff(c.want, out.String()); diff != "" {
				t.Error(diff)
			}
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
		})
	}
}

func TestResults(t *testing.T) {
	const events = `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB/one"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"skip","Package":"q","Test":"TestC"}
{"Action":"fail","Package":"p"}
`
	count := newCounter(&bytes.Buffer{}, false)
	if err := count.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"pass p TestA\n", "pass p TestB/one\n", "fail p TestB\n", "fail q TestC\n"}, count.results); diff != "" {
		t.Error(diff)
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		args string
		want options
		rest string
	}{
		{"-race ./...", options{}, "-race ./..."},
		{"-v -race ./...", options{verbose: true}, "-race ./..."},
		{"-v -results a -tags x", options{true, "a"}, "-tags x"},
		{"-results a -v x", options{true, "a"}, "x"},
		{"x -v", options{}, "x -v"},
		{"-results", options{}, "-results"},
		{"", options{}, ""},
	} {
		got, rest := parse(strings.Fields(test.args))
		if got != test.want || strings.Join(rest, " ") != test.rest {
			t.Errorf("%s: got %+v and %q", test.args, got, rest)
		}
	}
}
