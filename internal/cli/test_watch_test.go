package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWatch runs at once, after a change, and not after a tick without one. Findings do not end it; what makes a run impossible does.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "policies", "a.yaml")
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("organization: A\n")
	var out bytes.Buffer
	a := &app{env: Env{Dir: dir, Stdout: &out}}
	for _, test := range []struct {
		name string
		ends error
		want error
	}{
		{"until it is interrupted", findingsError{}, nil}, {"until it fails", errors.ErrUnsupported, errors.ErrUnsupported},
	} {
		ticks := make(chan time.Time, 3)
		ctx, cancel := context.WithCancel(context.Background())
		runs := 0
		err := a.watch(ctx, place{}, ticks, func() error {
			runs++
			ticks <- time.Time{}
			switch runs {
			case 1:
				write("organization: " + test.name + "\n")
				return nil
			case 2:
				cancel()
			}
			return test.ends
		})
		cancel()
		if runs != 2 || !errors.Is(err, test.want) {
			t.Errorf("%s: %d runs, %v", test.name, runs, err)
		}
	}
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	var usage usageError
	if err := a.watch(context.Background(), place{}, nil, nil); !errors.As(err, &usage) {
		t.Errorf("without a folder: %v", err)
	}
}
