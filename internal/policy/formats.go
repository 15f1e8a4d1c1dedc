package policy

import (
	"net/url"
	"path"
	"regexp"
	"slices"
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

// matching returns a judge for a syntax that one expression describes.
func matching(re *regexp.Regexp, problem string) func(string) string {
	return func(s string) string {
		if re.MatchString(s) {
			return ""
		}
		return problem
	}
}

// domainProblem judges hosts as the client's lists take them. A URL is the usual mistake, and has words of its own.
func domainProblem(s string) string {
	switch {
	case strings.Contains(s, "://"):
		return "is a URL: write the host alone, such as example.com or *.example.com"
	case !domainText.MatchString(s):
		return "is not a host: write example.com, *.example.com or an address, with :port at most"
	}
	return ""
}

// absoluteProblem takes paths of every platform, whatever machine compiles. A path with dots in it is compared as text by some readers,
// so only its shortest form is safe.
func absoluteProblem(s string) string {
	switch {
	case windowsAbs.MatchString(s), strings.HasPrefix(s, "/") && path.Clean(s) == s:
		return ""
	case strings.HasPrefix(s, "/"):
		return "is not in its shortest form: write " + path.Clean(s)
	}
	return "is not an absolute path"
}

// urlProblem wants a host, since Go parses nearly any text as a URL without one. Schemes are compared without case (RFC 3986, 3.1).
func urlProblem(s string, schemes ...string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "":
		return "is not a URL with a host"
	case slices.ContainsFunc(schemes, func(scheme string) bool { return strings.EqualFold(u.Scheme, scheme) }):
		return ""
	}
	return "must start with " + strings.Join(schemes, ":// or ") + "://"
}

// regexProblem compiles a JavaScript pattern with RE2, which knows most of the syntax; what only JavaScript has passes, because a false
// alarm would keep a right pattern out.
func regexProblem(s string) string {
	if _, err := regexp.Compile(s); err != nil && !newerRegex.MatchString(s) {
		return "does not compile: " + patternError(err)
	}
	return ""
}

// matchesPattern matches a pattern of the catalogue; no pattern matches nothing.
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
		if path.name == "[]" { // a hook's condition is told by handler
			c.rule(row, path, n)
		}
		return
	}
	judge := formatProblems[format]
	if judge == nil || n.Scalar == "" && row.Key == "model" {
		return
	}
	if problem := judge(n.Scalar); problem != "" {
		c.add(diag.New(c.codeFor(path, diag.InvalidValue), n.Pos, "%q %s", n.Scalar, problem).WithClient(malformed(row, path)))
	}
}

// malformed says what the client does with a text of the right type and the wrong form, which is not what it does with a wrong type
// (tried on 2.1.329).
func malformed(row *catalog.Row, path *crumb) string {
	switch {
	case strings.HasPrefix(row.Key, "policyHelper."):
		return "claude refuses to start"
	case row.Format == "regex-js" && path.inside("blockedMarketplaces"):
		return "claude keeps the entry and matches nothing with it: nothing is blocked"
	case row.Format == "semver", row.Format == "url", row.Format == "https-url", row.Format == "uuid", row.Format == "domain":
		return "claude keeps the text, which then has no effect, and tells nobody"
	}
	return path.consequence(row)
}

// inside reports whether the path starts with a key.
func (p *crumb) inside(key string) bool {
	for ; p.up != nil; p = p.up {
	}
	return p.name == key
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
		c.add(ruleProblem(f, path.consequence(row), n))
	}
}

// ruleProblem makes a finding a diagnostic. What the client does stands on a line of its own, not in the message.
func ruleProblem(f permission.Finding, client string, n *value.Node) diag.Diagnostic {
	// The same finding is printed elsewhere in one sentence.
	message, _, _ := strings.Cut(f.Message, "; the client ")
	d := diag.New(diag.MisleadingRule, n.Pos, "%s", message)
	switch {
	case f.Code == "rule-path-anchor":
		d = diag.New(diag.PathAnchor, n.Pos, "%s", message)
	case f.Code == "rule-option-gap" || f.Code == "rule-url-argument":
		d = diag.New(diag.BashArguments, n.Pos, "%s", message)
	case f.Kind == permission.Rejected:
		d = diag.New(diag.InvalidRule, n.Pos, "%s", message).WithClient(client + ": the rule would silently not apply")
	case f.Kind == permission.NeverMatches:
		d = diag.New(diag.DeadRule, n.Pos, "%s", message).WithClient("claude accepts the rule and never consults it")
	}
	d.Hint = f.Hint
	return d
}

// shadowed warns of allow rules that a deny rule of the same file makes useless.
func (c *checker) shadowed(n *value.Node) {
	allowed := items(n.At("permissions.allow"))
	if len(allowed) == 0 {
		return
	}
	var places []*value.Node
	var denied []permission.Rule
	for _, deny := range items(n.At("permissions.deny")) {
		if rule, err := permission.Parse(deny.Str()); err == nil {
			places, denied = append(places, deny), append(denied, rule)
		}
	}
	for _, allow := range allowed {
		rule, err := permission.Parse(allow.Str())
		if err != nil {
			continue
		}
		for i := range denied {
			if deny := places[i]; permission.Covers(denied[i], rule) {
				c.add(diag.New(diag.ShadowedRule, allow.Pos, "%q has no effect: the deny rule %q covers it", allow.Scalar, deny.Scalar).
					WithClient("claude denies what a deny rule matches, whatever is more specific").
					WithHint("remove one of the two").WithRelated(deny.Pos, "the deny rule"))
				break
			}
		}
	}
}
