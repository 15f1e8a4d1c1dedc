package compile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/render"
)

// served is a repository that a server can hand out.
const served = `version: "1.0"
organization: Acme
groups:
  - name: web
    match: {idp_groups: [web]}
delivery:
  targets: [gateway, server-managed]
  gateway: {domains: [acme.com]}
settings: {cleanupPeriodDays: 30}
`

// repository writes one policy file into a folder and checks it.
func repository(t *testing.T, text string) (program *compile.Program, errors string) {
	t.Helper()
	dir := t.TempDir()
	add(t, dir, "acme.yaml", text)
	program, list, err := compile.Check(read(t, dir), at)
	must(t, err)
	return program, messages(list)
}

func TestUnfitTargets(t *testing.T) {
	const platforms = "platforms: [windows]\n"
	tests := []struct{ name, old, instead, want string }{
		{"fits", "", "", ""},
		{"people", "idp_groups: [web]", "idp_groups: [web], users: [a@acme.com]",
			"acme.yaml:7:13 gateway cannot express this policy: web lists people under match.users, and a gateway matches groups of the identity provider and domains of mail" +
				" | change the policy, or deliver it by another target\n"},
		{"no domains", "  gateway: {domains: [acme.com]}\n", "",
			"acme.yaml:7:13 gateway cannot express this policy: default needs delivery.gateway.domains: without a domain its entry would match everybody and be the base of all others" +
				" | change the policy, or deliver it by another target\n"},
		{"not a target", "targets: [gateway, server-managed]\n  gateway: {domains: [acme.com]}", "targets: [server-managed]", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, got := repository(t, strings.Replace(served, test.old, test.instead, 1)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	dir := t.TempDir()
	add(t, dir, "acme.yaml", served)
	add(t, dir, "windows.yaml", platforms+"settings: {model: opus}\n")
	_, list, err := compile.Check(read(t, dir), at)
	must(t, err)
	if got := messages(list); strings.Count(got, "gets another model on windows than on linux") != 3 {
		t.Errorf("the gateway's two audiences and the console's one have other settings on Windows: %s", got)
	}
}

func TestOneFolderForSeveralTargets(t *testing.T) {
	program, problems := repository(t, served)
	if problems != "" {
		t.Fatal(problems)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := program.Build(context.Background(), dir, compile.Selection{Targets: []string{"jamf", "server-managed"}}, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"consoles/jamf/README.md", "consoles/server-managed/settings.json", "web/macos/com.anthropic.claudecode.plist"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestBuildOfUnfitTarget(t *testing.T) {
	program, _ := repository(t, strings.Replace(strings.Replace(served, "  targets: [gateway, server-managed]\n", "", 1), "match: {idp_groups: [web]}", "", 1))
	dir := filepath.Join(t.TempDir(), "out")
	_, err := program.Build(context.Background(), dir, compile.Selection{Targets: []string{"gateway"}}, nil)
	var unfit *render.UnfitError
	if !errors.As(err, &unfit) || len(unfit.Reasons) != 1 {
		t.Errorf("got %v", err)
	}
}
