//go:build conformance

package conformance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/release"
)

// packages returns the packages of a release with a suffix.
func packages(t *testing.T, r *release.Release, dir, suffix string) []string {
	t.Helper()
	var found []string
	for _, f := range r.Files {
		if strings.HasPrefix(f.Path, "packages/") && strings.HasSuffix(f.Path, suffix) {
			found = append(found, filepath.Join(dir, filepath.FromSlash(f.Path)))
		}
	}
	if len(found) < 2 {
		t.Fatalf("the release has %d %s", len(found), suffix)
	}
	return found
}

// linter is a program that knows the rules of a distribution, with the rules that a package of policy breaks for a reason. Any other error is
// wrong, and other advice is printed.
type linter struct {
	suffix   string
	command  []string
	finding  *regexp.Regexp // its groups are E or W, and the rule
	accepted map[string]string
}

var linters = []linter{
	{
		suffix:  ".deb",
		command: []string{"lintian", "--allow-root", "--no-cfg", "--tag-display-limit", "0"},
		finding: regexp.MustCompile(`(?m)^([EW]): \S+: (\S+).*$`),
		accepted: map[string]string{
			"file-in-etc-not-marked-as-conffile": "policy that somebody changed has to be replaced, and dpkg keeps changed conffiles",
			"no-changelog":                       "the release holds CHANGES.md, from the classified diff",
			"no-copyright-file":                  "the policy is the organization's own, for its own machines",
			"unknown-field":                      "Policy-Audience, Policy-Revision and Policy-Valid-Until are for inventories",
		},
	},
	{
		suffix:  ".rpm",
		command: []string{"rpmlint"},
		finding: regexp.MustCompile(`(?m)^\S+: ([EW]): (\S+).*$`),
		accepted: map[string]string{
			"non-conffile-in-etc":        "policy that somebody changed has to be replaced, and rpm keeps changed configuration",
			"only-non-binary-in-usr-lib": "units of systemd belong there, on every architecture",
			"no-changelogname-tag":       "the release holds CHANGES.md, from the classified diff",
			"no-documentation":           "there is none to install; the release has it",
			"no-signature":               "the release is signed as a whole; repositories sign packages with keys of their own",
			"no-url-tag":                 "the policy is in nobody's repository but the organization's",
			"no-dependency-on":           "rpmlint takes the name of the group sre for a language",
			"invalid-license":            "the policy is the organization's own, which no licence of SPDX says",
			"summary-not-capitalized":    "the summary is the same as in the Debian package, where lower case is the rule",
		},
	},
}

// TestPackageLinters gives every package to the linter of its distribution.
func TestPackageLinters(t *testing.T) {
	r, dir := released(t)
	for _, l := range linters {
		t.Run(l.command[0], func(t *testing.T) {
			for _, finding := range l.run(t, packages(t, r, dir, l.suffix)) {
				switch line, fails, rule := finding[0], finding[1] == "E", finding[2]; {
				case l.accepted[rule] != "":
				case fails:
					t.Error(line)
				default: // each version of a linter has other advice
					t.Log(line)
				}
			}
		})
	}
}

// run returns what the linter says of packages.
func (l linter) run(t *testing.T, files []string) [][]string {
	t.Helper()
	if l.suffix == ".rpm" { // rpmlint unpacks with cpio, which obeys absolute names
		for _, file := range files {
			if names := tool(t, "", "sh", "-c", `rpm2cpio "$0" | cpio --list --quiet`, file); regexp.MustCompile(`(?m)^(/|\.\./)`).MatchString(names) {
				t.Fatalf("%s would write below the root: %s", file, names)
			}
		}
	}
	said, err := exec.Command(l.command[0], append(l.command[1:], files...)...).CombinedOutput()
	if _, found := err.(*exec.ExitError); err != nil && !found {
		t.Fatalf("%v: install what .ci/packages lists", err)
	}
	findings := l.finding.FindAllStringSubmatch(string(said), -1)
	if len(findings) == 0 { // each package breaks some rule
		t.Fatalf("%s did not look: %s", l.command[0], said)
	}
	return findings
}

// play runs the play of a folder on this machine, into another root, and returns the line that sums it up.
func play(t *testing.T, folder, root string) string {
	t.Helper()
	args := []string{"ansible-playbook", "-i", "localhost,", "-c", "local", "-e", "ansible_become=false", "-e", "claude_code_root=" + root, "ansible.yml"}
	if os.Getuid() != 0 { // files get root as their owner
		args = append([]string{"unshare", "-r"}, args...)
	}
	command := exec.Command(args[0], args[1:]...)
	command.Dir = folder
	command.Env = append(os.Environ(), "ANSIBLE_LOCALHOST_WARNING=false", "ANSIBLE_NOCOLOR=1", "ANSIBLE_HOME="+t.TempDir(), "LC_ALL=C.UTF-8")
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("ansible-playbook: %v\n%s", err, said)
	}
	return string(said[bytes.LastIndex(bytes.TrimSpace(said), []byte("\n"))+1:])
}

// TestAnsible lets Ansible bring the files into an empty root, find nothing to do the second time, and mend what somebody changed.
func TestAnsible(t *testing.T) {
	_, dir := released(t)
	folder, root := filepath.Join(dir, "linux", "payments"), openDir(t)
	tool(t, folder, "ansible-playbook", "--syntax-check", "-i", "localhost,", "ansible.yml")
	mkdir(t, filepath.Join(root, "etc"))
	settings := filepath.Join(root, "etc/claude-code/managed-settings.json")
	for _, step := range []struct{ name, want string }{
		{"first", " failed=0 "},
		{"again", " changed=0 "},
		{"changed by somebody", " changed=1 "},
		{"once more", " changed=0 "},
	} {
		if step.want == " changed=1 " {
			put(t, settings, "{}")
		}
		if said := play(t, folder, root); !strings.Contains(said, step.want) || !strings.Contains(said, " failed=0 ") {
			t.Errorf("%s: %s", step.name, said)
		}
		if diff := differs(t, filepath.Join(folder, "files"), filepath.Join(root, "etc/claude-code")); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	if info, err := os.Stat(settings); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
}

// differs compares two folders with diff.
func differs(t *testing.T, want, got string) string {
	t.Helper()
	said, err := exec.Command("diff", "-r", want, got).CombinedOutput()
	if _, found := err.(*exec.ExitError); err != nil && !found {
		t.Fatal(err)
	}
	return string(said)
}

// TestYAMLForms lets yamllint read every YAML file of a release: no key twice, nothing that parsers read in two ways.
func TestYAMLForms(t *testing.T) {
	_, dir := released(t)
	files, err := filepath.Glob(filepath.Join(dir, "linux", "*", "*.y*ml"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	// What is left out is about taste; cloud-init wants its first line as it is.
	tool(t, "", "yamllint", append([]string{"--strict", "-d", "{extends: default, rules: {line-length: disable, document-start: disable, comments: disable}}"}, files...)...)
}
