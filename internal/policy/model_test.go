package policy

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// TestPolicyDefaults reads fields of policies, written and left out.
func TestPolicyDefaults(t *testing.T) {
	got := load(t, map[string]string{"p.yaml": organizationYAML + `policies:
  - {name: plain, type: denylist, target: tools, values: [Bash, WebFetch]}
  - name: written
    type: allowlist
    target: mcpServers
    values: [github, {name: docs, url: "https://docs.example/*"}, {name: jira, command: [/opt/jira, -r]}]
    severity: warning
    enforce: hook
    mode: observe
    mode_until: 2026-12-15
    message: no
`}, mustDate(t, "2026-11-21"))
	plain, written := got.set.Policies[0], got.set.Policies[1]
	before, after := mustDate(t, "2026-12-14T23:59:59Z"), mustDate(t, "2026-12-15")
	if plain.Severity() != "error" || plain.Enforce() != "auto" || plain.Mode(before) != "enforce" || !plain.Binding(before) {
		t.Errorf("defaults: %s, %s, %s, %t", plain.Severity(), plain.Enforce(), plain.Mode(before), plain.Binding(before))
	}
	if written.Severity() != "warning" || written.Enforce() != "hook" || written.Mode(before) != "observe" || written.Mode(after) != "enforce" || written.Binding(after) {
		t.Errorf("written: %s, %s, %s, %s", written.Severity(), written.Enforce(), written.Mode(before), written.Mode(after))
	}
	if at := written.At("message").String(); at != "p.yaml:13:14" || plain.At("message") != plain.Pos {
		t.Errorf("message at %s, and %s where it is absent", at, plain.At("message"))
	}
	var values []Value
	for _, v := range written.Values() {
		values = append(values, Value{Name: v.Name, URL: v.URL, Command: v.Command})
	}
	want := []Value{{Name: "github"}, {Name: "docs", URL: "https://docs.example/*"}, {Name: "jira", Command: []string{"/opt/jira", "-r"}}}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Error(diff)
	}
	if !values[0].Plain() || values[1].Plain() || values[2].Plain() || !plain.Values()[0].Plain() {
		t.Error("Plain")
	}
}

func TestApprovers(t *testing.T) {
	governance := &Governance{Approvers: []string{"ciso@acme.com", "*@security.acme.com"}}
	for address, want := range map[string]bool{"CISO@acme.com": true, "eve@security.acme.com": true, "eve@acme.com": false, "": false, "x@security.acme.com.evil": false} {
		if got := governance.Approver(address); got != want {
			t.Errorf("Approver(%q) = %t", address, got)
		}
		if open := (*Governance)(nil); !open.Approver(address) {
			t.Errorf("without governance %q may approve", address)
		}
	}
}

// TestExceptionFields reads what an exception says beside its dates.
func TestExceptionFields(t *testing.T) {
	got := load(t, map[string]string{"p.yaml": organizationYAML + `policies: [{name: p, type: allowlist, target: mcpServers, values: [a]}]
exceptions: [{user: a@acme.com, exempt_from: [p], values: [b, {name: c, url: "https://c.example/"}], ticket: T-1, expires: 2027-01-01}]
`}, mustDate(t, "2026-11-21"))
	if len(got.list) > 0 {
		t.Fatal(got.text(t))
	}
	e := got.set.Exceptions[0]
	if diff := cmp.Diff([]string{"b", "c"}, e.Values()); diff != "" {
		t.Error(diff)
	}
	if e.Text("ticket") != "T-1" || e.Text("reason") != "" || e.At("reason") != e.Pos || e.At("ticket") == e.Pos || !got.set.Counts(e) {
		t.Errorf("%+v", e)
	}
	if n := (&Exception{Node: value.Object(diag.Pos{})}).Values(); n != nil {
		t.Errorf("values of an exception without any: %v", n)
	}
}

// TestDays spells spans as people read them.
func TestDays(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Minute: "less than a day", day: "one day", 2*day - 1: "one day", 14 * day: "14 days"} {
		if got := days(d); got != want {
			t.Errorf("days(%s) = %q, want %q", d, got, want)
		}
	}
}

// TestStoredValues replaces what the client stores under another form.
func TestStoredValues(t *testing.T) {
	got := load(t, map[string]string{"p.yaml": organizationYAML + "settings:\n  permissions: {defaultMode: manual}\n  attribution: false\n"}, mustDate(t, "2026-11-21"))
	if got.list.HasErrors() {
		t.Fatal(got.text(t))
	}
	want := `{"attribution":{"commit":"","pr":"","sessionUrl":false},"permissions":{"defaultMode":"default"}}`
	if text := string(value.AppendJSON(nil, got.set.Files[0].Settings)); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}
