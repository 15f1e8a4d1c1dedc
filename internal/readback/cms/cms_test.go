package cms

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
)

// sign wraps a content; detached leaves it out.
func sign(t *testing.T, content string, subject pkix.Name, detached bool) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject, NotBefore: from, NotAfter: from.AddDate(9, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	message, err := pkcs7.NewSignedData([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	message.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := message.AddSigner(certificate, key, pkcs7.SignerInfoConfig{}); err != nil {
		t.Fatal(err)
	}
	if detached {
		message.Detach()
	}
	data, err := message.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOpen(t *testing.T) {
	data := sign(t, "<plist/>", pkix.Name{CommonName: "Acme MDM"}, false)
	if !Is(data) {
		t.Error("not taken for a signed file")
	}
	s, err := Open(data)
	if err != nil || string(s.Content) != "<plist/>" || s.Signer != "Acme MDM" {
		t.Errorf("got %+v, %v", s, err)
	}
	s, err = Open(sign(t, "x", pkix.Name{Organization: []string{"Acme"}}, false))
	if err != nil || s.Signer != "O=Acme" {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	data := sign(t, "<plist/>", pkix.Name{CommonName: "Acme MDM"}, false)
	tests := []struct {
		name string
		data []byte
		msg  string
	}{
		{"another content", bytes.Replace(data, []byte("<plist/>"), []byte("<plast/>"), 1), "does not fit"},
		{"no content", sign(t, "<plist/>", pkix.Name{CommonName: "Acme MDM"}, true), "the content is not in it"},
		{"cut", data[:len(data)/2], "signed file"},
		{"no signature at all", []byte("<plist/>"), "signed file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if s, err := Open(tt.data); err == nil || !strings.Contains(err.Error(), tt.msg) {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
	for _, other := range []string{"", "0", "bplist00", "<?xml", "{}"} {
		if Is([]byte(other)) {
			t.Errorf("%q is taken for a signed file", other)
		}
	}
}

// FuzzOpen: no bytes make it panic, and nothing unsigned is returned.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("0\x80\x06\t*\x86H\x86\xf7\r\x01\x07\x02"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := Open(data); err == nil && (len(s.Content) == 0 || !bytes.Contains(data, s.Content[:1])) {
			t.Errorf("got %q", s.Content)
		}
	})
}
