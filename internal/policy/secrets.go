package policy

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

var (
	bearerToken   = regexp.MustCompile(`(?i)\bbearer\s+[A-Za-z0-9+/_.~-]{16,}=*`)
	basicPassword = regexp.MustCompile(`(?i)\bbasic\s+[A-Za-z0-9+/_.~-]{16,}=*`)
)

// secretForms are texts that are credentials by their form alone: published prefixes of widely used services.
var secretForms = []struct {
	name   string
	needle string // no match without it: looked for first, because most strings have none
	form   *regexp.Regexp
}{
	{"an Anthropic key", "sk-ant-", regexp.MustCompile(`\bsk-ant-[A-Za-z0-9_-]{16,}`)},
	{"an API key", "sk-", regexp.MustCompile(`\bsk-[A-Za-z0-9]{32,}`)},
	{"an AWS access key", "AKIA", regexp.MustCompile(`\bAKIA[A-Z0-9]{16}\b`)},
	{"an AWS access key", "ASIA", regexp.MustCompile(`\bASIA[A-Z0-9]{16}\b`)},
	{"a GitHub token", "gh", regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{36,}`)},
	{"a GitHub token", "github_pat_", regexp.MustCompile(`\bgithub_pat_[A-Za-z0-9_]{40,}`)},
	{"a GitLab token", "glpat-", regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`)},
	{"a Slack token", "xox", regexp.MustCompile(`\bxox[abpors]-[A-Za-z0-9-]{10,}`)},
	{"a Google API key", "AIza", regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{35}`)},
	{"a private key", "PRIVATE KEY-----", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
	{"a signed token", "eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)},
	{"a password in a URL", "://", regexp.MustCompile(`://[^/\s:@]+:[^/\s:@$]+@`)},
	{"a bearer token", "earer", bearerToken},
	{"a bearer token", "EARER", bearerToken},
	{"a password", "asic", basicPassword},
	{"a password", "ASIC", basicPassword},
}

// secretName matches keys whose value is a credential unless it refers to one.
var secretName = regexp.MustCompile(`(?i)(^|_)(api_?key|auth_?token|access_?token|secret|secret_?key|password|passwd|private_?key)$`)

// fileSecrets looks for credentials in a file, except where the form of one is the subject: tests, and a policy's pattern and message.
func (c *checker) fileSecrets(root *value.Node) {
	for _, m := range root.Members {
		switch m.Key {
		case "tests":
		case "policies":
			for _, p := range items(m.Value) {
				c.secrets(value.Object(p.Pos, slices.DeleteFunc(slices.Clone(p.Members), subject)...), m.Key)
			}
		default:
			c.secrets(m.Value, m.Key)
		}
	}
}

// subject reports the fields of a policy that may show what a credential looks like.
func subject(m value.Member) bool { return m.Key == "pattern" || m.Key == "message" }

// secrets looks for credentials in every string of a value.
func (c *checker) secrets(n *value.Node, key string) {
	switch n.Kind {
	case value.String:
		if what := secretIn(key, n.Scalar); what != "" {
			c.add(diag.New(diag.SecretValue, n.Pos, "the value looks like %s", what).
				WithClient("every user of the machine can read managed settings").
				WithHint("use a helper such as apiKeyHelper or otelHeadersHelper, or ${VAR} from the machine's environment"))
		}
	case value.List:
		for _, item := range n.Items {
			c.secrets(item, key)
		}
	case value.Map:
		for _, m := range n.Members {
			c.secrets(m.Value, m.Key)
		}
	}
}

// secretLine is how a script sets a variable.
var secretLine = regexp.MustCompile(`^\s*(?:export\s+|\$(?:env:)?)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*["']?([^"'\s]+)`)

// textSecrets looks for credentials in a file that is shipped as it is, line by line. The file is no YAML, so what is
// told of is the line.
func (l *loader) textSecrets(name string, data []byte) {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		text := strings.TrimSpace(string(line))
		what := secretIn("", text)
		if set := secretLine.FindStringSubmatch(text); what == "" && set != nil {
			what = secretIn(set[1], set[2])
		}
		if what != "" {
			l.add(diag.New(diag.SecretValue, diag.Pos{File: name, Line: int32(number), Col: 1}, "the line holds what looks like %s", what).
				WithClient("every user of the machine can read what is shipped").
				WithHint("read it from the machine's environment or a vault when it is needed"))
		}
	}
}

// secretIn names the secret that a value looks like, or returns "".
func secretIn(key, s string) string {
	// Shorter texts are placeholders and switches; a real credential is longer.
	if len(s) < 8 {
		return ""
	}
	// A reference to a variable, a path, a sentence or a placeholder is not the secret itself.
	if secretName.MatchString(key) && !strings.ContainsAny(s, "$ /{<") {
		return "a secret: the key says so, and the value refers to nothing"
	}
	for _, f := range secretForms {
		if strings.Contains(s, f.needle) && f.form.MatchString(s) {
			return f.name
		}
	}
	return ""
}
