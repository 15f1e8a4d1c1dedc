package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/policygen/policygen/internal/bench/corpus"
)

// widely is the rule that the second revision exchanges in the base: a change that touches every group.
const widely = `"Bash(tool-00 *)"`

// diffLimit is how many builds a diff may take: it resolves two states, writes neither, and compares them.
const diffLimit = 2

// diffs measures diff on two revisions of a git repository, between which a rule of the base changed and one leaf got another.
func (b *bench) diffs(t table, full sample) error {
	dir := b.unused()
	if err := b.revisions(dir); err != nil {
		return fmt.Errorf("make two revisions: %w", err)
	}
	s, err := b.median(func() (sample, error) {
		cmd := exec.CommandContext(b.ctx, b.program, "diff", "--at", corpus.Date, "HEAD~1", "HEAD")
		cmd.Dir = dir
		return b.timed(cmd)
	})
	if err != nil {
		return err
	}
	got, want := goal(ratio(s, full), diffLimit, "%.1f builds", true)
	t.line("diff of two revisions", s, got, want)
	return nil
}

// revisions makes the repository. The settings of whoever runs this have no say in it.
func (b *bench) revisions(dir string) error {
	policies := filepath.Join(dir, "policies")
	git := func(args ...string) error {
		cmd := exec.CommandContext(b.ctx, "git", append([]string{"-C", dir, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Stderr = b.stderr
		return cmd.Run()
	}
	commit := func() error {
		return errors.Join(git("add", "."), git("commit", "--quiet", "--no-verify", "--message", "policies"))
	}
	if err := corpus.Write(policies, b.groups); err != nil {
		return err
	}
	if err := errors.Join(git("init", "--quiet", "--template="), commit()); err != nil {
		return err
	}
	if err := errors.Join(touch(policies), exchange(filepath.Join(policies, "base", "permissions.yaml"))); err != nil {
		return err
	}
	return commit()
}

// exchange puts another rule into a file.
func exchange(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	changed := bytes.Replace(data, []byte(widely), []byte(`"Bash(exchanged *)"`), 1)
	if bytes.Equal(changed, data) {
		return fmt.Errorf("%s has no rule %s", name, widely)
	}
	return os.WriteFile(name, changed, 0o644)
}
