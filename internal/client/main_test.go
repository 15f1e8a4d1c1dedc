package client_test

import (
	"os"
	"testing"

	"github.com/policygen/policygen/internal/client"
)

// TestMain hands over to the helper when a session started this program inside its namespace.
func TestMain(m *testing.M) {
	if script := os.Getenv(client.HelperEnv); script != "" {
		os.Exit(client.ServeScripted(script, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
