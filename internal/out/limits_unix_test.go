//go:build unix

package out_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

// limitDir tells the child process of TestFullDisk where to build.
const limitDir = "OUT_TEST_LIMIT_DIR"

// TestMain lets the test binary stand in for a build on a full disk.
func TestMain(m *testing.M) {
	if dir := os.Getenv(limitDir); dir != "" {
		if err := limited(dir, os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// limited builds where no file can grow over 1,000 bytes. A file that is too large fails half-way, as on a full disk, for root too.
func limited(dir, which string) error {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
		return err
	}
	s, err := out.Open(dir)
	if err != nil {
		return err
	}
	size, units := 2000, 2
	if which == "manifest" {
		size, units = 10, 20
	}
	for i := range units {
		name := fmt.Sprintf("unit-%d", i)
		if err := s.Put(name, name, []out.File{{Path: "small", Data: []byte("1")}, {Path: "large", Data: make([]byte, size)}}); err != nil {
			return fmt.Errorf("put: %w, abort: %v", err, s.Abort())
		}
	}
	_, err = s.Commit(out.Manifest{})
	return err
}

func TestFullDisk(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	for _, test := range []struct{ which, want string }{
		{"unit", "put: write artifacts: "},
		{"manifest", "put artifacts in place: "},
	} {
		for _, first := range []build{before, nil} {
			t.Run(fmt.Sprintf("%s over %d units", test.which, len(first)), func(t *testing.T) {
				dir := t.TempDir()
				if first != nil {
					write(t, dir, first)
				}
				was := snapshot(t, dir)
				child := exec.Command(self, test.which)
				child.Env = append(os.Environ(), limitDir+"="+dir)
				said, err := child.CombinedOutput()
				if err == nil || !strings.Contains(string(said), test.want) || !strings.Contains(string(said), "file too large") {
					t.Errorf("child: %v\n%s", err, said)
				}
				if strings.Contains(string(said), "abort: ") && !strings.Contains(string(said), "abort: <nil>") {
					t.Errorf("child: %s", said)
				}
				if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
					t.Errorf("the folder is not as it was:\n%s", diff)
				}
			})
		}
	}
}

func TestModesOnDisk(t *testing.T) {
	dir := t.TempDir()
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	write(t, dir, before)
	got := map[string]string{}
	for name, info := range infos(t, dir) {
		got[name] = info.Mode().String()
	}
	want := map[string]string{
		"manifest.json": "-rw-r--r--", "a/": "drwxr-xr-x", "a/linux/": "drwxr-xr-x", "a/linux/file/": "drwxr-xr-x", "a/linux/file/hooks/": "drwxr-xr-x",
		"a/linux/file/hooks/run.sh": "-rwxr-xr-x", "a/linux/file/one.json": "-rw-r--r--", "b/": "drwxr-xr-x", "b/linux/": "drwxr-xr-x",
		"b/linux/one.json": "-rw-r--r--", "c/": "drwxr-xr-x", "c/one.json": "-rw-r--r--",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpecialFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	name := dir + "/b/linux/one.json"
	must(t, os.Remove(name))
	must(t, syscall.Mkfifo(name, 0o644)) // opening it would wait for ever
	must(t, syscall.Mkfifo(dir+"/pipe", 0o644))
	wantChanged(t, write(t, dir, before), []string{"changed b/linux/one.json", "stray pipe"})
	holds(t, dir, before)
}
