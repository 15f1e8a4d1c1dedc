package permission

import (
	"net/url"
	"strings"
)

// hostPattern is the host of a WebFetch rule, lower case, no trailing dot.
type hostPattern struct {
	any    bool
	sub    bool // "*.host": any depth below, not the host itself
	labels []string
	text   string
}

// newHostPattern reads "*", "*.host" and hosts with stars inside of labels.
func newHostPattern(s string) *hostPattern {
	s = cleanHost(s)
	rest, sub := strings.CutPrefix(s, "*.")
	return &hostPattern{any: s == "*", sub: sub, labels: strings.Split(rest, "."), text: s}
}

// cleanHost makes spellings of one host equal: DNS ignores case, and a trailing dot says that the name is complete.
func cleanHost(s string) string { return strings.TrimSuffix(strings.ToLower(s), ".") }

// match compares label by label; a star stays within its label.
func (p *hostPattern) match(host string) bool {
	return p.matchLabels(host, strings.Split(host, "."))
}

// matchLabels is match for a host that is split already.
func (p *hostPattern) matchLabels(host string, labels []string) bool {
	if host == "" {
		return false
	}
	if p.any {
		return true
	}
	if !p.sub && !strings.Contains(p.text, "*") {
		return host == p.text
	}
	if p.sub && len(labels) <= len(p.labels) || !p.sub && len(labels) != len(p.labels) {
		return false
	}
	labels = labels[len(labels)-len(p.labels):]
	for i, want := range p.labels {
		if !matchLabel(want, labels[i]) {
			return false
		}
	}
	return true
}

// matchLabel matches one label, whose stars cannot reach beyond a dot.
func matchLabel(pattern, s string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == s
	}
	first, rest, _ := strings.Cut(pattern, "*")
	if !strings.Contains(rest, "*") {
		return len(s) >= len(first)+len(rest) && strings.HasPrefix(s, first) && strings.HasSuffix(s, rest)
	}
	return matchParts(strings.Split(pattern, "*"), s)
}

// urlHost is the host the client compares: without user, port and trailing
// dot, lower case; "" for a text that is no URL. The path is as written.
func urlHost(raw string) (host, path string) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", ""
	}
	return cleanHost(u.Hostname()), u.EscapedPath()
}

// approved are the hosts that claude 2.1.329 fetches from without a rule, with
// a path where only that is approved.
var approved = nameSet(`platform.claude.com code.claude.com claude.dev www.claude.dev claude.com/docs modelcontextprotocol.io agentskills.io docs.python.org en.cppreference.com
	docs.oracle.com learn.microsoft.com developer.mozilla.org go.dev/doc go.dev/ref www.php.net docs.swift.org kotlinlang.org ruby-doc.org doc.rust-lang.org www.typescriptlang.org
	react.dev angular.io vuejs.org nextjs.org expressjs.com nodejs.org bun.sh jquery.com getbootstrap.com tailwindcss.com d3js.org threejs.org redux.js.org webpack.js.org jestjs.io
	reactrouter.com docs.djangoproject.com flask.palletsprojects.com fastapi.tiangolo.com pandas.pydata.org numpy.org www.tensorflow.org pytorch.org scikit-learn.org matplotlib.org
	requests.readthedocs.io jupyter.org laravel.com symfony.com wordpress.org/documentation docs.spring.io hibernate.org tomcat.apache.org gradle.org maven.apache.org asp.net
	dotnet.microsoft.com blazor.net reactnative.dev docs.flutter.dev developer.apple.com developer.android.com keras.io spark.apache.org huggingface.co/docs www.kaggle.com/docs
	www.mongodb.com redis.io www.postgresql.org dev.mysql.com www.sqlite.org graphql.org prisma.io docs.getdbt.com docs.aws.amazon.com cloud.google.com kubernetes.io www.docker.com
	www.terraform.io www.ansible.com vercel.com/docs docs.stripe.com docs.netlify.com devcenter.heroku.com dev.wix.com/docs cypress.io selenium.dev docs.unity.com
	docs.unrealengine.com git-scm.com nginx.org httpd.apache.org`)

// doubtfulHosts have pages that are approved and pages that are not.
var doubtfulHosts = nameSet("github.com raw.githubusercontent.com")

// approvedHost reports a page that needs no rule.
func approvedHost(host, path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return approved[host] || first != "" && !strings.Contains(path, "%") && approved[host+"/"+first]
}
