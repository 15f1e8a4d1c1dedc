package main

import (
	"context"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nread line; test \"$line\" = \"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(3 * time.Millisecond); return clock }
	row, err := subject{"a program", path, "hello\n", []string{"hello"}}.row(context.Background(), now)
	if err != nil || row != "a program                                      0.0 MB     3.0 ms" {
		t.Errorf("%q %v", row, err)
	}
	if _, err := (subject{"a program", path, "hello\n", []string{"bye"}}).row(context.Background(), now); err == nil || !strings.HasPrefix(err.Error(), "a program: ") {
		t.Error(err)
	}
	if _, err := (subject{label: "gone", path: path + "x"}).row(context.Background(), now); err == nil {
		t.Error("measured a program that is not there")
	}
}

func TestGoRun(t *testing.T) {
	if err := goRun(context.Background(), t.TempDir(), "build", "./nothing"); err == nil || !strings.Contains(err.Error(), "go build ./nothing: ") {
		t.Error(err)
	}
	if err := goRun(context.Background(), ".", "version"); err != nil {
		t.Error(err)
	}
}

// TestPrograms reads the programs of the comparison, which no other test compiles.
func TestPrograms(t *testing.T) {
	entries, err := programs.ReadDir("programs")
	if err != nil || len(entries) != 4 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		text, err := programs.ReadFile("programs/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), e.Name(), text, parser.SkipObjectResolution); err != nil {
			t.Error(err)
		}
	}
}
