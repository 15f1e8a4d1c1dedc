package compile

import (
	"slices"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
)

// TestResolve: without lints the meaning is the same, and everything else is told.
func TestResolve(t *testing.T) {
	tree := source.Memory([]source.File{
		{Path: "organization.yaml", Data: []byte("organization: Acme\ngroups: [{name: web}]\nsettings: {cleanupPeriodDays: 20, permissions: {deny: ['Bash(curl *)']}}\n")},
		{Path: "web.yaml", Data: []byte("group: web\nsettings: {cleanupPeriodDays: 40}\n")},
	})
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	checked, all, err := Check(tree, at)
	if err != nil {
		t.Fatal(err)
	}
	resolved, some, err := Resolve(tree, at)
	if err != nil {
		t.Fatal(err)
	}
	has := func(list diag.List, code diag.Code) bool {
		return slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Code == code })
	}
	if !has(all, diag.OpenSibling) || has(some, diag.OpenSibling) {
		t.Errorf("lints: Check tells %t, Resolve %t", has(all, diag.OpenSibling), has(some, diag.OpenSibling))
	}
	if !has(all, diag.OverlayLoosens) || !has(some, diag.OverlayLoosens) {
		t.Errorf("an overlay that loosens: Check tells %t, Resolve %t", has(all, diag.OverlayLoosens), has(some, diag.OverlayLoosens))
	}
	if len(checked.Resolved.Groups) != len(resolved.Resolved.Groups) {
		t.Errorf("%d groups, and %d without lints", len(checked.Resolved.Groups), len(resolved.Resolved.Groups))
	}
	broken := source.Memory([]source.File{{Path: "a.yaml", Data: []byte("a: [\n")}})
	if program, list, err := Resolve(broken, at); err != nil || program.Resolved != nil || !list.HasErrors() {
		t.Errorf("a broken file: %v, %v, %v", program.Resolved, list, err)
	}
}
