package files_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/policygen/policygen/internal/readback/files"
)

func TestBudget(t *testing.T) {
	b := files.Limit(5)
	for _, step := range []struct {
		text string
		err  error
	}{{"abc", nil}, {"de", nil}, {"", nil}, {"f", files.ErrTooLarge}, {"g", files.ErrTooLarge}} {
		data, err := b.Read(strings.NewReader(step.text))
		if !errors.Is(err, step.err) || err == nil && string(data) != step.text {
			t.Errorf("%q: got %q, %v", step.text, data, err)
		}
	}
}

func TestBudgetKeepsTheReadersError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := files.Limit(5).Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
