// Command policygen-rego checks and evaluates the Rego modules of policies: one JSON request on standard input, one JSON answer on standard
// output. policygen and the endpoint agent start it where a policy has a module, and never otherwise.
package main

import (
	"fmt"
	"os"

	"github.com/policygen/policygen/internal/rego"
	"github.com/policygen/policygen/internal/wire"
)

func main() {
	if err := rego.Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", wire.RegoProgram, err)
		os.Exit(1)
	}
}
