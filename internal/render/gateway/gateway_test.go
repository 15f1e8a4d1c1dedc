package gateway_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	readback "github.com/policygen/policygen/internal/readback/gateway"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/gateway"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

// env is the environment that the README asks for.
var env = map[string]string{"POLICYGEN_DOLLAR": "$"}

// audience returns a bundle of a group, or of the organization where the name is default.
func audience(t *testing.T, name, settings string, members ir.Members) *ir.Bundle {
	t.Helper()
	b := rendertest.Settings(rendertest.Parse(t, "f", settings), ir.Linux)
	b.Audience = ir.Audience{Name: name, Group: name}
	b.Members = members
	return b
}

// organization returns three audiences of which each is part of the one before, in an order that is not theirs.
func organization(t *testing.T) []*ir.Bundle {
	t.Helper()
	return []*ir.Bundle{
		audience(t, "engineering", `{"model":"sonnet","sandbox":{"enabled":true},"env":{"A":"${HOME}/x"}}`, ir.Members{Groups: []string{"engineering"}, Depth: 1}),
		audience(t, "default", `{"model":"opus","sandbox":{"enabled":true}}`, ir.Members{Domains: []string{"acme.example", "acme.test"}}),
		audience(t, "payments", `{"model":"haiku","permissions":{"deny":["Bash(curl *)"]},"policyHelper":{"path":"/x"}}`,
			ir.Members{Groups: []string{"payments-eng", "payments-ops"}, Depth: 2, Order: 2}),
		audience(t, "web", `{"model":"sonnet"}`, ir.Members{Groups: []string{"web"}, Depth: 2, Order: 1}),
	}
}

func gather(t *testing.T, audiences ...*ir.Bundle) ([]render.File, error) {
	t.Helper()
	g := gateway.New(rendertest.Catalog(t)).Gather()
	for _, b := range audiences {
		if err := g.Add([]*ir.Bundle{b}); err != nil {
			t.Fatal(err)
		}
	}
	return g.Files()
}

// served renders audiences and reads them back.
func served(t *testing.T, audiences ...*ir.Bundle) *readback.Policies {
	t.Helper()
	files, err := gather(t, audiences...)
	if err != nil || len(files) != 2 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	p, err := readback.Read(files[1].Data, env)
	if err != nil {
		t.Fatalf("%v in\n%s", err, files[1].Data)
	}
	return p
}

func TestGolden(t *testing.T) {
	files, err := gather(t, organization(t)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		golden.Check(t, f.Path, f.Data)
	}
}

// TestServed: members of several groups get the deepest, and each audience gets exactly what it gets elsewhere.
func TestServed(t *testing.T) {
	all := organization(t)
	p := served(t, all...)
	for _, test := range []struct {
		groups []string
		email  string
		want   *value.Node
	}{
		{[]string{"engineering"}, "a@acme.example", all[0].Profile.Node},
		{[]string{"nobody"}, "a@acme.example", all[1].Profile.Node},
		{nil, "a@ACME.test", all[1].Profile.Node},
		{[]string{"engineering", "payments-ops"}, "a@acme.example", all[2].Profile.Node.Without("policyHelper")},
		{[]string{"engineering", "payments-eng", "web"}, "a@acme.example", all[3].Profile.Node},
		{[]string{"engineering"}, "contractor@elsewhere.example", all[0].Profile.Node},
	} {
		got, ok := p.Serve(test.groups, test.email)
		if !ok || !value.Equal(got, test.want) {
			t.Errorf("%v %s: %v\n%s", test.groups, test.email, ok, cmp.Diff(test.want.Any(), got.Any()))
		}
	}
	if got, ok := p.Serve(nil, "a@elsewhere.example"); ok {
		t.Errorf("somebody from elsewhere gets %s", value.AppendJSON(nil, got))
	}
}

// TestOrder: audiences come in any order from the driver.
func TestOrder(t *testing.T) {
	all := organization(t)
	want, err := gather(t, all...)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	got, err := gather(t, all...)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestTorture: neither YAML nor the gateway's own variables change a text.
func TestTorture(t *testing.T) {
	cases := rendertest.Torture(t, ir.Linux)
	variables := rendertest.Parse(t, "f", `{"env":{"A":"${HOME}","${B}":"${file:/etc/passwd}","C":"a ${X} $$ ${POLICYGEN_DOLLAR} ${","D":"${a:-b}","E":"$${X}","F":"${${X}}"}}`)
	for _, c := range append(cases, rendertest.TortureCase{Name: "variables", Bundle: rendertest.Settings(variables, ir.Linux)}) {
		c.Bundle.Members.Domains = []string{"acme.example"}
		got, ok := served(t, c.Bundle).Serve(nil, "a@acme.example")
		if want := c.Bundle.Profile.Node; !ok || !value.Equal(got, want) {
			t.Errorf("%s: %s", c.Name, cmp.Diff(want.Any(), got.Any()))
		}
	}
}

func TestUnfit(t *testing.T) {
	all := organization(t)
	all[0].Members.Users = []string{"a@acme.example"}
	all[1].Members.Domains = nil
	all[2].Members.Groups = nil
	person := audience(t, "web+bob", `{"model":"opus"}`, ir.Members{Groups: []string{"web"}, Depth: 2, Order: 1})
	person.Audience.User = "bob@acme.example"
	ring := audience(t, "web", `{"model":"opus"}`, ir.Members{Groups: []string{"web"}, Depth: 2, Order: 1})
	ring.Audience.Ring = "pilot"
	_, err := gather(t, append(all, person, ring)...)
	var unfit *render.UnfitError
	if !errors.As(err, &unfit) {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"default needs delivery.gateway.domains", "engineering lists people under match.users", "payments has no match.idp_groups",
		"web gets something else in the ring pilot", "web+bob is one person"} {
		if len(unfit.Reasons) != 5 || !strings.HasPrefix(unfit.Reasons[i], want) {
			t.Errorf("reason %d of %d is not %q:\n%s", i, len(unfit.Reasons), want, strings.Join(unfit.Reasons, "\n"))
		}
	}
}

// TestNothing: a group without settings still has an entry, or it would get its parent's.
func TestNothing(t *testing.T) {
	empty := audience(t, "web", `{}`, ir.Members{Groups: []string{"web"}, Depth: 1})
	empty.Profile = nil
	if files, err := gather(t, empty); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
	p := served(t, empty, audience(t, "default", `{"model":"opus"}`, ir.Members{Domains: []string{"acme.example"}}))
	if got, ok := p.Serve([]string{"web"}, "a@acme.example"); !ok || len(got.Members) != 0 {
		t.Errorf("got %v, %v", got, ok)
	}
}

// TestNumbers: parsers of YAML 1.1 take a number for text that has an exponent and no point.
func TestNumbers(t *testing.T) {
	files, err := gather(t, audience(t, "web", `{"list":[1e21,1e-7,1.5e300,30,-5e-324],"text":"1e+21"}`, ir.Members{Groups: []string{"web"}}))
	if err != nil {
		t.Fatal(err)
	}
	got := string(files[slices.IndexFunc(files, func(f render.File) bool { return strings.HasSuffix(f.Path, ".yaml") })].Data)
	for _, want := range []string{" 1.0e+21,", " 1.0e-7,", " 1.5e+300,", " 30,", " -5.0e-324\n", `"1e+21"`} {
		if !strings.Contains(got, want) {
			t.Errorf("it has no %s:\n%s", want, got)
		}
	}
}
