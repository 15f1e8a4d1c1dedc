package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/bench/corpus"
)

// sample is what one run of a program took. Zero stands for what is not known: cpu of a part of a process, and peak on
// systems that do not tell.
type sample struct {
	wall time.Duration
	cpu  time.Duration // of all threads, user and kernel
	peak int64         // bytes
}

// bench is one run of this program. A field for the context is unusual, but every step of the run has the same one.
type bench struct {
	options
	ctx     context.Context
	dir     string // everything is below it
	self    string
	program string
	stderr  io.Writer
	now     func() time.Time
	folders int // made by unused
}

// path returns a path in the folder of this run. Everything there is removed at the end, whatever the names.
func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// unused returns a path that was not there before. Nothing is deleted while measuring: for some seconds after a thousand files are gone,
// ext4 steps over the place of each of them whenever it makes a new one, and that would be measured.
func (b *bench) unused() string {
	b.folders++
	return b.path(strconv.Itoa(b.folders))
}

// corpus writes a repository of that many groups and returns its folder. The folder is kept for the whole run, because
// reading it for the first time would be measured as well.
func (b *bench) corpus(groups int) (string, error) {
	dir := b.path("policies-" + strconv.Itoa(groups))
	return dir, corpus.Write(dir, groups)
}

// policygen runs a build and returns how long the process lived. The date is fixed, so that the figures do not change
// when something in the corpus would expire.
func (b *bench) policygen(policies, out string, targets ...string) (sample, error) {
	args := []string{"build", "--policies", policies, "--out", out, "--at", corpus.Date}
	for _, t := range targets {
		args = append(args, "--target", t)
	}
	return b.timed(exec.CommandContext(b.ctx, b.program, args...))
}

// timed runs a command. What it says is shown only where it fails. Starting the process is part of the time, since
// that is what people wait for.
func (b *bench) timed(cmd *exec.Cmd) (sample, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	start := b.now()
	if err := cmd.Run(); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, said.Bytes())
	}
	state := cmd.ProcessState
	return sample{b.now().Sub(start), state.UserTime() + state.SystemTime(), peak(state)}, nil
}

// raw writes a copy of a folder in a process of its own and returns how long the writing alone took there. A process
// of its own gives it the same fresh start as the program it is compared with.
func (b *bench) raw(from, to string) (sample, error) {
	cmd := exec.CommandContext(b.ctx, b.self, "-raw", from, to)
	cmd.Stderr = b.stderr
	said, err := cmd.Output()
	if err != nil {
		return sample{}, fmt.Errorf("write %s: %w", to, err)
	}
	wall, err := time.ParseDuration(strings.TrimSpace(string(said)))
	return sample{wall: wall}, err
}

// median repeats a step and returns the one that took the middle time, with the largest memory of all. The median and
// not the mean: one run that the system disturbs would move a mean.
func (b *bench) median(step func() (sample, error)) (sample, error) {
	samples := make([]sample, b.repeat)
	for i := range samples {
		var err error
		if samples[i], err = step(); err != nil {
			return sample{}, err
		}
	}
	slices.SortFunc(samples, func(x, y sample) int { return int(x.wall - y.wall) })
	middle := samples[len(samples)/2]
	for _, s := range samples {
		middle.peak = max(middle.peak, s.peak)
	}
	return middle, nil
}
