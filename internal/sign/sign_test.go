package sign_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/cms"
	"github.com/policygen/policygen/internal/sign"
)

const profile = "<?xml version=\"1.0\"?>\n<plist><dict/></plist>\r\n\n"

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// party is a key with its certificate.
type party struct {
	key         crypto.Signer
	certificate *x509.Certificate
}

// issue makes a certificate for the key, by itself or by another party.
func issue(t *testing.T, name string, key crypto.Signer, by *party) *party {
	t.Helper()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: from.AddDate(9, 0, 0),
		IsCA: by == nil, BasicConstraintsValid: true}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer))
	return &party{key, must[*x509.Certificate](t)(x509.ParseCertificate(der))}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func (p *party) pem() []byte { return block("CERTIFICATE", p.certificate.Raw) }

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	return block("PRIVATE KEY", must[[]byte](t)(x509.MarshalPKCS8PrivateKey(key)))
}

func TestProfile(t *testing.T) {
	rsaKey := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	ecKey := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	root := issue(t, "Acme Root", must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), nil)
	withRSA, withEC := issue(t, "Acme Policy", rsaKey, root), issue(t, "Acme Policies", ecKey, root)
	tests := []struct {
		name   string
		texts  [][]byte
		signer string
	}{
		{"PKCS 8, root before the own certificate", [][]byte{root.pem(), pkcs8(t, rsaKey), withRSA.pem()}, "Acme Policy"},
		{"PKCS 1", [][]byte{block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), withRSA.pem()}, "Acme Policy"},
		{"SEC 1 with parameters", [][]byte{block("EC PARAMETERS", []byte{6}), block("EC PRIVATE KEY", must[[]byte](t)(x509.MarshalECPrivateKey(ecKey))), withEC.pem()}, "Acme Policies"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			id, err := sign.Load(test.texts...)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := id.Profile([]byte(profile))
			if err != nil {
				t.Fatal(err)
			}
			if !cms.Is(signed) {
				t.Error("not taken for a signed file")
			}
			got, err := cms.Open(signed)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&cms.Signed{Content: []byte(profile), Signer: test.signer}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	other := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	own, stranger := issue(t, "Acme", key, nil), issue(t, "Other", other, nil)
	tests := []struct {
		name  string
		texts [][]byte
		want  string
	}{
		{"nothing", nil, "no private key: give a PEM file that has one"},
		{"no PEM", [][]byte{[]byte("hello")}, "no private key"},
		{"certificate alone", [][]byte{own.pem()}, "no private key"},
		{"key alone", [][]byte{pkcs8(t, key)}, "no certificate belongs to the private key"},
		{"another's certificate", [][]byte{pkcs8(t, key), stranger.pem()}, "no certificate belongs to the private key"},
		{"two keys", [][]byte{pkcs8(t, key), pkcs8(t, other), own.pem()}, "two private keys"},
		{"passphrase", [][]byte{block("ENCRYPTED PRIVATE KEY", []byte{0})}, "decrypt it first"},
		{"old passphrase", [][]byte{[]byte("-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")}, "decrypt it first"},
		{"broken key", [][]byte{block("PRIVATE KEY", []byte{1, 2})}, "private key: "},
		{"broken certificate", [][]byte{pkcs8(t, key), block("CERTIFICATE", []byte{1})}, "certificate: "},
		{"key that cannot sign", [][]byte{pkcs8(t, must[*ecdh.PrivateKey](t)(ecdh.X25519().GenerateKey(rand.Reader)))}, "cannot sign"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := sign.Load(test.texts...); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
