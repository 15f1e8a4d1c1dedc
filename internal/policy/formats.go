package policy

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

var (
	uuidText   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	semverText = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)
	envName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	serverName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	domainText = regexp.MustCompile(`^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?(:(\d{1,5}|\*))?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$|^\*$`)
	windowsAbs = regexp.MustCompile(`^[A-Za-z]:\\`)
	// newerRegex are features of the client's regular expressions that RE2 lacks: such a pattern is taken on trust.
	newerRegex = regexp.MustCompile(`\(\?[=!<]|\\[1-9k]`)
)

// formatProblems tells, by format, what is wrong with a text; "" where nothing is.
var formatProblems = map[string]func(s string) string{
	"uuid":            matching(uuidText, "is not a UUID"),
	"semver":          matching(semverText, "is not a version of three numbers such as 2.1.329"),
	"env-name":        matching(envName, "is not the name of an environment variable"),
	"mcp-server-name": matching(serverName, "is not a server name: use letters, digits, _ and -"),
	"domain":          domainProblem,
	"absolute-path":   absoluteProblem,
	"url":             func(s string) string { return urlProblem(s, "http", "https") },
	"https-url":       func(s string) string { return urlProblem(s, "https") },
	"regex-js":        regexProblem,
}

func matching(re *regexp.Regexp, problem string) func(string) string {
	return func(s string) string {
		if re.MatchString(s) {
			return ""
		}
		return problem
	}
}

func domainProblem(s string) string {
	switch {
	case strings.Contains(s, "://"):
		return "is a URL: write the host alone, such as example.com or *.example.com"
	case !domainText.MatchString(s):
		return "is not a host: write example.com, *.example.com or an address, with :port at most"
	}
	return ""
}

func absoluteProblem(s string) string {
	switch {
	case windowsAbs.MatchString(s), strings.HasPrefix(s, "/") && path.Clean(s) == s:
		return ""
	case strings.HasPrefix(s, "/"):
		return "is not in its shortest form: write " + path.Clean(s)
	}
	return "is not an absolute path"
}

func urlProblem(s string, schemes ...string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "is not a URL with a host"
	}
	for _, scheme := range schemes {
		if strings.EqualFold(u.Scheme, scheme) {
			return ""
		}
	}
	return "must start with " + strings.Join(schemes, ":// or ") + "://"
}

func regexProblem(s string) string {
	if _, err := regexp.Compile(s); err != nil && !newerRegex.MatchString(s) {
		return "does not compile: " + patternError(err)
	}
	return ""
}

func matchesPattern(pattern, s string) bool {
	if pattern == "" {
		return false
	}
	ok, err := regexp.MatchString(pattern, s)
	return ok && err == nil
}

// format checks a text against a named syntax.
func (c *checker) format(format string, row *catalog.Row, path *crumb, n *value.Node) {
	if format == "permission-rule" {
		c.rule(row, path, n)
		return
	}
	judge := formatProblems[format]
	if judge == nil || n.Scalar == "" && row.Key == "model" {
		return
	}
	if problem := judge(n.Scalar); problem != "" {
		client := catalog.Consequence(row)
		if path.name == "[]" {
			client = catalog.EntryConsequence(row)
		}
		c.add(diag.New(c.codeFor(path, diag.InvalidValue), n.Pos, "%q %s", n.Scalar, problem).WithClient(client))
	}
}

// names checks the member names of maps in which they mean something.
func (c *checker) names(at *crumb, m value.Member) {
	if at.up != nil && at.up.up == nil && at.up.name == "env" && !envName.MatchString(m.Key) {
		c.add(diag.New(diag.InvalidValue, m.KeyPos, "%q is not the name of an environment variable", m.Key).
			WithClient("claude accepts any name; no program will ever read this one"))
	}
}

// rule checks a permission rule.
func (c *checker) rule(row *catalog.Row, path *crumb, n *value.Node) {
	list := permission.Deny
	if path.up != nil {
		switch path.up.name {
		case "allow":
			list = permission.Allow
		case "ask":
			list = permission.Ask
		}
	}
	for _, f := range permission.Check(list, n.Scalar) {
		c.add(c.ruleProblem(f, row, n))
	}
}

func (c *checker) ruleProblem(f permission.Finding, row *catalog.Row, n *value.Node) diag.Diagnostic {
	d := diag.New(diag.MisleadingRule, n.Pos, "%s", f.Message)
	switch f.Kind {
	case permission.Rejected:
		d = diag.New(diag.InvalidRule, n.Pos, "%s", f.Message).WithClient(fmt.Sprintf("%s: the rule would silently not apply", catalog.EntryConsequence(row)))
	case permission.NeverMatches:
		d = diag.New(diag.DeadRule, n.Pos, "%s", f.Message).WithClient("claude accepts the rule and never consults it")
	}
	d.Hint = f.Hint
	return d
}

// shadowed warns of allow rules that a deny rule of the same file makes useless.
func (c *checker) shadowed(n *value.Node) {
	denied := items(n.At("permissions.deny"))
	for _, allow := range items(n.At("permissions.allow")) {
		a, err := permission.Parse(allow.Str())
		if err != nil {
			continue
		}
		for _, deny := range denied {
			d, err := permission.Parse(deny.Str())
			if err == nil && permission.Covers(d, a) {
				c.add(diag.New(diag.ShadowedRule, allow.Pos, "%q has no effect: the deny rule %q covers it", allow.Scalar, deny.Scalar).
					WithClient("claude denies what a deny rule matches, whatever is more specific").
					WithHint("remove one of the two").WithRelated(deny.Pos, "the deny rule"))
				break
			}
		}
	}
}
