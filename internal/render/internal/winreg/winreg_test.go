package winreg

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

func TestText(t *testing.T) {
	pos := diag.Pos{}
	d := ir.NewDocument(value.Object(pos, value.Member{Key: "a", Value: value.Text("é\n\U0001F600\u2028%PATH%", pos)}))
	if got, want := string(Text(d)), `{"a":"\u00e9\n\ud83d\ude00\u2028%PATH%"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPolicy(t *testing.T) {
	pos := diag.Pos{}
	b := &ir.Bundle{Profile: &ir.Document{Node: value.Object(pos)}}
	got := Policy(b)
	head, tail := "5052656701000000"+"5b00", "0000"+"3b00"+"01000000"+"3b00"+"06000000"+"3b00"+"7b007d000000"+"5d00"
	text := hex.EncodeToString(got)
	if text[:len(head)] != head || text[len(text)-len(tail):] != tail {
		t.Errorf("got %s", text)
	}
	if !bytes.Contains(got, AppendWide(nil, Key+"\x00;Settings\x00;")) {
		t.Error("the record names another value")
	}
	b.Revision = "0123456789abcdef"
	stamped := Policy(b)
	if !bytes.HasPrefix(stamped, got) || !bytes.Contains(stamped[len(got):], AppendWide(nil, Key+"\x00;PolicyRevision\x00;")) {
		t.Errorf("got %x", stamped)
	}
}
