package policy

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/policygen/policygen/schema"
)

func approvalsText(reviews ...string) string {
	return `{"format_version": 1, "change": "#7", "identities": {"Octocat": "CISO@acme.com", "octo-two": "ciso@acme.com", "bob": "bob@acme.com"}, "reviews": [` +
		strings.Join(reviews, ",\n") + `]}`
}

func reviewText(login, state string, minute string) string {
	return `{"login": "` + login + `", "state": "` + state + `", "commit": "abc", "submitted_at": "2026-11-20T10:` + minute + `:00Z"}`
}

func TestApproved(t *testing.T) {
	github := `{"id": 1, "node_id": "x", "user": {"login": "octocat", "id": 2}, "body": "fine", "state": "APPROVED", "commit_id": "abc",
		"submitted_at": "2026-11-20T10:05:00Z", "_links": {"html": {"href": "h"}}, "author_association": "MEMBER"}`
	tests := []struct {
		name string
		text string
		want bool
	}{
		{"nobody", approvalsText(), false},
		{"approved", approvalsText(reviewText("octocat", "APPROVED", "01")), true},
		{"as GitHub lists it", approvalsText(github), true},
		{"somebody else", approvalsText(reviewText("bob", "APPROVED", "01")), false},
		{"a stranger with the address as login", approvalsText(reviewText("ciso@acme.com", "APPROVED", "01")), false},
		{"a comment only", approvalsText(reviewText("octocat", "COMMENTED", "01")), false},
		{"approved, then commented", approvalsText(reviewText("octocat", "APPROVED", "01"), reviewText("octocat", "COMMENTED", "02")), true},
		{"approved, then changes", approvalsText(reviewText("octocat", "APPROVED", "01"), reviewText("octocat", "CHANGES_REQUESTED", "02")), false},
		{"the same, listed the other way round", approvalsText(reviewText("octocat", "CHANGES_REQUESTED", "02"), reviewText("octocat", "APPROVED", "01")), false},
		{"changes from the person's other account", approvalsText(reviewText("octocat", "APPROVED", "01"), reviewText("octo-two", "CHANGES_REQUESTED", "02")), false},
		{"changes, then approved", approvalsText(reviewText("octocat", "CHANGES_REQUESTED", "01"), reviewText("octocat", "APPROVED", "02")), true},
		{"dismissed", approvalsText(reviewText("octocat", "APPROVED", "01"), reviewText("octocat", "DISMISSED", "02")), false},
		{"dismissed, then approved", approvalsText(reviewText("octocat", "DISMISSED", "01"), reviewText("octocat", "APPROVED", "02")), true},
		{"at the same time the later in the list", approvalsText(reviewText("octocat", "APPROVED", "01"), reviewText("octocat", "DISMISSED", "01")), false},
		{"pending", approvalsText(`{"login": "octocat", "state": "PENDING"}`), false},
		{"deleted accounts", approvalsText(`{"user": null, "state": "APPROVED", "submitted_at": "2026-11-20T10:00:00Z"}`, `{"login": null, "state": "PENDING", "submitted_at": null}`), false},
		{"the commit that is asked for", strings.Replace(approvalsText(github), `"change"`, `"head": "abc", "change"`, 1), true},
		{"an earlier commit", strings.Replace(approvalsText(github), `"change"`, `"head": "def", "change"`, 1), false},
		{"no commit where one is asked for", strings.Replace(approvalsText(`{"login": "octocat", "state": "APPROVED", "commit": null, "submitted_at": "2026-11-20T10:00:00Z"}`), `"change"`, `"head": "def", "change"`, 1), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := ReadApprovals("a.json", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			for _, address := range []string{"ciso@acme.com", "Ciso@Acme.com"} {
				if got := a.Approved(address); got != tt.want {
					t.Errorf("Approved(%s) = %t", address, got)
				}
			}
			if a.Approved("") || a.Approved("eve@acme.com") {
				t.Error("somebody without a review approved")
			}
			if problem := againstSchema(t, tt.text); problem != nil {
				t.Errorf("the schema refuses it: %#v", problem)
			}
		})
	}
}

func TestReadApprovalsRefuses(t *testing.T) {
	tests := []struct {
		name, text, want string
		schemaToo        bool // the schema can say it as well
	}{
		{"nothing", "", "a.json:1:1: ", true},
		{"not JSON", "{\n\n  oops}", "a.json:3:3: ", true},
		{"a list", "[]", "a.json:1:1: must be an object with format_version, reviews and identities, not array", true},
		{"no version", `{"reviews": [], "identities": {}}`, "a.json:1:1: format_version is missing", true},
		{"other version", "{\n\"format_version\": 2, \"reviews\": [], \"identities\": {}}", "a.json:2:19: format_version is 2, and only 1 is known", true},
		{"version as text", `{"format_version": "1", "reviews": [], "identities": {}}`, "a.json:1:20: format_version must be number, not string", true},
		{"no reviews", `{"format_version": 1, "identities": {}}`, "a.json:1:1: reviews is missing", true},
		{"no identities", `{"format_version": 1, "reviews": []}`, "a.json:1:1: identities is missing", true},
		{"unknown field", "{\"format_version\": 1, \"reviews\": [], \"identities\": {},\n \"Head\": \"x\"}", `a.json:2:2: unknown field "Head"`, true},
		{"head of another kind", `{"format_version": 1, "reviews": [], "identities": {}, "head": null}`, "a.json:1:64: head must be string, not null", true},
		{"a review that is a text", approvalsText(`"APPROVED"`), "a review must be an object, not string", true},
		{"no login", approvalsText(`{"state": "APPROVED", "submitted_at": "2026-11-20T10:00:00Z"}`), "the review has no login", true},
		{"login of another kind", approvalsText(`{"login": 7, "state": "APPROVED", "submitted_at": "2026-11-20T10:00:00Z"}`), "login must be string, not number", true},
		{"user without login", approvalsText(`{"user": {"id": 1}, "state": "APPROVED", "submitted_at": "2026-11-20T10:00:00Z"}`), "the review has no login", true},
		{"unknown state", approvalsText(reviewText("octocat", "approved", "01")), `must be APPROVED, CHANGES_REQUESTED, DISMISSED, COMMENTED or PENDING, not "approved"`, true},
		{"no state", approvalsText(`{"login": "octocat", "submitted_at": "2026-11-20T10:00:00Z"}`), `or PENDING, not ""`, true},
		{"no time", approvalsText("\n" + `{"login": "octocat", "state": "APPROVED"}`), "a.json:2:1: the review has no submitted_at in the form 2026-12-23T00:00:00Z", true},
		{"null for a time", approvalsText(`{"login": "octocat", "state": "APPROVED", "submitted_at": null}`), "the review has no submitted_at", true},
		{"bad time", approvalsText(reviewText("octocat", "APPROVED", "77")), "the review has no submitted_at", true},
		{"address of another kind", `{"format_version": 1, "reviews": [], "identities": {"a": 1}}`, `the address of "a" must be a text`, true},
		{"no address", `{"format_version": 1, "reviews": [], "identities": {"a": ""}}`, `the address of "a" must be a text`, true},
		{"one login twice", `{"format_version": 1, "reviews": [], "identities": {"A": "x@acme.com", "a": "y@acme.com"}}`, "capitals do not tell logins apart", false},
		{"one key twice", `{"format_version": 1, "reviews": [], "identities": {"a": "x@acme.com", "a": "y@acme.com"}}`, "a.json:1:", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadApprovals("a.json", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "a.json:") {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if tt.schemaToo && againstSchema(t, tt.text) == nil {
				t.Error("the schema accepts it")
			}
		})
	}
}

// againstSchema validates a file of approvals with the schema that documents it.
func againstSchema(t *testing.T, text string) error {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("approvals.schema.json", bytes.NewReader(schema.Approvals())); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("approvals.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return err
	}
	return compiled.Validate(document)
}

func TestProve(t *testing.T) {
	exceptions := load(t, map[string]string{"p.yaml": organizationYAML + namedYAML + `exceptions:
  - {user: a, exempt_from: [p], approved_by: ciso@acme.com, expires: 2026-12-31}
  - {user: b, exempt_from: [p], approved_by: Bob@acme.com, expires: 2026-12-31}
  - {user: c, exempt_from: [p], expires: 2026-12-31}
  - {user: d, exempt_from: [p], approved_by: eve@acme.com, expires: 2026-12-31}
`}, time.Time{}).set.Exceptions
	tests := []struct {
		name    string
		head    string
		reviews []string
		want    string
	}{
		{"nobody", "", nil, "5:no review shows that ciso@acme.com approved 6:no review shows that Bob@acme.com approved 8:no review shows that eve@acme.com approved"},
		{"all who can", "", []string{reviewText("octocat", "APPROVED", "01"), reviewText("BOB", "APPROVED", "01")}, "8:no review shows that eve@acme.com approved"},
		{"against it", "", []string{reviewText("octocat", "CHANGES_REQUESTED", "01"), reviewText("bob", "DISMISSED", "01")},
			"5:ciso@acme.com asked for changes 6:the approval by Bob@acme.com was dismissed 8:no review shows that eve@acme.com approved"},
		{"too early", `"head": "def", `, []string{reviewText("octocat", "APPROVED", "01")},
			"5:ciso@acme.com approved an earlier commit 6:no review shows that Bob@acme.com approved 8:no review shows that eve@acme.com approved"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := ReadApprovals("a.json", []byte(strings.Replace(approvalsText(tt.reviews...), `"change"`, tt.head+`"change"`, 1)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range a.Prove(exceptions) {
				if d.Code != "exception-approval-unproved" || d.Hint == "" {
					t.Errorf("%+v", d)
				}
				_, line, _ := strings.Cut(d.Pos.String(), ":")
				line, _, _ = strings.Cut(line, ":")
				got = append(got, line+":"+d.Message)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

// FuzzApprovals reads anything without harm; what it accepts, the schema accepts, and an approval needs an APPROVED in the text.
func FuzzApprovals(f *testing.F) {
	f.Add(approvalsText(reviewText("octocat", "APPROVED", "01")))
	f.Add(approvalsText(reviewText("bob", "DISMISSED", "01"), `{"user": null, "state": "PENDING"}`))
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ReadApprovals("a.json", []byte(text))
		if err != nil {
			return
		}
		for address := range a.last {
			if a.Approved(address) && !strings.Contains(text, "APPROVED") && !strings.Contains(text, `\u00`) {
				t.Errorf("%s approved", address)
			}
		}
	})
}
