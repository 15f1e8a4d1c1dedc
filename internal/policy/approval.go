package policy

import (
	"fmt"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Approvals is who approved a change, as the forge says. Make one with [ReadApprovals].
type Approvals struct {
	last map[string]review // the review that counts, by address in lower case; a login without a review has none in it
	head string            // commit that reviews must be of; "" for any
}

// review is one decision of a reviewer.
type review struct {
	state  string // APPROVED, CHANGES_REQUESTED or DISMISSED
	commit string
	at     time.Time
}

// approvalsVersion is the format that ReadApprovals reads.
const approvalsVersion = "1"

// approvalsDepth is more than any file of that format nests.
const approvalsDepth = 32

// ReadApprovals reads reviews that were exported from the forge; schema/approvals.schema.json describes the file. Reviews may have the form
// in which GitHub's API lists them. Every error is a *[value.SyntaxError] with a place, because half a list of reviews proves nothing.
func ReadApprovals(file string, data []byte) (*Approvals, error) {
	root, err := value.Parse(file, data, approvalsDepth)
	if err != nil {
		return nil, err
	}
	if err := checkMembers(root); err != nil {
		return nil, err
	}
	a := &Approvals{last: map[string]review{}, head: root.Get("head").Str()}
	addresses, err := readIdentities(root.Get("identities"))
	if err != nil {
		return nil, err
	}
	for _, n := range root.Get("reviews").Items {
		login, r, err := readReview(n)
		if err != nil {
			return nil, err
		}
		// A comment or a draft decides nothing, as on GitHub: it leaves an earlier approval standing. Of two decisions in one second the later
		// in the list counts.
		address := addresses[strings.ToLower(login)]
		if address == "" || r.state == "COMMENTED" || r.state == "PENDING" {
			continue
		}
		if old, reviewed := a.last[address]; !reviewed || !r.at.Before(old.at) {
			a.last[address] = r
		}
	}
	return a, nil
}

// checkMembers checks the outermost object.
func checkMembers(root *value.Node) error {
	if root.Kind != value.Map {
		return wrong(root, "must be an object with format_version, reviews and identities, not %s", root.Kind)
	}
	// Unknown fields are refused: a misspelt head would otherwise let reviews of any commit count.
	kinds := map[string]value.Kind{"format_version": value.Number, "change": value.String, "head": value.String, "reviews": value.List, "identities": value.Map}
	for _, m := range root.Members {
		kind, known := kinds[m.Key]
		if !known {
			return wrong(&value.Node{Pos: m.KeyPos}, "unknown field %q", m.Key)
		}
		if m.Value.Kind != kind {
			return wrong(m.Value, "%s must be %s, not %s", m.Key, kind, m.Value.Kind)
		}
	}
	for _, name := range []string{"format_version", "reviews", "identities"} {
		if root.Get(name) == nil {
			return wrong(root, "%s is missing", name)
		}
	}
	if n := root.Get("format_version"); n.Scalar != approvalsVersion {
		return wrong(n, "format_version is %s, and only %s is known", n.Scalar, approvalsVersion)
	}
	return nil
}

// readIdentities returns the address of each login, all in lower case, as forges treat logins.
func readIdentities(n *value.Node) (map[string]string, error) {
	addresses := map[string]string{}
	for _, m := range n.Members {
		login := strings.ToLower(m.Key)
		switch {
		case m.Value.Str() == "":
			return nil, wrong(m.Value, "the address of %q must be a text", m.Key)
		case addresses[login] != "":
			return nil, wrong(&value.Node{Pos: m.KeyPos}, "login %q is written twice: capitals do not tell logins apart", m.Key)
		}
		addresses[login] = strings.ToLower(m.Value.Scalar)
	}
	return addresses, nil
}

// readReview reads one review in our form or in GitHub's. An account that was deleted has no login.
func readReview(n *value.Node) (login string, r review, err error) {
	if n.Kind != value.Map {
		return "", r, wrong(n, "a review must be an object, not %s", n.Kind)
	}
	switch name, user := n.Get("login"), n.Get("user"); {
	case name != nil && name.Kind == value.String:
		login = name.Scalar
	case user != nil && user.Get("login").Str() != "":
		login = user.Get("login").Str()
	case name == nil && (user == nil || user.Kind != value.Null):
		return "", r, wrong(n, "the review has no login")
	case name != nil && name.Kind != value.Null:
		return "", r, wrong(name, "login must be string, not %s", name.Kind)
	}
	r.state, r.commit = n.Get("state").Str(), n.Get("commit").Str()
	if r.commit == "" {
		r.commit = n.Get("commit_id").Str()
	}
	switch r.state {
	case "PENDING": // not submitted yet
		return login, r, nil
	case "APPROVED", "CHANGES_REQUESTED", "DISMISSED", "COMMENTED":
	default:
		return "", r, wrong(n, "the review's state must be APPROVED, CHANGES_REQUESTED, DISMISSED, COMMENTED or PENDING, not %q", r.state)
	}
	if r.at, err = time.Parse(time.RFC3339, n.Get("submitted_at").Str()); err != nil {
		return "", r, wrong(n, "the review has no submitted_at in the form 2026-12-23T00:00:00Z")
	}
	return login, r, nil
}

// wrong makes a problem with a node an error that editors can jump to.
func wrong(n *value.Node, format string, args ...any) error {
	return &value.SyntaxError{Pos: n.Pos, Msg: fmt.Sprintf(format, args...)}
}

// Approved reports whether the last decision of the person with the address is an approval, of the right commit where one is named.
func (a *Approvals) Approved(address string) bool {
	r := a.last[strings.ToLower(address)]
	return r.state == "APPROVED" && (a.head == "" || r.commit == a.head)
}

// Prove tells which of the exceptions claim an approval that no review shows. An exception that claims none is governance's business.
func (a *Approvals) Prove(exceptions []*Exception) diag.List {
	var list diag.List
	for _, e := range exceptions {
		approver := e.Text("approved_by")
		if approver == "" || a.Approved(approver) {
			continue
		}
		d := diag.New(diag.ExceptionUnproved, e.At("approved_by"), "no review shows that %s approved", approver).
			WithHint("ask %s to approve the change, from an account that the identities list", approver)
		switch r := a.last[strings.ToLower(approver)]; r.state {
		case "APPROVED":
			d = diag.New(diag.ExceptionUnproved, e.At("approved_by"), "%s approved an earlier commit", approver).WithHint("ask for a review of the last one, %s", a.head)
		case "CHANGES_REQUESTED":
			d = diag.New(diag.ExceptionUnproved, e.At("approved_by"), "%s asked for changes", approver).WithHint("make them and ask for another review")
		case "DISMISSED":
			d = diag.New(diag.ExceptionUnproved, e.At("approved_by"), "the approval by %s was dismissed", approver).WithHint("ask for another review")
		}
		list = append(list, d)
	}
	return list
}
