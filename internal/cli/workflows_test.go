package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// ourWorkflows are this repository's workflows about policies, and the templates they are made of.
const (
	ourWorkflows = "../../.github/workflows/"
	templates    = "../scaffold/templates/workflow-"
)

// eachCase runs the cases of a workflow with what init writes, and the first of them with our own, which is the same but for the installation.
func eachCase[C any](t *testing.T, template, ours string, cases []C, name func(C) string, test func(t *testing.T, w workflow, f *forge, c C)) {
	t.Helper()
	from := policyRepository(t)
	for i, c := range cases {
		t.Run(name(c), func(t *testing.T) {
			t.Parallel()
			test(t, readWorkflow(t, templates+template+".yml"), newForge(t, from), c)
		})
		if i == 0 {
			t.Run("ours: "+name(c), func(t *testing.T) {
				t.Parallel()
				test(t, readWorkflow(t, ourWorkflows+ours+".yml"), newForge(t, from), c)
			})
		}
	}
}

// TestOurWorkflowsAreTheTemplates lets the two differ only in where policygen comes from.
func TestOurWorkflowsAreTheTemplates(t *testing.T) {
	for template, ours := range map[string]string{"check": "policy", "comment": "policy-comment", "release": "policy-release", "expiry": "policy-expiry"} {
		var both []workflow
		for _, path := range []string{templates + template + ".yml", ourWorkflows + ours + ".yml"} {
			w := readWorkflow(t, path)
			for _, j := range w.Jobs {
				for i, s := range j.Steps {
					if s.Name == "Install policygen" {
						j.Steps[i].Run = ""
					}
					if strings.HasPrefix(s.Uses, "actions/setup-go@") {
						j.Steps[i].With = nil
					}
				}
			}
			both = append(both, w)
		}
		if diff := cmp.Diff(both[0], both[1]); diff != "" {
			t.Errorf("template %s (-) and ours (+):\n%s", template, diff)
		}
	}
}

// TestWorkflowPermissions lists every right to write.
func TestWorkflowPermissions(t *testing.T) {
	got := map[string]string{}
	for _, name := range []string{"check", "comment", "release", "expiry"} {
		w := readWorkflow(t, templates+name+".yml")
		for right, level := range w.Permissions {
			if level != "read" {
				t.Errorf("%s: %s: %s for every job", name, right, level)
			}
		}
		for job, j := range w.Jobs {
			for right, level := range j.Permissions {
				if level != "read" {
					got[name+"/"+job+"/"+right] = level
				}
			}
			for _, s := range j.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != fmt.Sprint(job == "prune") {
					t.Errorf("%s/%s keeps the token in the clone: %q", name, job, s.With["persist-credentials"])
				}
			}
		}
	}
	want := map[string]string{"comment/comment/pull-requests": "write", "expiry/prune/contents": "write", "expiry/prune/pull-requests": "write",
		"release/release/id-token": "write", "release/release/attestations": "write"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rights to write (-want +got):\n%s", diff)
	}
}

const (
	namedPolicy = "policies:\n  - name: no-search\n    description: No search\n    type: settings\n    settings: {permissions: {deny: [WebSearch]}}\n"
	governance  = "governance:\n  approvers: [ciso@acme.com]\n"
)

// exceptionText is an exception in a file of its own.
func exceptionText(approver, expires string) string {
	return "exceptions:\n  - team: engineering\n    exempt_from: [no-search]\n    reason: they need it\n    approved_by: " + approver + "\n    expires: " + expires + "\n"
}

// approving is how the workflow asks for approving reviews; forgeIsDown is the case in which nobody answers.
const (
	approving   = `select(.state == "APPROVED")`
	forgeIsDown = "the forge does not answer"
	exempting   = "311d84ae4efbeb1d 43ac799ac86b452f cbcbdffb8f1efe3c" // the fingerprints of an exception from namedPolicy
)

type checkCase struct {
	name         string
	base, change map[string]string
	stale        bool // out/ was not built
	reviews      string
	failed       []string
	report       []string // texts of check.txt and build.txt
}

func TestCheckWorkflow(t *testing.T) {
	review := func(state string) string {
		return `{"login":"octocat","state":"` + state + `","commit":"head-commit","submitted_at":"2026-11-20T10:00:00Z"}` + "\n" +
			`{"login":null,"state":"COMMENTED","commit":"head-commit","submitted_at":"2026-11-20T11:00:00Z"}` + "\n"
	}
	identities := map[string]string{".github/identities.json": "{\n  \"octocat\": \"ciso@acme.com\"\n}\n"}
	tests := []checkCase{
		{"nothing special", nil, map[string]string{"policies/base/more.yaml": "settings: {permissions: {deny: [Read(~/.netrc)]}}\n"}, false, "", nil,
			[]string{"no problems", "out is up to date"}},
		{"out was not built", nil, map[string]string{"policies/base/more.yaml": "settings: {permissions: {deny: [Read(~/.netrc)]}}\n"}, true, "",
			[]string{"Is out/ what they say?"}, []string{"no problems", "out differs from what the policies say"}},
		{"a mistake", nil, map[string]string{"policies/base/more.yaml": "setings: {}\n"}, true, "",
			[]string{"Are the policies right?", "Do they decide what the tests say?", "Is out/ what they say?"}, []string{`did you mean "settings"?`, "nothing was written"}},
		{"a change that names its own approver", nil,
			map[string]string{"policies/governance.yaml": "governance:\n  approvers: [mallory@acme.com]\n", "policies/exceptions/x.yaml": exceptionText("mallory@acme.com", "2027-02-01")},
			false, "", []string{"Are the policies right?", "What does it change?"}, []string{"exception-base-approver", "out is up to date"}},
		{"identities of the change itself do not count", nil,
			map[string]string{".github/identities.json": `{"octocat": "x@acme.com"}`, "policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2027-02-01")}, false, "", nil,
			[]string{"exception-ends", "out is up to date"}},
		{"approved", identities, map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2027-02-01")}, false, review("APPROVED"), nil,
			[]string{"exception-ends", "out is up to date"}},
		{"not approved", identities, map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2027-02-01")}, false, review("CHANGES_REQUESTED"),
			[]string{"Are the policies right?"}, []string{"ciso@acme.com asked for changes [exception-approval-unproved]", "out is up to date"}},
		{"nobody reviewed", identities, map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2027-02-01")}, false, "\n",
			[]string{"Are the policies right?"}, []string{"no review shows that ciso@acme.com approved", "out is up to date"}},
		{"identities that are not JSON", map[string]string{".github/identities.json": "octocat: ciso\n"}, map[string]string{"policies/x.yaml": "settings: {}\n"}, false,
			review("APPROVED"), []string{"Are the policies right?"}, []string{"POLICYGEN_APPROVALS: ", "out is up to date"}},
		{forgeIsDown, identities, map[string]string{"policies/x.yaml": "settings: {}\n"}, false, "",
			[]string{"Who has approved it?", "Which changes were approved?"}, []string{"", "out is up to date"}},
	}
	eachCase(t, "check", "policy", tests, func(c checkCase) string { return c.name }, func(t *testing.T, w workflow, f *forge, tt checkCase) {
		if tt.base != nil {
			f.add(tt.base)
			f.commit("base")
			f.git("push", "-q", "origin", "main")
		}
		f.git("switch", "-q", "-c", "change")
		f.add(tt.change)
		if !tt.stale {
			f.commit("change")
		}
		if tt.name != forgeIsDown {
			f.answers = [][2]string{{approving, "octocat\t" + exempting + "\n"}, {"collaborators/octocat/permission", "write\n"}}
		}
		if tt.reviews != "" {
			f.answers = append(f.answers, [2]string{"repos/acme/policy/pulls/7/reviews", strings.TrimPrefix(tt.reviews, "\n")})
		}
		r := f.job(w, "check")
		if diff := cmp.Diff(tt.failed, r.failed); diff != "" {
			t.Errorf("failed steps (-want +got):\n%s\n%s", diff, r.log)
		}
		if got := f.read("artifacts/policy-report/number"); got != "7\n" {
			t.Errorf("number %q", got)
		}
		for i, name := range []string{"check.txt", "build.txt"} {
			if tt.report[i] == "" {
				continue
			}
			if got := f.read("artifacts/policy-report/" + name); !strings.Contains(got, tt.report[i]) {
				t.Errorf("%s does not hold %q:\n%s", name, tt.report[i], got)
			}
		}
	})
}

type approvalCase struct {
	name       string
	change     map[string]string
	reviews    string // login, tab, fingerprints of an approving review
	permission string // of octocat
	failed     []string
	report     string // a text of diff.md
}

// TestApprovedChanges: what loosens waits for somebody who may write and names it.
func TestApprovedChanges(t *testing.T) {
	waits := []string{"What does it change?"}
	exempts := map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2027-02-01")}
	const asks = "with `--approved`: `311d84ae4efbeb1d,43ac799ac86b452f,cbcbdffb8f1efe3c`\n"
	tests := []approvalCase{
		{"nobody has approved", exempts, "", "", waits, asks},
		{"approved", exempts, "octocat\t" + exempting + "\n", "write", nil, "`exception-added` `cbcbdffb8f1efe3c` approved\n"},
		{"approved in two reviews", exempts, "octocat\t311d84ae4efbeb1d\nocto-cat\t\noctocat\t43ac799ac86b452f cbcbdffb8f1efe3c\n", "admin", nil, "approved\n"},
		{"one is not named", exempts, "octocat\t311d84ae4efbeb1d cbcbdffb8f1efe3c\n", "write", waits, "with `--approved`: `43ac799ac86b452f`\n"},
		{"by somebody who may only read", exempts, "octocat\t" + exempting + "\n", "read", waits, asks},
		{"by somebody unknown", exempts, "octocat\t" + exempting + "\n", "", waits, asks},
		{"by a name that is none", exempts, "../octocat\t" + exempting + "\n\t" + exempting + "\n$(touch pwned)\t" + exempting + "\n", "write", waits, asks},
		{"an approval of something else", exempts, "octocat\t0123456789abcdef\n", "write", waits, `the approved fingerprint "0123456789abcdef" fits no change`},
		{"it tightens", map[string]string{"policies/x.yaml": "settings: {permissions: {deny: [Read(~/.netrc)]}}\n"}, "", "", nil, "### Policy diff: 1 tighten"},
		{"no policy changes", map[string]string{"main.go": "package main\n"}, "", "", nil, "### Policy diff: no changes\n"},
	}
	eachCase(t, "check", "policy", tests, func(c approvalCase) string { return c.name }, func(t *testing.T, w workflow, f *forge, tt approvalCase) {
		f.git("switch", "-q", "-c", "change")
		f.add(tt.change)
		f.commit("change")
		f.answers = [][2]string{{approving, tt.reviews}}
		if tt.permission != "" {
			f.answers = append(f.answers, [2]string{"repos/acme/policy/collaborators/octocat/permission", tt.permission + "\n"})
		}
		r := f.job(w, "check")
		if diff := cmp.Diff(tt.failed, r.failed); diff != "" {
			t.Errorf("failed steps (-want +got):\n%s\n%s", diff, r.log)
		}
		if got := f.read("artifacts/policy-report/diff.md"); !strings.HasPrefix(got, "<!-- policygen-diff -->\n") || !strings.Contains(got, tt.report) {
			t.Errorf("diff.md does not hold %q:\n%s", tt.report, got)
		}
		if strings.Contains(r.log, "::error") != (tt.failed != nil) {
			t.Errorf("annotations:\n%s", r.log)
		}
		if _, err := os.Stat(filepath.Join(f.repo, "pwned")); err == nil {
			t.Error("a review was run as code")
		}
	})
}

type commentCase struct {
	name    string
	report  map[string]string
	answers [][2]string
	failed  []string
	posted  string // the call that posts, "" for none
	body    string
}

// diffComment is what policygen says of a change, and foreign what somebody writes in its place to get at those who read it.
const (
	diffComment = "<!-- policygen-diff -->\n### Policy diff: 1 loosen\n\n- **LOOSENS** `a`\n\n<details><summary>web</summary>\n\n- `b`\n\n</details>\n"
	foreign     = "@acme/owners &#64;acme #1 GH-2 <img src=x> [x](http://evil/x) ![y][z] &lt;b&gt; www.evil <!-- $(touch pwned)\n[z]: http://evil/y\n</details>\n\x1b"
)

func TestCommentWorkflow(t *testing.T) {
	const size, head, comments = "artifacts?name=policy-report", "pulls/7 --jq .head.sha", "issues/7/comments --jq"
	good := map[string]string{"number": "7\n", "check.txt": "policies/: no problems\n", "build.txt": "out is up to date\n"}
	with := func(changes map[string]string) map[string]string {
		files := map[string]string{}
		for name, text := range good {
			files[name] = text
		}
		for name, text := range changes {
			files[name] = text
		}
		return files
	}
	answers := [][2]string{{size, "512\n"}, {head, "head-commit\n"}, {comments, ""}, {"--method", ""}}
	tests := []commentCase{
		{"first", good, answers, nil, "POST repos/acme/policy/issues/7/comments", "\n**check**\n\n    policies/: no problems\n\n**build**\n\n    out is up to date\n"},
		{"again", good, [][2]string{answers[0], answers[1], {comments, "4711\n4712\n"}, answers[3]}, nil, "PATCH repos/acme/policy/issues/comments/4711", "**check**"},
		{"another commit", good, [][2]string{answers[0], {head, "newer\n"}, answers[2], answers[3]}, nil, "", ""},
		{"no report", nil, [][2]string{{size, "0\n"}}, nil, "", ""},
		{"too large", nil, [][2]string{{size, "200000\n"}}, []string{"Is there a report of a sensible size?"}, "", ""},
		{"no size", nil, [][2]string{{size, "$(touch pwned)\n"}}, []string{"Is there a report of a sensible size?"}, "", ""},
		{"number of another kind", with(map[string]string{"number": "7/../8\n"}), answers, []string{"Show it in the pull request"}, "", ""},
		{"number as a command", with(map[string]string{"number": "7$(touch pwned)"}), answers, []string{"Show it in the pull request"}, "", ""},
		{"two numbers", with(map[string]string{"number": "7\n8\n"}), answers, []string{"Show it in the pull request"}, "", ""},
		{"no number", map[string]string{"check.txt": "x"}, answers, []string{"Show it in the pull request"}, "", ""},
		{"link for a number", with(map[string]string{"number": "-> ../../secret"}), answers, []string{"Show it in the pull request"}, "", ""},
		{"link for a text", with(map[string]string{"check.txt": "-> ../../secret"}), answers, nil, "POST", "\n**build**"},
		{"Markdown", with(map[string]string{"check.txt": "```\n</pre> @everyone ![x](http://evil/x)\r# heading\x1b[31m\n\n$(touch pwned) `touch pwned` %s\\n"}), answers, nil, "POST",
			"**check**\n\n    ```\n    </pre> @everyone ![x](http://evil/x)# heading[31m\n    \n    $(touch pwned) `touch pwned` %s\\n\n"},
		{"what changes", with(map[string]string{"diff.md": diffComment}), answers, nil, "POST", "\n\n### Policy diff: 1 loosen\n\n- **LOOSENS** `a`\n\n<details><summary>web</summary>\n\n- `b`\n\n</details>\n"},
		{"nothing changes", with(map[string]string{"diff.md": "<!-- policygen-diff -->\n### Policy diff: no changes\n"}), answers, nil, "POST", "**check**"},
		{"nothing changes any more", with(map[string]string{"diff.md": "<!-- policygen-diff -->\n### Policy diff: no changes\n"}),
			[][2]string{answers[0], answers[1], {`policygen-diff`, "4713\n"}, answers[2], answers[3]}, nil, "PATCH repos/acme/policy/issues/comments/4713", "no changes"},
		{"link for a diff", with(map[string]string{"diff.md": "-> ../../secret"}), answers, nil, "POST", "**check**"},
		{"Markdown of somebody else", with(map[string]string{"diff.md": "<!-- policygen-diff -->\n" + foreign}), answers, nil, "POST",
			"@\u200bacme/owners &\u200b#\u200b64;acme #\u200b1 GH-\u200b2 <\u200bimg src=x> [x]\u200b(http:\u200b//evil/x) ![y]\u200b[z] &lt;b&gt; www.\u200bevil <\u200b!-- $(touch pwned)\n[z]\u200b: http:\u200b//evil/y\n</details>"},
		{"a long diff", with(map[string]string{"diff.md": "<!-- policygen-diff -->\n" + strings.Repeat("\u200b\u00e9@ ", 100_000)}), answers, nil, "POST", "\u00e9@"},
		{"long", with(map[string]string{"check.txt": strings.Repeat("\n", 100_000), "build.txt": strings.Repeat("y", 100_000)}), answers, nil, "POST", "**check**"},
	}
	eachCase(t, "comment", "policy-comment", tests, func(c commentCase) string { return c.name }, func(t *testing.T, w workflow, f *forge, tt commentCase) {
		f.write("secret", "7\n")
		for name, text := range tt.report {
			f.write("artifacts/policy-report/"+name, text)
			if target, isLink := strings.CutPrefix(text, "-> "); isLink {
				link := filepath.Join(f.dir, "artifacts/policy-report", name)
				if err := os.Remove(link); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(target, link); err != nil {
					t.Fatal(err)
				}
			}
		}
		f.answers = tt.answers
		r := f.job(w, "comment")
		if diff := cmp.Diff(tt.failed, r.failed); diff != "" {
			t.Errorf("failed steps (-want +got):\n%s\n%s", diff, r.log)
		}
		if posts := strings.Contains(r.calls, "--method"); posts != (tt.posted != "") || !strings.Contains(r.calls, tt.posted) {
			t.Errorf("calls:\n%s", r.calls)
		}
		body := f.read("calls.body")
		if tt.posted != "" && (!strings.HasPrefix(body, "<!-- policygen") || !strings.Contains(body, tt.body) || utf8.RuneCountInString(body) > 65_536) {
			t.Errorf("comment of %d bytes does not hold %q:\n%.2000s", len(body), tt.body, body)
		}
		if strings.Contains(body, "**check**\n\n    7\n") {
			t.Error("a link was followed")
		}
		for _, line := range strings.Split(body, "\n") {
			if strings.Contains(line, "://evil") && !strings.HasPrefix(line, "    ") {
				t.Errorf("Markdown of the report: %q", line)
			}
		}
		if _, err := os.Stat(filepath.Join(f.repo, "pwned")); err == nil {
			t.Error("the report was run as code")
		}
	})
}

type releaseCase struct {
	name   string
	change map[string]string
	failed []string
}

func TestReleaseWorkflow(t *testing.T) {
	tests := []releaseCase{
		{"right", nil, nil},
		{"edited by hand", map[string]string{"out/default/linux/file/managed-settings.json": "{}\n"}, []string{"Is out/ the same?"}},
		{"a file too many", map[string]string{"out/default/linux/file/extra.json": "{}\n"}, []string{"Is out/ the same?"}},
		{"policies that were not built", map[string]string{"policies/x.yaml": "settings: {permissions: {deny: [Read(~/.netrc)]}}\n"}, []string{"Is out/ the same?"}},
		{"a mistake", map[string]string{"policies/x.yaml": "setings: {}\n"}, []string{"Build"}},
	}
	eachCase(t, "release", "policy-release", tests, func(c releaseCase) string { return c.name }, func(t *testing.T, w workflow, f *forge, tt releaseCase) {
		f.add(tt.change)
		// Uploading is the last step; it must come only after a success.
		r := f.job(w, "artifacts")
		if diff := cmp.Diff(tt.failed, r.failed); diff != "" {
			t.Errorf("failed steps (-want +got):\n%s\n%s", diff, r.log)
		}
		_, err := os.Stat(filepath.Join(f.dir, "artifacts/policy-abc/manifest.json"))
		if released := err == nil; released != (tt.failed == nil) {
			t.Errorf("released: %t", released)
		}
		if tt.failed == nil && !strings.Contains(r.summary, "  ./default/linux/file/managed-settings.json\n") {
			t.Errorf("summary:\n%s", r.summary)
		}
	})
}

type expiryCase struct {
	name    string
	files   map[string]string
	stale   bool // out/ differs from what was built
	due     string
	failed  []string // in the check job
	pushed  bool
	created bool
	answers [][2]string
}

func TestExpiryWorkflow(t *testing.T) {
	none, open := [][2]string{{"pr list", "0\n"}, {"pr create", "https://forge/pr/8\n"}}, [][2]string{{"pr list", "1\n"}}
	tests := []expiryCase{
		{"nothing", nil, false, "0", nil, false, false, nil},
		{"not yet", map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2027-02-01")}, false, "0", nil, false, false, nil},
		{"expired", map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2026-11-19")}, false, "1", nil, true, true, none},
		{"expired, and asked before", map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2026-11-19")}, false, "1", nil, true, false, open},
		{"out is not right any more", nil, true, "1", nil, true, true, none},
		{"not approved", map[string]string{"policies/exceptions/x.yaml": exceptionText("mallory@acme.com", "2027-02-01")}, false, "1", nil, false, false, nil},
	}
	eachCase(t, "expiry", "policy-expiry", tests, func(c expiryCase) string { return c.name }, func(t *testing.T, w workflow, f *forge, tt expiryCase) {
		if tt.files != nil {
			f.add(tt.files)
			f.commit("exceptions")
			f.git("push", "-q", "origin", "main")
		}
		if tt.stale {
			f.add(map[string]string{"out/default/linux/file/managed-settings.json": "{}\n"})
			f.git("commit", "-q", "-a", "-m", "stale")
		}
		f.answers = tt.answers
		r := f.job(w, "check")
		if diff := cmp.Diff(tt.failed, r.failed); diff != "" || r.outputs["due"] != tt.due {
			t.Errorf("due %q, failed steps (-want +got):\n%s\n%s", r.outputs["due"], diff, r.log)
		}
		if tt.due != "1" {
			return
		}
		r = f.job(w, "prune")
		if diff := cmp.Diff([]string{"Tell people"}, r.failed); diff != "" {
			t.Errorf("failed steps (-want +got):\n%s\n%s", diff, r.log)
		}
		branches := f.git("ls-remote", "origin", "refs/heads/policygen/expiry")
		if (branches != "") != tt.pushed || strings.Contains(r.calls, "gh pr create") != tt.created {
			t.Errorf("pushed %q, calls:\n%s\n%s", branches, r.calls, r.log)
		}
		if tt.pushed {
			pruned(t, f, tt.stale)
		}
	})
}

// pruned looks at what was pushed: it passes the checks, and holds nothing but what expiry changes.
func pruned(t *testing.T, f *forge, stale bool) {
	t.Helper()
	if status := f.git("status", "--porcelain", "--", "policies", "out"); status != "" {
		t.Errorf("not committed: %s", status)
	}
	for _, command := range []string{"check", "build"} {
		args := []string{command}
		if command == "build" {
			args = append(args, "--check")
		}
		if r := runInit(t, f.repo, args...); r.code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", command, r.code, r.stdout, r.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(f.repo, "policies/exceptions/x.yaml")); err == nil && !stale {
		t.Error("the expired exception is still there")
	}
	if text := f.read("repo/policies/organization.yaml"); !strings.Contains(text, "\nlast_updated: 2026-11-20\n") {
		t.Error("last_updated is not the day of the change")
	}
	if changed := strings.Fields(f.git("diff", "--name-only", "origin/main", "HEAD")); slices.ContainsFunc(changed, func(name string) bool {
		return !strings.HasPrefix(name, "policies/") && !strings.HasPrefix(name, "out/")
	}) {
		t.Errorf("changed: %v", changed)
	}
}

// TestExpiryFailsOnFailure tells a failure of policygen from a finding.
func TestExpiryFailsOnFailure(t *testing.T) {
	for _, path := range []string{templates + "expiry.yml", ourWorkflows + "policy-expiry.yml"} {
		w, f := readWorkflow(t, path), newForge(t, policyRepository(t))
		if err := os.RemoveAll(filepath.Join(f.repo, "policies")); err != nil {
			t.Fatal(err)
		}
		f.write("repo/policies", "a file")
		if r := f.job(w, "check"); !slices.Contains(r.failed, "Has time changed something?") || r.outputs["due"] == "1" {
			t.Errorf("failed %v, outputs %v\n%s", r.failed, r.outputs, r.log)
		}
	}
}

// TestOtherWorkflows runs what ci.yml and nightly.yml call far enough to know that it is there: make without doing anything, scripts as stubs.
func TestOtherWorkflows(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	scripts, err := filepath.Glob(filepath.Join(root, ".ci", "*"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in .ci: %v", err)
	}
	for _, script := range scripts {
		info, err := os.Stat(script)
		if err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s is not executable: %v", script, err)
		}
		stub := filepath.Join(dir, ".ci", filepath.Base(script))
		if err := os.MkdirAll(filepath.Dir(stub), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(stub, []byte("#!/usr/bin/env bash\nbash -n '"+script+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	makePath, err := exec.LookPath("make")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "make"), []byte("#!/usr/bin/env bash\nexec "+makePath+" -n -C '"+root+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ci", "nightly"} {
		for _, j := range readWorkflow(t, ourWorkflows+name+".yml").Jobs {
			for _, s := range j.Steps {
				if s.Run == "" {
					continue
				}
				cmd := exec.Command("bash", "-e", "-c", s.Run)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %q: %v\n%s", name, s.Run, err, out)
				}
			}
		}
	}
}
