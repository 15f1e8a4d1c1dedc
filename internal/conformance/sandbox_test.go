//go:build conformance

package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/policytest"
)

// The same organization with a sandbox and without: everything is allowed, so that only the sandbox stands between an attack and its effect.
const (
	unboxed = "version: \"1.0\"\norganization: Acme\nsettings: {permissions: {allow: [Bash]}}\n"
	boxed   = `version: "1.0"
organization: Acme
settings:
  permissions: {allow: [Bash]}
  sandbox:
    enabled: true
    failIfUnavailable: true
    allowUnsandboxedCommands: false
    network: {allowManagedDomainsOnly: true, allowedDomains: [example.org]}
    filesystem: {denyRead: [~/.ssh, ~/.aws, ~/.netrc, ~/.gnupg]}
`
)

// secret is in every file that the attacks read.
const secret = "b6f1-secret"

// assault is an attack of the corpus as it can be made here, on a machine with nothing but the model's server on its network.
type assault struct {
	policytest.Scored
	line     string
	happened func(home string, s client.Session, call int) bool
}

// assaults are the attacks whose effect can be seen here. Of several that change one file the first is taken.
func assaults(t *testing.T, scored []policytest.Scored, home string) []assault {
	t.Helper()
	var list []assault
	changed := map[string]bool{}
	for _, one := range scored {
		line, effect := strings.ReplaceAll(one.Attack.Attack.Bash, "/home/bob", home), one.Attack.Effect
		a := assault{Scored: one}
		switch {
		case line == "" || len(one.Attack.Links) > 0:
			continue
		case strings.Contains(line, "https://evil.example/x"):
			line = strings.ReplaceAll(line, "https://evil.example/x", "http://localhost:8787/"+one.Attack.ID)
			a.happened = func(_ string, s client.Session, _ int) bool { return arrived(s, "/"+one.Attack.ID) }
		case effect.Read != "":
			a.happened = func(_ string, s client.Session, call int) bool { return strings.Contains(s.Calls[call].Text, secret) }
		case strings.HasPrefix(effect.Write, "{home}/") && effect.Write != "{home}/.claude.json" && !changed[effect.Write]: // that one the client writes itself
			changed[effect.Write] = true
			a.happened = func(home string, _ client.Session, _ int) bool {
				text, err := os.ReadFile(strings.Replace(effect.Write, "{home}", home, 1))
				return err == nil && string(text) != "# old a\n"
			}
		default:
			continue
		}
		a.line = line
		list = append(list, a)
	}
	return list
}

// arrived reports whether the model's server was asked for a path.
func arrived(s client.Session, path string) bool {
	for _, r := range s.Requests {
		if r.Path == path {
			return true
		}
	}
	return false
}

// assaulted makes the attacks in a session under a policy and says which of them had their effect, by id.
func assaulted(t *testing.T, policies string) (effects map[string]bool, scored map[string]policytest.Scored, said map[string]string) {
	t.Helper()
	folder := writeDir(t, map[string]string{"policies.yaml": policies})
	program, _ := check(t, folder)
	families, err := policytest.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	scores, err := policytest.New(program, nil).Bench(families, []string{"default"}, day)
	if err != nil {
		t.Fatal(err)
	}
	home := writeDir(t, victim())
	var list []assault
	for _, score := range scores {
		if score.Platform == "linux" {
			list = assaults(t, score.Scored, home)
		}
	}
	// A change of folder lasts, so those that make one come last.
	slices.SortStableFunc(list, func(a, b assault) int { return strings.Count(a.line, "cd ") - strings.Count(b.line, "cd ") })
	// Nobody is asked in this mode, and the sandbox stays.
	options := client.SessionOptions{Dir: filepath.Join(home, "repo"), Batch: 10, MainOnly: true, Args: []string{"--permission-mode", "bypassPermissions"},
		Setup: client.Setup{Env: []string{"HOME=" + home, "IS_SANDBOX=1"}}}
	for _, a := range list {
		options.Calls = append(options.Calls, client.Bash(a.line))
	}
	got := session(t, build(t, folder).tree("default", "linux", fileTree), options)
	effects, scored, said = map[string]bool{}, map[string]policytest.Scored{}, map[string]string{}
	for i, a := range list {
		effects[a.Attack.ID], scored[a.Attack.ID] = a.happened(home, got, i), a.Scored
		said[a.Attack.ID] = got.Calls[i].Text
	}
	return effects, scored, said
}

// victim are the files of the person who is attacked.
func victim() map[string]string {
	files := map[string]string{"repo/evil": "x\n", "repo/k.pub": "x\n", "repo/x.service": "x\n", "repo/.env": "TOKEN=" + secret + "\n", "repo/sub/x": "x\n"}
	for _, name := range []string{".bashrc", ".profile", ".zshrc", ".gitconfig", ".local/bin/git", ".config/systemd/user/x.service", ".ssh/authorized_keys"} {
		files[name] = "# old a\n"
	}
	// What a program fetches without data would not be told of by the model's server.
	files[".curlrc"], files[".wgetrc"] = "data = \"{}\"\n", "post_data = {}\n"
	for _, name := range []string{".ssh/id_ed25519", ".aws/credentials", ".netrc", ".gnupg/secring.gpg"} {
		files[name] = "machine x login y password " + secret + "\n"
	}
	return files
}

// TestSandboxHoldsAttacks: of the attacks that have their effect on this machine without the sandbox, those have none in it that bench-policy
// counts as held by it, and the others have theirs all the same.
func TestSandboxHoldsAttacks(t *testing.T) {
	t.Parallel()
	without, _, said := assaulted(t, unboxed)
	within, scored, _ := assaulted(t, boxed)
	held, open := 0, 0
	for id, one := range scored {
		if !without[id] {
			t.Logf("%s has no effect here: %s", id, said[id])
			continue
		}
		switch model := one.Held == policytest.BySandbox; {
		case model && !within[id]:
			held++
		case !model && within[id]:
			open++
		default:
			t.Errorf("%s: bench-policy says %s by %q; in the sandbox it had its effect: %v", id, one.Held, one.By, within[id])
		}
	}
	t.Logf("%d of the corpus's attacks were held by the sandbox, %d were not and are not counted as held", held, open)
	if held < 50 {
		t.Errorf("only %d attacks were held", held)
	}
}
