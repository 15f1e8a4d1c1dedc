package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryCommandHasExamples walks the command tree. The scripts of completion are cobra's own.
func TestEveryCommandHasExamples(t *testing.T) {
	a := &app{env: Env{Getenv: func(string) string { return "" }}}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.HasParent() && !strings.HasPrefix(cmd.CommandPath(), "policygen completion ") {
			if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
				t.Errorf("%s: Short is %q: write one line without a full stop", cmd.CommandPath(), cmd.Short)
			}
			if !strings.HasPrefix(cmd.Example, "  "+cmd.Root().Name()) && !strings.Contains(cmd.Example, cmd.CommandPath()) {
				t.Errorf("%s has no examples", cmd.CommandPath())
			}
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(a.root())
}
