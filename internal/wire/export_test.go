package wire

import "bytes"

// DigestOf returns the digest of an encoded bundle whose digest field is empty.
func DigestOf(data []byte) string {
	head, tail, _ := bytes.Cut(data, []byte(digestKey+`"`))
	return digest(head, tail)
}
