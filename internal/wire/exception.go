package wire

import (
	"path"
	"slices"
	"strings"
	"time"
)

// Exception takes policies away for whom, where and how long it says. Team, User and Project narrow it together.
type Exception struct {
	Team     string     `json:"team,omitempty"`    // a group, with the groups below it
	User     string     `json:"user,omitempty"`    // e-mail address
	Project  string     `json:"project,omitempty"` // glob over the normalized git remote, or the name of a repository
	Policies []string   `json:"policies"`
	Values   []string   `json:"values,omitempty"` // limits it to these values; absent: the whole policies
	Starts   *time.Time `json:"starts,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"` // the first moment at which it no longer holds; absent: never
	Reason   string     `json:"reason,omitempty"`
	Ticket   string     `json:"ticket,omitempty"`
}

// Subject is whom and when a policy is judged for. What is not known is empty and matches no exception that asks for
// it.
type Subject struct {
	Groups  []string // the person's group and its ancestors
	User    string   // e-mail address, "" where not known
	Project string   // normalized git remote, "" where there is none
	At      time.Time
}

// Grant is what exceptions leave of a policy. The zero value takes nothing away, so that a lookup of a policy without
// exceptions needs no check.
type Grant struct {
	Whole  bool     // the policy does not hold
	Values []string // else: these values are excepted, sorted
}

// Grants maps the names of policies to what exceptions say of them.
type Grants map[string]Grant

// Granted is the one function of exceptions: what they take away for a subject. An exception that has expired, has not
// started, or names somebody else is as if it were not written. Compiler, agent and server all call it, so that they
// cannot disagree about whom an exception covers.
func Granted(exceptions []Exception, who Subject) Grants {
	grants := Grants{}
	for _, e := range exceptions {
		if !e.Active(who.At) || !e.Names(who) {
			continue
		}
		for _, name := range e.Policies {
			g := grants[name]
			if len(e.Values) == 0 {
				g.Whole = true
			}
			g.Values = append(g.Values, e.Values...)
			slices.Sort(g.Values)
			g.Values = slices.Compact(g.Values)
			grants[name] = g
		}
	}
	return grants
}

// Active reports whether a moment lies in the exception's interval [Starts, Expires). Intervals that touch, where one
// ends when the next begins, leave no gap and no overlap.
func (e Exception) Active(at time.Time) bool {
	return (e.Starts == nil || !at.Before(*e.Starts)) && (e.Expires == nil || at.Before(*e.Expires))
}

// Names reports whether the exception is for the subject, whatever the time. An exception that names nobody is for
// nobody. Every field that is set must hold. Addresses are compared without regard to case, as mail servers do.
func (e Exception) Names(who Subject) bool {
	if e.Team == "" && e.User == "" && e.Project == "" {
		return false
	}
	return (e.Team == "" || slices.Contains(who.Groups, e.Team)) &&
		(e.User == "" || who.User != "" && strings.EqualFold(e.User, who.User)) &&
		(e.Project == "" || MatchProject(e.Project, who.Project))
}

// MatchProject matches a project pattern against a normalized remote such as github.com/acme/web. In a pattern *
// stands for anything within one part of the path; a pattern without a slash is compared with the repository's name.
// Case does not matter, as the large hosts fold it. A broken pattern matches nothing: an exception in doubt is none.
func MatchProject(pattern, remote string) bool {
	if remote == "" {
		return false
	}
	pattern, remote = strings.ToLower(pattern), strings.ToLower(remote)
	if !strings.Contains(pattern, "/") {
		remote = path.Base(remote)
	}
	ok, err := path.Match(pattern, remote)
	return ok && err == nil
}

// NormalizeRemote returns host/path of a git remote without user, port, scheme and .git: git@github.com:acme/web.git
// and https://github.com/acme/web both become github.com/acme/web. The host is in lower case. It returns "" for a
// local path. The port is dropped because the same repository is often reached by several.
func NormalizeRemote(remote string) string {
	remote = strings.TrimSpace(remote)
	if strings.HasPrefix(strings.ToLower(remote), "file:") {
		return ""
	}
	if _, rest, hasScheme := strings.Cut(remote, "://"); hasScheme {
		remote = rest
	} else if host, rest, scp := cutHost(remote); scp && len(host) > 1 && !strings.ContainsAny(host, `/\`) && !strings.Contains(rest, `\`) {
		remote = host + "/" + rest
	} else {
		return "" // a path, or C:\ on Windows
	}
	host, rest, _ := strings.Cut(remote, "/")
	host, _, _ = cutHost(host[strings.LastIndex(host, "@")+1:])
	rest = strings.Trim(path.Clean("/"+rest), "/")
	for strings.HasSuffix(rest, ".git") {
		rest = strings.TrimRight(strings.TrimSuffix(rest, ".git"), "/")
	}
	if host == "" || rest == "" {
		return ""
	}
	return strings.ToLower(host) + "/" + rest
}

// cutHost splits at the colon behind a host; an IPv6 address in brackets holds colons of its own. found is false where
// there is no such colon, and host is then the whole text.
func cutHost(s string) (host, rest string, found bool) {
	n := 0
	if open := strings.IndexByte(s, '['); open >= 0 && open < strings.IndexByte(s, ':') {
		n = open + max(strings.IndexByte(s[open:], ']'), 0)
	}
	if i := strings.IndexByte(s[n:], ':'); i >= 0 {
		return s[:n+i], s[n+i+1:], true
	}
	return s, "", false
}
