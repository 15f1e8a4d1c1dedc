package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Pieces of policy files for both sides of a change.
const (
	namedYAML   = "policies: [{name: p, description: d, type: denylist, target: tools, values: [Bash], message: m}]\n"
	approvalOf  = "exceptions: [{user: bob@acme.com, exempt_from: [p], reason: r, approved_by: %, expires: 2026-12-31}]\n"
	governedBy  = "governance: {approvers: [%]}\n"
	baseCodeTag = "exception-base-approver"
)

func TestAgainstBase(t *testing.T) {
	approved := func(by string) string { return namedYAML + strings.ReplaceAll(approvalOf, "%", by) }
	governed := func(by string) string { return strings.ReplaceAll(governedBy, "%", by) }
	ciso, mallory := approved("ciso@acme.com"), approved("mallory@acme.com")
	self := approved("bob@acme.com")
	tests := []struct {
		name       string
		base, head map[string]string
		want       string // the message, "" for none
		hint       string
	}{
		{"allowed by both", map[string]string{"g.yaml": governed("ciso@acme.com")}, map[string]string{"g.yaml": governed("ciso@acme.com"), "e.yaml": ciso}, "", ""},
		{"the change names its own approver", map[string]string{"g.yaml": governed("ciso@acme.com")},
			map[string]string{"g.yaml": governed(`ciso@acme.com, mallory@acme.com`), "e.yaml": mallory}, `"mallory@acme.com" may not approve exceptions on main`,
			"approvers there are ciso@acme.com; a change of governance counts for the changes after it"},
		{"the change drops governance", map[string]string{"g.yaml": governed("ciso@acme.com")}, map[string]string{"e.yaml": mallory},
			`"mallory@acme.com" may not approve exceptions on main`, ""},
		{"the change drops governance and nobody approves", map[string]string{"g.yaml": governed("ciso@acme.com")},
			map[string]string{"e.yaml": strings.ReplaceAll(ciso, "approved_by: ciso@acme.com, ", "")}, "nobody has approved the exception, and main asks for it", ""},
		{"its own rules say it already", map[string]string{"g.yaml": governed("ciso@acme.com")}, map[string]string{"g.yaml": governed("ciso@acme.com"), "e.yaml": mallory}, "", ""},
		{"the base has no governance", map[string]string{}, map[string]string{"e.yaml": mallory}, "", ""},
		{"first governance", map[string]string{}, map[string]string{"g.yaml": governed("mallory@acme.com"), "e.yaml": mallory}, "", ""},
		{"unchanged", map[string]string{"e.yaml": ciso, "g.yaml": governed("ciso@acme.com")}, map[string]string{"e.yaml": ciso, "g.yaml": governed("other@acme.com, ciso@acme.com")}, "", ""},
		{"moved and written anew", map[string]string{"e.yaml": approved("x@acme.com")},
			map[string]string{"deep/e.yaml": "# moved\n\n" + namedYAML + "exceptions:\n  - expires: 2026-12-31\n    approved_by: \"x@acme.com\"\n    user: bob@acme.com\n    reason: r\n    exempt_from: [p]\n"}, "", ""},
		{"without effect on the base, and governance opens up", map[string]string{"e.yaml": mallory, "g.yaml": governed("ciso@acme.com")},
			map[string]string{"e.yaml": mallory, "g.yaml": governed(`"*@acme.com"`)}, `"mallory@acme.com" may not approve exceptions on main`, ""},
		{"longer than on the base", map[string]string{"e.yaml": mallory, "g.yaml": governed("ciso@acme.com")},
			map[string]string{"e.yaml": strings.ReplaceAll(mallory, "12-31", "12-30"), "g.yaml": governed("mallory@acme.com")}, `"mallory@acme.com" may not approve exceptions on main`, ""},
		{"self-approval is switched on", map[string]string{"g.yaml": "governance: {no_self_approval: true}\n"}, map[string]string{"e.yaml": self},
			"on main nobody may approve an exception of their own", "a change of governance counts for the changes after it"},
		{"the base is broken", map[string]string{"g.yaml": governed("mallory@acme.com") + "nonsense: 1\n"}, map[string]string{"g.yaml": governed("mallory@acme.com"), "e.yaml": mallory},
			"who may approve on main cannot be told: its policies have errors", "mend them first, in a change without new exceptions"},
		{"the base does not parse", map[string]string{"g.yaml": "governance: {"}, map[string]string{"e.yaml": mallory}, "who may approve on main cannot be told: its policies have errors", ""},
		{"the base is broken elsewhere", map[string]string{"g.yaml": governed("mallory@acme.com"), "x.yaml": "nonsense: 1\n"},
			map[string]string{"g.yaml": governed("mallory@acme.com"), "e.yaml": mallory}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, side := range []map[string]string{tt.base, tt.head} {
				side["o.yaml"] = organizationYAML
			}
			at := mustDate(t, "2026-11-21")
			base, head := load(t, tt.base, at), load(t, tt.head, at)
			list := head.set.Against(NewBase("main", base.set, base.list))
			if tt.want == "" {
				if len(list) > 0 {
					t.Errorf("got %v", list)
				}
				return
			}
			if len(list) != 1 || string(list[0].Code) != baseCodeTag || list[0].Message != tt.want || tt.hint != "" && list[0].Hint != tt.hint || list[0].Pos.Line == 0 {
				t.Errorf("got %+v, want %s", list, tt.want)
			}
		})
	}
}

// TestNewSince counts exceptions of which several are on both sides.
func TestNewSince(t *testing.T) {
	at := mustDate(t, "2026-11-21")
	entry := func(user string) string {
		return "  - {user: " + user + ", exempt_from: [p], approved_by: a@acme.com, expires: 2026-12-31}\n"
	}
	base := load(t, map[string]string{"o.yaml": organizationYAML + namedYAML + "exceptions:\n" + entry("a") + entry("b") + entry("c")}, at)
	head := load(t, map[string]string{"o.yaml": organizationYAML + namedYAML, "x.yaml": "exceptions:\n" + entry("d") + entry("b"), "y.yaml": "exceptions:\n" + entry("a") + entry("e")}, at)
	var got []string
	for _, e := range head.set.NewSince(NewBase("main", base.set, nil)) {
		got = append(got, e.User)
	}
	if diff := cmp.Diff([]string{"d", "e"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(head.set.NewSince(nil)); n != 4 {
		t.Errorf("%d exceptions are new without a base", n)
	}
}
