package compile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
)

func TestCheckFindsEverythingInOneRun(t *testing.T) {
	policies := copied(t, whole)
	edit(t, policies, "organization.yaml", "client:", "delivery:\n  targets: [adm, reg]\nclient:")
	edit(t, policies, "base/session.yaml", "cleanupPeriodDays: 30", "cleanupPeriodDay: 30")
	edit(t, policies, "groups/payments.yaml", "hooks/guard.sh", "hooks/gone.sh")
	p, list, err := compile.Check(read(t, policies), at)
	must(t, err)
	if p == nil || p.Resolved != nil {
		t.Errorf("a program with errors is resolved: %v", p)
	}
	got := messages(list)
	for _, want := range []string{
		`unknown target "adm" | targets are ` + targets(t),
		"base/session.yaml:", "cleanupPeriodDay", "groups/payments.yaml:", "hooks/gone.sh",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no error with %q:\n%s", want, got)
		}
	}
}

func TestCheckFindsWhatMergingShows(t *testing.T) {
	policies := copied(t, whole)
	add(t, policies, "groups/web.yaml", "group: web\nsettings:\n  permissions:\n    deny: []\n  sandbox:\n    enabled: false\n")
	_, list, err := compile.Check(read(t, policies), at)
	must(t, err)
	if got := messages(list); !strings.Contains(got, "groups/web.yaml:6:") {
		t.Errorf("an overlay that loosens is not refused:\n%s", got)
	}
}

func TestGroupNames(t *testing.T) {
	got := check(t, read(t, whole)).GroupNames()
	if diff := cmp.Diff([]string{"default", "engineering", "payments", "web", "sales"}, got); diff != "" {
		t.Error(diff)
	}
}
