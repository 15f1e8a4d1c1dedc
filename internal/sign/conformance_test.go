//go:build conformance

package sign_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/policygen/policygen/internal/sign"
)

// TestOpenSSL: somebody else's program verifies what is signed, chain included, and gets the profile back to the byte.
func TestOpenSSL(t *testing.T) {
	rootKey := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	root := issue(t, "Acme Root", rootKey, nil)
	ecKey := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	rsaKey := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	for name, test := range map[string]struct{ key, certificate []byte }{
		"ECDSA": {pkcs8(t, ecKey), issue(t, "Acme Policies", ecKey, root).pem()},
		"RSA":   {pkcs8(t, rsaKey), issue(t, "Acme Policy", rsaKey, root).pem()},
	} {
		t.Run(name, func(t *testing.T) {
			id, err := sign.Load(test.key, test.certificate)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for file, data := range map[string][]byte{"signed.mobileconfig": must[[]byte](t)(id.Profile([]byte(profile))), "root.pem": root.pem()} {
				if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			command := exec.Command("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signed.mobileconfig", "-CAfile", "root.pem", "-purpose", "any", "-out", "back")
			command.Dir = dir
			if said, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			back, err := os.ReadFile(filepath.Join(dir, "back"))
			if err != nil || !bytes.Equal(back, []byte(profile)) {
				t.Errorf("openssl gives back %q, %v", back, err)
			}
		})
	}
}
