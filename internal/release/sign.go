package release

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
)

// SignatureSuffix is added to a file's name for its detached signature: 64
// bytes, as `openssl pkeyutl -rawin` writes and reads them.
const SignatureSuffix = ".sig"

// Errors of keys say what to do and never what was read: an error may end in a
// log.
var (
	errPrivate = errors.New("no ed25519 private key in PEM (PKCS #8, without a passphrase): make one with `openssl genpkey -algorithm ed25519`")
	errPublic  = errors.New("no ed25519 public key in PEM: make it from the private one with `openssl pkey -pubout`")
)

// PrivateKey reads an ed25519 private key.
func PrivateKey(text []byte) (ed25519.PrivateKey, error) {
	// Only the first block counts: a file with several keys would leave open
	// which of them has signed.
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errPrivate
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errPrivate
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errPrivate
	}
	return key, nil
}

// PublicKey reads an ed25519 public key.
func PublicKey(text []byte) (ed25519.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errPublic
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errPublic
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, errPublic
	}
	return key, nil
}

// Sign returns the signature of some bytes. It is the same each time.
func Sign(key ed25519.PrivateKey, data []byte) []byte { return ed25519.Sign(key, data) }

// Signed reports whether a signature is that of the key's owner.
func Signed(key ed25519.PublicKey, data, signature []byte) bool {
	return len(signature) == ed25519.SignatureSize && ed25519.Verify(key, data, signature)
}

// Fingerprint names a public key as ssh does, for people who compare two of
// them.
func Fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
