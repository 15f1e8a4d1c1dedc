package servermanaged_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/servermanaged"
	"github.com/policygen/policygen/internal/value"
)

// gather renders audiences, each with the bundles of its platforms.
func gather(t *testing.T, audiences ...[]*ir.Bundle) ([]render.File, error) {
	t.Helper()
	g := servermanaged.New(rendertest.Catalog(t)).Gather()
	for _, bundles := range audiences {
		if err := g.Add(bundles); err != nil {
			t.Fatal(err)
		}
	}
	return g.Files()
}

// organization returns a bundle of the organization itself.
func organization(t *testing.T, text string) *ir.Bundle {
	t.Helper()
	return rendertest.Settings(rendertest.Parse(t, "f", text), ir.Linux)
}

func TestFiles(t *testing.T) {
	all := organization(t, `{"model":"opus","policyHelper":{"path":"/x"},"forceLoginMethod":"gateway","forceLoginGatewayUrl":"https://g"}`)
	all.MCP = ir.NewDocument(rendertest.Parse(t, "f", `{"mcpServers":{}}`))
	person := organization(t, `{"model":"haiku"}`)
	person.Audience = ir.Audience{Name: "default+bob", Group: "default", User: "bob@acme.example"}
	files, err := gather(t, []*ir.Bundle{rendertest.Bundle(t, ir.Linux)}, []*ir.Bundle{all}, []*ir.Bundle{person}, nil)
	if err != nil || len(files) != 2 {
		t.Fatalf("got %v, %v", files, err)
	}
	n, err := settings.Read(files[1].Data)
	if err != nil || string(value.AppendJSON(nil, n)) != `{"model":"opus"}` || files[1].Resolved != value.Digest(n) {
		t.Errorf("got %v, %v", n, err)
	}
	for _, want := range []string{"from a server: `forceLoginGatewayUrl`, `forceLoginMethod`, `policyHelper`.", "needed on each machine: `managed-mcp.json`."} {
		if !strings.Contains(string(files[0].Data), want) {
			t.Errorf("the README does not say %q", want)
		}
	}
}

func TestNothing(t *testing.T) {
	for name, audiences := range map[string][][]*ir.Bundle{
		"no audience":       nil,
		"groups alone":      {{rendertest.Bundle(t, ir.Linux)}},
		"unread keys alone": {{organization(t, `{"policyHelper":{"path":"/x"}}`)}},
	} {
		if files, err := gather(t, audiences...); len(files) != 0 || err != nil {
			t.Errorf("%s: got %v, %v", name, files, err)
		}
	}
}

func TestUnfit(t *testing.T) {
	windows := organization(t, `{"model":"haiku"}`)
	windows.Platform = ir.Windows
	_, err := gather(t, []*ir.Bundle{organization(t, `{"model":"opus"}`), windows})
	var unfit *render.UnfitError
	if !errors.As(err, &unfit) || unfit.Error() != "default gets another model on windows than on linux, and a server does not know the platform" {
		t.Errorf("got %v", err)
	}
}

// TestTorture: what stands in a policy stands in the document, whatever it looks like.
func TestTorture(t *testing.T) {
	for _, c := range rendertest.Torture(t, ir.Linux) {
		files, err := gather(t, []*ir.Bundle{c.Bundle})
		if err != nil {
			t.Fatal(err)
		}
		n, err := settings.Read(files[1].Data)
		if err != nil || !value.Equal(n, c.Bundle.Profile.Node) {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}
