//go:build gateway

package forms

import (
	"os"
	"os/exec"
	"testing"
)

// TestGateway boots the real gateway with its database, and compares what it serves to whom. The Makefile says where both programs are.
func TestGateway(t *testing.T) {
	program, client := os.Getenv("POLICYGEN_PROGRAM"), os.Getenv("POLICYGEN_CLIENT")
	if program == "" || client == "" {
		t.Fatal("POLICYGEN_PROGRAM and POLICYGEN_CLIENT name no programs: run make conformance-gateway, after make conformance, which installs the client")
	}
	said, err := exec.CommandContext(t.Context(), "../../../conformance/gateway/gateway.sh", program, client).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Log(string(said))
}
