// Package sign wraps a configuration profile in a signature, so that a Mac shows who
// made it and a console leaves it as it is. [Load] the key and its certificates, then
// sign each profile with [Identity.Profile].
//
// A signature says when it was made, so signed bytes differ from run to run. The
// unsigned profile stays the artifact that can be reproduced; sign a copy of it.
package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/smallstep/pkcs7"
)

// Identity is a private key and the certificates that vouch for it.
type Identity struct {
	key   crypto.Signer
	chain []*x509.Certificate // the key's own first
}

// Load reads an identity from PEM: one private key (PKCS #8, PKCS #1 or SEC 1, not
// encrypted) and its certificates, in any order. Several texts are read as one, so
// that key and certificates may come from files of their own.
func Load(texts ...[]byte) (*Identity, error) {
	id := &Identity{}
	for rest := bytes.Join(texts, []byte("\n")); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if err := id.take(block); err != nil {
			return nil, err
		}
	}
	if id.key == nil {
		return nil, errors.New("no private key: give a PEM file that has one, without a passphrase")
	}
	return id, id.order()
}

// take reads one block. What is neither key nor certificate, such as the parameters of
// a curve, is passed over.
func (id *Identity) take(block *pem.Block) error {
	switch block.Type {
	case "CERTIFICATE":
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		id.chain = append(id.chain, c)
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
		if id.key != nil {
			return errors.New("two private keys: give the one that signs")
		}
		key, err := parseKey(block)
		if err != nil {
			return fmt.Errorf("private key: %w", err)
		}
		id.key = key
	case "ENCRYPTED PRIVATE KEY":
		return errors.New("the private key has a passphrase: decrypt it first, for example with openssl pkey")
	}
	return nil
}

// parseKey reads a key in any of the three forms that tools write.
func parseKey(block *pem.Block) (crypto.Signer, error) {
	if block.Headers["DEK-Info"] != "" {
		return nil, errors.New("it has a passphrase: decrypt it first, for example with openssl pkey")
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T cannot sign", key)
	}
	return signer, nil
}

// order puts the key's own certificate first.
func (id *Identity) order() error {
	public, ok := id.key.Public().(interface{ Equal(crypto.PublicKey) bool })
	for i, c := range id.chain {
		if ok && public.Equal(c.PublicKey) {
			id.chain[0], id.chain[i] = id.chain[i], id.chain[0]
			return nil
		}
	}
	return errors.New("no certificate belongs to the private key: give the key's own certificate, and those that vouch for it")
}

// Profile returns a configuration profile as CMS SignedData (RFC 5652) in DER, with
// the profile and all certificates inside and SHA-256 as its digest, which is the form
// that Macs take.
func (id *Identity) Profile(unsigned []byte) ([]byte, error) {
	message, err := pkcs7.NewSignedData(unsigned)
	if err != nil {
		return nil, fmt.Errorf("sign profile: %w", err)
	}
	message.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := message.AddSignerChain(id.chain[0], id.key, id.chain[1:], pkcs7.SignerInfoConfig{}); err != nil {
		return nil, fmt.Errorf("sign profile: %w", err)
	}
	signed, err := message.Finish()
	if err != nil {
		return nil, fmt.Errorf("sign profile: %w", err)
	}
	return signed, nil
}
