// Package cms opens signed files: the CMS SignedData (RFC 5652) in which a
// configuration profile is wrapped when it is signed.
package cms

import (
	"bytes"
	"fmt"

	"github.com/smallstep/pkcs7"
)

// Signed is the content of a signed file. The signature fits the content;
// whether the signer is to be trusted is not judged, because the file brings
// its own certificates and nothing here knows which the organization trusts.
type Signed struct {
	Content []byte
	Signer  string // common name of the certificate, or its whole subject
}

// Is reports whether a file looks like DER, as signed files do and no other
// kind of policy file does.
func Is(data []byte) bool {
	return len(data) > 4 && data[0] == 0x30 && data[1] >= 0x80 && bytes.Contains(data[:min(len(data), 64)], []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02})
}

// Open checks the signature and returns the content.
func Open(data []byte) (s *Signed, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, fmt.Errorf("signed file: %v", r)
		}
	}()
	message, err := pkcs7.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("signed file: %w", err)
	}
	if len(message.Content) == 0 {
		return nil, fmt.Errorf("signed file: the content is not in it; a profile is signed with the content attached")
	}
	if err := message.Verify(); err != nil {
		return nil, fmt.Errorf("the signature does not fit the content: %w", err)
	}
	s = &Signed{Content: message.Content}
	if signer := message.GetOnlySigner(); signer != nil {
		if s.Signer = signer.Subject.CommonName; s.Signer == "" {
			s.Signer = signer.Subject.String()
		}
	}
	return s, nil
}
