package spdx_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/spdx"
)

const bill = `{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-Release","comment":"C","hasFiles":["a"]},{"SPDXID":"SPDXRef-Policies","hasFiles":["b"]}],
"files":[{"SPDXID":"a","fileName":"./a/b","checksums":[{"algorithm":"SHA1","checksumValue":"1"},{"algorithm":"SHA256","checksumValue":"2"}]},
{"SPDXID":"b","fileName":"./policies/c","checksums":[{"algorithm":"SHA256","checksumValue":"3"}]}]}`

func TestRead(t *testing.T) {
	got, err := spdx.Read([]byte(bill))
	want := &spdx.Bill{Files: map[string]string{"a/b": "2"}, Sources: map[string]string{"c": "3"}, Comments: []string{"C", ""}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, test := range []struct{ old, instead, want string }{{"{", "", "invalid character"}, {"SPDX-2.3", "SPDX-2.2", "it is no SPDX 2.3 document"}} {
		if got, err := spdx.Read([]byte(strings.Replace(bill, test.old, test.instead, 1))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}
