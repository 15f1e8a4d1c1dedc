package resolve

import (
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/wire"
)

// exemption is what exceptions leave of the policies for one audience at the date of the run.
type exemption struct {
	key      string                    // equal for equal exemptions; "" where nothing is exempted
	grants   wire.Grants               // by policy
	entries  map[string][]policy.Value // by policy, the values that grants name, as written
	hookOnly map[string]*wired         // policies that an exception for a project can take away: only the hook can tell
	granting map[string]*wired         // by policy, an exception that grants single values
}

// cause returns the exception that keeps a policy from being native.
func (x exemption) cause(policy string) wired {
	if w := x.hookOnly[policy]; w != nil {
		return *w
	}
	return *x.granting[policy]
}

// wired is an exception in both its forms.
type wired struct {
	written *policy.Exception
	sent    wire.Exception
}

// exceptions returns those that can take effect at the date or later, in the order written. An expired one is as if it were not written.
func exceptions(set *policy.Set, at time.Time) []wired {
	var all []wired
	for _, e := range set.Exceptions {
		if !set.Counts(e) || !e.Expires.IsZero() && !at.Before(e.Expires) {
			continue
		}
		all = append(all, wired{e, wire.Exception{Team: e.Team, User: e.User, Project: e.Project, Policies: e.Policies, Values: e.Values(),
			Starts: moment(set.Begins(e)), Expires: moment(e.Expires), Reason: e.Text("reason"), Ticket: e.Text("ticket")}})
	}
	return all
}

// moment makes the zero time an absent field of JSON.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// subject is an audience as exceptions see it, without a project.
func (r *resolver) subject(chain []string, user string) wire.Subject {
	return wire.Subject{Groups: chain, User: user, At: r.at}
}

// reaches returns the exceptions that can hold for an audience in some project, now or later.
func (r *resolver) reaches(who wire.Subject) []wired {
	return slices.DeleteFunc(slices.Clone(r.exceptions), func(w wired) bool {
		// Whose session will be in the project is not known when artifacts are built: such an exception reaches all whom it names otherwise.
		anywhere := w.sent
		anywhere.Project = ""
		if w.sent.Project != "" && anywhere.Team == "" && anywhere.User == "" {
			return false
		}
		return !anywhere.Names(who)
	})
}

// exemption computes what holds for an audience now.
func (r *resolver) exemption(chain []string, user string) exemption {
	who := r.subject(chain, user)
	sent := make([]wire.Exception, 0, len(r.exceptions))
	for _, w := range r.exceptions {
		sent = append(sent, w.sent)
	}
	x := exemption{grants: wire.Granted(sent, who), entries: map[string][]policy.Value{}, hookOnly: map[string]*wired{}, granting: map[string]*wired{}}
	for _, w := range r.reaches(who) {
		if !w.sent.Active(r.at) {
			continue
		}
		for _, name := range w.sent.Policies {
			switch {
			case w.sent.Project != "":
				x.hookOnly[name] = &w
			case len(w.sent.Values) > 0:
				x.granting[name] = &w
				x.entries[name] = append(x.entries[name], w.written.Entries()...)
			}
		}
	}
	x.key = x.text()
	return x
}

// text writes an exemption down, for comparing.
func (x exemption) text() string {
	var parts []string
	for name, g := range x.grants {
		part := name
		if !g.Whole {
			part += "=" + strings.Join(g.Values, "\x01")
		}
		parts = append(parts, part)
	}
	for name := range x.hookOnly {
		parts = append(parts, name+"\x02")
	}
	// Maps have no order, and the key must be the same in each run. The separators cannot stand in names.
	slices.Sort(parts)
	return strings.Join(parts, "\x00")
}

// people returns the users whom an exception names that holds now or later, with the group each belongs to, in order of their addresses.
func (r *resolver) people() []person {
	var all []person
	seen := map[string]bool{}
	for _, w := range r.exceptions {
		user := strings.ToLower(w.sent.User)
		if user == "" || seen[user] {
			continue
		}
		seen[user] = true
		all = append(all, person{user, groupOf(r.set, user)})
	}
	slices.SortFunc(all, func(a, b person) int { return strings.Compare(a.address, b.address) })
	return all
}

// person is somebody with an audience of their own.
type person struct {
	address string // lower case
	group   *policy.Group
}

// groupOf returns the group of a person: the deepest that lists them, then the one declared first; nil for the organization itself.
func groupOf(set *policy.Set, address string) *policy.Group {
	var best *policy.Group
	for _, g := range set.Groups {
		if slices.Contains(g.Users, address) && (best == nil || g.Depth > best.Depth) {
			best = g
		}
	}
	return best
}

// AudienceName returns the folder name of a person's audience: group+address, any byte outside [a-z0-9.@-] as _xx.
func AudienceName(group, address string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.WriteString(group + "+")
	for _, c := range []byte(strings.ToLower(address)) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '@' || c == '-' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('_')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
