package release_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/release"
)

// pair returns a key pair from a seed, as PEM.
func pair(t *testing.T, seed byte) (private, public []byte) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	pub, err := x509.MarshalPKIXPublicKey(key.Public())
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub})
}

func TestSign(t *testing.T) {
	private, public := pair(t, 1)
	_, others := pair(t, 2)
	key, err := release.PrivateKey(private)
	must(t, err)
	pub, err := release.PublicKey(public)
	must(t, err)
	other, err := release.PublicKey(others)
	must(t, err)
	data := []byte("the archive")
	signature := release.Sign(key, data)
	if !bytes.Equal(signature, release.Sign(key, data)) {
		t.Error("two signatures of one key differ")
	}
	tests := []struct {
		name      string
		key       ed25519.PublicKey
		data, sig []byte
		want      bool
	}{
		{
			"good",
			pub,
			data,
			signature,
			true,
		},
		{
			"other key",
			other,
			data,
			signature,
			false,
		},
		{
			"other data",
			pub,
			[]byte("the archive."),
			signature,
			false,
		},
		{
			"cut",
			pub,
			data,
			signature[:63],
			false,
		},
		{
			"longer",
			pub,
			data,
			append(bytes.Clone(signature), 0),
			false,
		},
		{
			"empty",
			pub,
			data,
			nil,
			false,
		},
	}
	for _, test := range tests {
		if got := release.Signed(test.key, test.data, test.sig); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
	if print := release.Fingerprint(pub); !strings.HasPrefix(print, "SHA256:") || print == release.Fingerprint(other) {
		t.Errorf("fingerprint %s", print)
	}
}

func TestKeysRefused(t *testing.T) {
	private, public := pair(t, 1)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	must(t, err)
	pub, err := x509.MarshalPKIXPublicKey(ec.Public())
	must(t, err)
	for name, bad := range map[string][]byte{
		"nothing": nil, "text": []byte("secret"), "wrong half": public, "garbage": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")}),
		"elliptic curve": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	} {
		if _, err := release.PrivateKey(bad); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "openssl genpkey") {
			t.Errorf("private key, %s: %v", name, err)
		}
	}
	for name, bad := range map[string][]byte{
		"nothing": nil, "wrong half": private, "garbage": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}),
		"elliptic curve": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub}),
	} {
		if _, err := release.PublicKey(bad); err == nil || !strings.Contains(err.Error(), "openssl pkey -pubout") {
			t.Errorf("public key, %s: %v", name, err)
		}
	}
}
