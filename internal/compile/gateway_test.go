package compile_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/readback/gateway"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// gatewayRepository has everything that an entry for everybody would break: objects that groups add to, lists, hooks, variables, and groups that
// share people.
var gatewayRepository = map[string]string{
	"organization.yaml": `version: "1.0"
organization: Acme
groups:
  - name: engineering
    match: {idp_groups: [engineering]}
  - name: payments
    parent: engineering
    match: {idp_groups: [payments-eng, payments-ops]}
  - name: web
    parent: engineering
    match: {idp_groups: [web-eng]}
  - name: cards
    parent: payments
    match: {idp_groups: [cards]}
  - name: sales
    match: {idp_groups: [sales]}
delivery:
  gateway: {domains: [acme.com, acme.example]}
guidance:
  - {title: Secrets, text: "Never print ${TOKEN}."}
settings:
  sandbox: {enabled: true, network: {allowedDomains: [github.com]}}
  env: {DISABLE_TELEMETRY: "1"}
  availableModels: [opus, sonnet]
  permissions: {deny: ["Bash(curl *)"], disableBypassPermissionsMode: disable}
  forceLoginGatewayUrl: https://gateway.acme.com
  hooks:
    PreToolUse: [{matcher: Bash, hooks: [{type: command, command: 'test -d "${HOME}"'}]}]
`,
	"engineering.yaml": `group: engineering
settings:
  sandbox: {failIfUnavailable: true}
  env: {TEAM: engineering}
`,
	"payments.yaml": `group: payments
settings:
  permissions: {deny: ["Bash(psql *)"]}
  hooks:
    PreToolUse: [{matcher: Edit, hooks: [{type: command, command: check}]}]
`,
	"cards.yaml": `group: cards
guidance:
  - {title: Cards, text: "No card numbers: \u2028 not even in tests."}
`,
	"sales.yaml": `group: sales
settings:
  companyAnnouncements: ["Grüße \U0001F600"]
`,
}

// TestGatewayServesEachAudience signs in as a member of each group, of all of them, and of none, and wants what files would bring.
func TestGatewayServesEachAudience(t *testing.T) {
	dir := t.TempDir()
	for name, text := range gatewayRepository {
		add(t, dir, name, text)
	}
	out := filepath.Join(t.TempDir(), "out")
	program := check(t, read(t, dir))
	_, err := program.Build(context.Background(), out, compile.Selection{Targets: []string{"gateway", "plist", "managed-settings"}}, nil)
	must(t, err)
	data, err := os.ReadFile(filepath.Join(out, "gateway", "managed-policies.yaml"))
	must(t, err)
	policies, err := gateway.Read(data, map[string]string{"POLICYGEN_DOLLAR": "$"})
	must(t, err)

	members := map[string][]string{"default": {"nobody-knows-it"}, "web": {"engineering", "web-eng"}}
	for _, g := range program.Set.Groups {
		members[g.Name] = append(members[g.Name], g.IDPGroups...)
	}
	for audience, groups := range members {
		for _, mail := range []string{"a@acme.com", "b@ACME.example"} {
			got, ok := policies.Serve(groups, mail)
			want := expected(t, program, audience)
			if !ok || !value.Equal(got, want) {
				t.Errorf("%s, %v: %s", mail, groups, cmp.Diff(want.Any(), got.Any()))
			}
		}
	}
	everything := slices.Concat(members["sales"], members["web"], members["cards"], members["payments"])
	if got, ok := policies.Serve(everything, "a@acme.com"); !ok || !value.Equal(got, expected(t, program, "cards")) {
		t.Errorf("somebody in all groups gets not what the deepest has: %v", got.Any())
	}
	if _, ok := policies.Serve(nil, "a@elsewhere.example"); ok {
		t.Error("somebody from elsewhere is served")
	}
	manifest, err := settings.Read(readFile(t, filepath.Join(out, "web", "linux", "file", "managed-settings.json")))
	must(t, err)
	if got, _ := policies.Serve([]string{"web-eng"}, ""); !value.Equal(got.Without("claudeMd"), manifest.Without("forceLoginGatewayUrl")) {
		t.Error("the file for the group and the entry are not the same")
	}
}

// expected returns an audience's settings with guidance, without the key that no server brings.
func expected(t *testing.T, p *compile.Program, audience string) *value.Node {
	t.Helper()
	g := p.Resolved.Group(audience)
	if g == nil || g.Group != audience && g.Group != policy.DefaultGroup {
		t.Fatalf("no audience %s", audience)
	}
	profile := p.Resolved.Bundles(g)[0].Profile.Node
	if !strings.Contains(profile.Get("claudeMd").Str(), "${TOKEN}") {
		t.Fatal("the guidance is not there")
	}
	return profile.Without("forceLoginGatewayUrl")
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	return data
}
