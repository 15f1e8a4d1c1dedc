package psscript

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	readps "github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

func TestScripts(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	for name, data := range map[string][]byte{"set": Set(b), "detect": Detect(b)} {
		text := string(data)
		if strings.Contains(text, "@") || !strings.Contains(text, b.Describe()) {
			t.Errorf("%s: a mark is left, or the description is missing:\n%s", name, text)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r > 0x7e }) || strings.ContainsAny(strings.ReplaceAll(text, "\r\n", ""), "\r\n") {
			t.Errorf("%s is not ASCII with CRLF", name)
		}
	}
}

// TestTheDigestIsThatOfThePayload: a machine repaired by one script must satisfy the other.
func TestTheDigestIsThatOfThePayload(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	payload, err := readps.Payload(Set(b))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(payload)
	if !bytes.Contains(Detect(b), []byte("'"+hex.EncodeToString(sum[:])+"'")) {
		t.Error("the digest is that of something else")
	}
	back, err := readps.Read(Set(b))
	if err != nil || !value.Equal(back, b.Profile.Node) {
		t.Errorf("got %v, %v", back, err)
	}
}
