package hook

import (
	"net/url"
	"strings"

	"github.com/policygen/policygen/internal/agent/hook/shell"
	"github.com/policygen/policygen/internal/wire"
)

var (
	// fetchers take addresses without a scheme.
	fetchers = set("curl wget http https xh aria2c invoke-webrequest iwr invoke-restmethod irm")
	// connectors take hosts among their words.
	connectors = set("ping nc ncat netcat telnet ssh scp sftp rsync ftp dig nslookup host traceroute git socat")
)

// domains observes the addresses in a call: an input named url of any tool, and what looks like an address in a
// command line. A line beyond the bounds may hold any address, so that it is observed as blind. An input named url is
// read for every tool, because MCP servers fetch too.
func (s *scene) domains() seen {
	if !isTool(s.Name) {
		return seen{}
	}
	var out seen
	if raw, ok := s.Input["url"].(string); ok {
		out.list = append(out.list, address(raw, false))
	} else if s.Tool == "WebFetch" {
		out.list = append(out.list, observation{value: "an address that is no text", blind: true})
	}
	s.eachReading(func(_ shell.Command, w []string) { out.list = append(out.list, addresses(w)...) })
	if line := s.shellLine(); line != nil && line.Partial {
		out.list = append(out.list, unsure(line))
	}
	out.judged = len(out.list) > 0
	return out
}

// addresses returns the addresses among the words of a command. Without a scheme a word is a guess, unless the program
// can mean nothing else. Where a fetcher has an address with a scheme, its bare words are more likely names of files,
// and stay guesses.
func addresses(w []string) []observation {
	name := strings.ToLower(shell.Base(w[0]))
	var found, hosts []observation
	for _, word := range w[1:] {
		if at := strings.Index(word, "://"); at > 0 {
			found = append(found, address(word[schemeStart(word, at):], quiet[name]))
			continue
		}
		if !fetchers[name] && !connectors[name] || strings.HasPrefix(word, "-") {
			continue
		}
		// user@host:path of ssh and git is as good as an address; a bare word may be the name of a file.
		bare := word[strings.LastIndexByte(word, '@')+1:]
		host, _, _ := strings.Cut(bare, "/")
		host, _, _ = strings.Cut(host, ":")
		if hostLike(host) {
			o := address("//"+host, bare == word)
			o.value, o.texts = bare, []string{word}
			hosts = append(hosts, o)
		}
	}
	if fetchers[name] && len(found) == 0 {
		for i := range hosts {
			hosts[i].loose = false
		}
	}
	return append(found, hosts...)
}

// schemeStart is where the scheme before :// begins, as in --proxy=https://x. Letters and + are all that common
// schemes consist of; digits would take the end of an option into the scheme.
func schemeStart(word string, at int) int {
	for at > 0 && (word[at-1]|0x20 >= 'a' && word[at-1]|0x20 <= 'z' || word[at-1] == '+') {
		at--
	}
	return at
}

// hostLike reports a name with a dot, or localhost. A file name such as main.go reads the same, which is why callers
// treat bare words as guesses.
func hostLike(s string) bool {
	return s == "localhost" || strings.Contains(strings.Trim(s, "."), ".") && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// address observes one address. One that programs may read in different ways is compared in each of them, and never
// approved. Two readings are taken, one as Go's parser sees it and one as browsers do: a denylist meets both, an
// allowlist approves neither where they differ.
func address(raw string, loose bool) observation {
	o := observation{value: raw, loose: loose, texts: []string{raw}}
	host, port, ok := hostOf(raw)
	if ok {
		o.forms = withPort(host, port)
	}
	// Browsers read a backslash as a slash and pass over control characters; Go's parser and curl do not.
	tidy := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.ReplaceAll(raw, `\`, "/"))
	if second, port, fine := hostOf(tidy); fine && second != host {
		o.wide = withPort(second, port)
	}
	switch {
	case strings.Contains(raw, "$"):
		o.opaque = "a variable in the address is known only when the command runs"
	case !ok || tidy != raw:
		o.opaque = "programs may read the address in different ways"
	}
	return o
}

// defaultPorts are the ports of addresses that name none.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ftp": "21", "ssh": "22"}

// hostOf returns the host of an address, in lower case and without a trailing dot, and the port where it is known.
// User information is left out, since https://good.example@evil.example leads to evil.example.
func hostOf(raw string) (host, port string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Hostname() == "" {
		return "", "", false
	}
	host = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return host, first(u.Port(), defaultPorts[strings.ToLower(u.Scheme)]), host != ""
}

// withPort returns the forms of a host, the second with its port. A value with a port is compared with the second
// form; values without one are about every port and need the first.
func withPort(host, port string) []string {
	if port == "" {
		return []string{host}
	}
	return []string{host, host + " " + port}
}

// matchDomain compares as the client does: *.host is any depth below a host and not the host, elsewhere a star stays
// within its label. A value without a port is about every port. Hosts are in lower case here and without their last
// dot, because hostOf has done that for the form.
func matchDomain(_ *scene, v wire.Value, _ observation, form string) bool {
	value := strings.TrimSuffix(strings.ToLower(v.Name), ".")
	host, port, ported := strings.Cut(form, " ")
	if i := strings.LastIndexByte(value, ':'); i >= 0 && strings.Count(value, ":") == 1 {
		if wanted := value[i+1:]; wanted != "*" && (!ported || port != wanted) {
			return false
		}
		value = value[:i]
	}
	if value == "*" || value == host {
		return true
	}
	labels, want := strings.Split(host, "."), strings.Split(value, ".")
	if strings.HasPrefix(value, "*.") {
		want = want[1:]
		if len(labels) <= len(want) {
			return false
		}
		labels = labels[len(labels)-len(want):]
	}
	if len(labels) != len(want) {
		return false
	}
	for i := range want {
		if !glob(want[i], labels[i]) {
			return false
		}
	}
	return true
}
