package resolve

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/wire"
)

func TestAudienceName(t *testing.T) {
	tests := []struct{ group, address, want string }{
		{"default", "alice@acme.com", "default+alice@acme.com"},
		{"web", "Bob.Smith-Jones@Acme.com", "web+bob.smith-jones@acme.com"},
		{"web", "o'brien+x_y@acme.com", "web+o_27brien_2bx_5fy@acme.com"},
		{"web", "../a", "web+.._2fa"},
		{"web", "j\u00f6rg", "web+j_c3_b6rg"},
	}
	for _, test := range tests {
		if got := AudienceName(test.group, test.address); got != test.want {
			t.Errorf("%s of %s: got %s, want %s", test.address, test.group, got, test.want)
		}
	}
}

const people = "version: \"1.0\"\norganization: Acme\ngroups:\n" +
	"  - {name: eng, match: {users: [bob@acme.com]}}\n  - {name: web, parent: eng, platforms: [linux], match: {users: [wendy@acme.com]}}\n" +
	"policies:\n  - {name: p, type: denylist, target: tools, values: [WebFetch]}\n  - {name: q, type: denylist, target: tools, values: [WebSearch]}\nexceptions:\n"

// at resolves the organization above with more exceptions.
func resolvedAt(t *testing.T, date, exceptions string) (*Result, diag.List) {
	t.Helper()
	set, cat, _ := load(t, folder("org.yaml", people+exceptions))
	return Resolve(set, cat, mustDate(t, date))
}

// TestIntervals: who gets an audience when, and how long a build is right.
func TestIntervals(t *testing.T) {
	const day = "T00:00:00Z"
	tests := []struct {
		name, exceptions, date string
		people                 []string // audiences of their own
		exempt                 []string // audience policy
		from, until            string
	}{
		{"expired", "  - {user: bob@acme.com, exempt_from: [p], expires: 2026-12-01}\n", "2026-12-02", nil, nil, "", ""},
		{"the last second", "  - {user: bob@acme.com, exempt_from: [p], expires: 2026-12-01}\n", "2026-12-01T23:59:59Z",
			[]string{"eng+bob@acme.com"}, []string{"eng+bob@acme.com p"}, "", "2026-12-02" + day},
		{"not yet", "  - {user: bob@acme.com, exempt_from: [p], starts: 2026-12-10, expires: 2026-12-11}\n", "2026-12-01", nil, nil, "", "2026-12-10" + day},
		{"of somebody else's group", "  - {user: bob@acme.com, team: web, exempt_from: [p], expires: 2026-12-11}\n", "2026-12-01", nil, nil, "", ""},
		{"of the person's group", "  - {user: WENDY@acme.com, team: eng, exempt_from: [p], expires: 2026-12-11}\n", "2026-12-01",
			[]string{"web+wendy@acme.com"}, []string{"web+wendy@acme.com p"}, "", "2026-12-12" + day},
		{"permanent", "  - {team: eng, exempt_from: [p]}\n", "2026-12-01", nil, []string{"eng p", "web p"}, "", ""},
		{"everybody", "  - {team: default, exempt_from: [p]}\n", "2026-12-01", nil, []string{"default p", "eng p", "web p"}, "", ""},
		{"the person's is the group's too", "  - {team: eng, exempt_from: [p], expires: 2026-12-11}\n  - {user: wendy@acme.com, exempt_from: [p], expires: 2026-12-20}\n",
			"2026-12-01", nil, []string{"eng p", "web p"}, "", "2026-12-12" + day},
		{"and lasts longer", "  - {team: eng, exempt_from: [p], expires: 2026-12-11}\n  - {user: wendy@acme.com, exempt_from: [p], expires: 2026-12-20}\n",
			"2026-12-12", []string{"web+wendy@acme.com"}, []string{"web+wendy@acme.com p"}, "", "2026-12-21" + day},
		{"overlapping", "  - {team: web, exempt_from: [p], expires: 2026-12-11}\n  - {team: web, exempt_from: [p, q], starts: 2026-12-05, expires: 2026-12-08}\n",
			"2026-12-06", nil, []string{"web p", "web q"}, "2026-12-05" + day, "2026-12-09" + day},
		{"adjacent, before", "  - {team: web, exempt_from: [p], expires: 2026-12-04}\n  - {team: web, exempt_from: [p], starts: 2026-12-05, expires: 2026-12-08}\n",
			"2026-12-04T23:00:00Z", nil, []string{"web p"}, "", "2026-12-05" + day},
		{"adjacent, after", "  - {team: web, exempt_from: [p], expires: 2026-12-04}\n  - {team: web, exempt_from: [p], starts: 2026-12-05, expires: 2026-12-08}\n",
			"2026-12-05", nil, []string{"web p"}, "2026-12-05" + day, "2026-12-09" + day},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, _ := resolvedAt(t, test.date, test.exceptions)
			var own, exempt []string
			for _, g := range r.Groups {
				if g.User != "" {
					own = append(own, g.Name)
				}
				for _, e := range g.Enforced {
					if name := g.Name + " " + e.Policy.Name; e.Lowered.Exempt && !slices.Contains(exempt, name) {
						exempt = append(exempt, name)
					}
				}
			}
			if diff := cmp.Diff(test.people, own); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.exempt, exempt); diff != "" {
				t.Error(diff)
			}
			valid := Valid(r.Groups)
			if got := [2]string{text0(valid.From), text0(valid.Until)}; got != [2]string{test.from, test.until} {
				t.Errorf("valid %q, want %q", got, [2]string{test.from, test.until})
			}
		})
	}
}

func text0(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func TestAudiences(t *testing.T) {
	r, _ := resolvedAt(t, "2026-12-01", "  - {user: wendy@acme.com, exempt_from: [p]}\n  - {user: carl@acme.com, exempt_from: [q]}\n")
	var names []string
	for _, g := range r.Audiences("web") {
		names = append(names, g.Name)
	}
	if diff := cmp.Diff([]string{"web", "web+wendy@acme.com"}, names); diff != "" {
		t.Error(diff)
	}
	wendy := r.Group("web+wendy@acme.com")
	if wendy.Group != "web" || wendy.User != "wendy@acme.com" || !slices.Equal(wendy.Platforms, []string{"linux"}) {
		t.Errorf("got %+v", wendy)
	}
	if r.Group("default+carl@acme.com") == nil || len(r.Audiences("default+carl@acme.com")) != 1 {
		t.Error("a person without a group has no audience of the organization")
	}
}

// TestUnapproved: an exception that governance does not let pass is as if it were not written.
func TestUnapproved(t *testing.T) {
	const governance = "governance: {approvers: [ciso@acme.com], no_self_approval: true, require: [reason], permanent: deny, max_days: 30}\n"
	tests := []struct {
		fields string
		counts bool
	}{
		{"expires: 2026-12-20, reason: r, approved_by: ciso@acme.com", true},
		{"expires: 2026-12-20, reason: r", false},
		{"expires: 2026-12-20, reason: r, approved_by: bob@acme.com", false},
		{"expires: 2026-12-20, reason: r, approved_by: ciso@acme.com, requested_by: CISO@acme.com", false},
		{"expires: 2026-12-20, approved_by: ciso@acme.com", false},
		{"reason: r, approved_by: ciso@acme.com", false},
		{"starts: 2026-11-01, expires: 2026-12-20, reason: r, approved_by: ciso@acme.com", false},
		{"starts: 2026-11-30, expires: 2026-12-20, reason: r, approved_by: ciso@acme.com", true},
		// Without a start it holds for the last 30 days at most, as check has it.
		{"expires: 2026-12-30, reason: r, approved_by: ciso@acme.com", true},
		{"expires: 2026-12-31, reason: r, approved_by: ciso@acme.com", false},
		{"expires: 2027-06-30, reason: r, approved_by: ciso@acme.com", false},
	}
	for _, test := range tests {
		r, _ := resolvedAt(t, "2026-12-01", "  - {team: web, exempt_from: [p], "+test.fields+"}\n"+governance)
		if got := r.Group("web").exempt.grants["p"].Whole; got != test.counts {
			t.Errorf("%s: %v", test.fields, got)
		}
	}
}

// TestSharedLayers: groups without exceptions build on one layer, and only those with one cost more.
func TestSharedLayers(t *testing.T) {
	set, cat, _ := load(t, folder("org.yaml", people+"  - {team: web, exempt_from: [p]}\n"))
	r := newResolver(set, cat, mustDate(t, "2026-12-01"))
	for _, g := range append([]*policy.Group{nil}, set.Groups...) {
		r.audience(g, "")
	}
	if len(r.layers) != 5 { // default and eng as they are; default, eng and web as web sees them
		t.Errorf("%d layers", len(r.layers))
	}
	result, _ := resolvedAt(t, "2026-12-01", "  - {team: web, exempt_from: [p]}\n")
	organization, eng := result.Group("default").States, result.Group("eng").States
	if organization["linux"] != eng["linux"] || organization["linux"] != organization["windows"] {
		t.Error("audiences that get the same have states of their own")
	}
}

// TestAgentBundle: what the agent of an audience is told.
func TestAgentBundle(t *testing.T) {
	set, cat, _ := load(t, folder("org.yaml", people+
		"  - {team: eng, exempt_from: [p], expires: 2026-12-20, ticket: T-1}\n  - {team: eng, exempt_from: [q], expires: 2026-11-20}\n"+
		"  - {project: legacy, exempt_from: [q], expires: 2027-01-20}\n  - {user: wendy@acme.com, exempt_from: [q]}\n"+
		"delivery: {agent: {linux: /opt/agent}}\naudit: {enabled: true}\n",
		"web.yaml", "group: web\npolicies:\n  - {name: w, type: pattern-deny, target: commands, pattern: \"rm -rf\", message: \"no\", mode: warn, mode_until: 2026-12-24}\n"))
	r, _ := Resolve(set, cat, mustDate(t, "2026-12-01"))
	b := r.Group("web").Agent
	var policies, exceptions, moments []string
	for _, p := range b.Policies {
		word := p.Name + " " + p.Mode
		if p.Native {
			word += " native"
		}
		policies = append(policies, word)
	}
	for _, e := range b.Exceptions {
		exceptions = append(exceptions, e.Team+e.User+e.Project+" "+strings.Join(e.Policies, " "))
	}
	for _, m := range b.Timeline {
		moments = append(moments, m.At.Format(time.DateOnly)+" "+strings.Join(m.Changes, "; "))
	}
	if diff := cmp.Diff([]string{"p enforce", "q enforce", "w warn"}, policies); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"eng p", "legacy q"}, exceptions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2026-12-21 exception from p for team eng ends", "2026-12-24 policy w is enforced",
		"2027-01-21 exception from q for project legacy ends"}, moments); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"web", "eng", "default"}, b.Groups); diff != "" || b.ValidUntil.Format(time.DateOnly) != "2026-12-21" || b.Audit == nil {
		t.Errorf("%s%+v", diff, b)
	}
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := wire.ReadBundle(data)
	if err != nil || read.Audience != "web" {
		t.Errorf("%v: %+v", err, read)
	}
	for _, name := range []string{"default", "web+wendy@acme.com"} {
		if g := r.Group(name); g.Agent == nil || g.Agent.Audience != name {
			t.Errorf("%s has no bundle of its own", name)
		}
	}
	if want := "Claude Code is managed by Acme. Policies: q, w. Exceptions: p."; b.Banner != want {
		t.Errorf("banner %q", b.Banner)
	}
}

// TestNoAgent: without the agent there is neither bundle nor hook: a guarded hook without its program would block every call.
func TestNoAgent(t *testing.T) {
	r, _ := resolvedAt(t, "2026-12-01", "  - {team: web, exempt_from: [p]}\n")
	for _, g := range r.Groups {
		if g.Agent != nil || g.States["linux"].Settings.Get("hooks") != nil {
			t.Errorf("%s has something of the agent", g.Name)
		}
	}
	set, cat, _ := load(t, folder("org.yaml", strings.TrimSuffix(people, "exceptions:\n")+"delivery: {agent: {windows: 'C:\\agent.exe'}}\n"))
	r, _ = Resolve(set, cat, time.Time{})
	if web := r.Group("web"); web.Agent != nil {
		t.Error("a group without Windows has a bundle")
	}
	organization := r.Group("default")
	if organization.Agent == nil || organization.States["linux"].Settings.Get("hooks") != nil || organization.States["windows"].Settings.Get("hooks") == nil {
		t.Error("the hooks are not where the agent is")
	}
}
