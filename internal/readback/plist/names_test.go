package plist_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/plist"
)

func TestNames(t *testing.T) {
	got, err := plist.Names([]byte(`<plist version="1.0"><dict><key>pfm_last_modified</key><date>2026-11-21T00:00:00Z</date><key>pfm_subkeys</key><array>
<dict><key>pfm_name</key><string>a</string></dict><dict><key>pfm_name</key><string>b</string></dict></array></dict></plist>`))
	if diff := cmp.Diff([]string{"a", "b"}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := plist.Names([]byte("x y <")); err == nil {
		t.Errorf("got %v", got)
	}
}
