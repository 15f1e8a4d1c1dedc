package cli

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
)

// versionCommand describes version, the first thing that a report of a problem should quote.
func (a *app) versionCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the client that the settings catalogue describes",
		Example: "  policygen version\n  policygen version --output json",
		Args:    noArguments,
		RunE:    action(func(*cobra.Command, []string) error { return a.version(output) }),
	}
	outputFlag(cmd, &output, "text", "json")
	return cmd
}

// version names the client version of the catalogue beside its own: it decides which settings keys are known.
func (a *app) version(output string) error {
	cat, err := catalog.Load()
	if err != nil {
		return err
	}
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if output == "text" {
		_, err = fmt.Fprintf(a.env.Stdout, "policygen %s (%s, %s), settings catalogue of claude %s with %d keys\n",
			compile.Version, runtime.Version(), platform, cat.ClientVersion(), len(cat.Rows()))
		return err
	}
	return json.NewEncoder(a.env.Stdout).Encode(map[string]any{"format_version": 1, "version": compile.Version, "go": runtime.Version(),
		"platform": platform, "client_version": cat.ClientVersion(), "settings_keys": len(cat.Rows())})
}
