package site

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/graph"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/wire"
)

// Source is what a model is made of. Exceptions come ready for printing, as policygen exceptions list has them.
type Source struct {
	Set        *policy.Set
	Resolved   *resolve.Result
	Docs       func(path string) string // one line on a settings key; "" for an unknown one
	Exceptions []Exception
	At         time.Time
}

// New returns the model of a resolved repository, everything in the order in which it is written or resolved.
func New(s Source) *Model {
	m := &Model{Organization: s.Set.Organization, At: s.At, Until: resolve.Valid(s.Resolved.Groups).Until, Exceptions: s.Exceptions}
	if s.Set.Governance != nil {
		m.Approvers = s.Set.Governance.Approvers
	}
	byName := map[string]*Policy{}
	for _, p := range s.Set.Policies {
		documented := document(p)
		byName[p.Name] = documented
		m.Policies = append(m.Policies, documented)
	}
	for _, g := range s.Resolved.Groups {
		m.Audiences = append(m.Audiences, s.audience(g, byName))
	}
	m.Controls = controls(m.Policies)
	m.Tree = Tree(s.Set, s.Resolved)
	return m
}

// document returns what is said of a policy everywhere.
func document(p *policy.Policy) *Policy {
	d := &Policy{Name: p.Name, Description: p.Text("description"), Words: wire.InWords(lower.Rule(p)), Message: blanks.Replace(p.Text("message")), Rationale: p.Text("rationale"), Severity: p.Severity(), Type: p.Type,
		Target: p.Target, Owner: p.Text("owner"), HelpURL: p.Text("help_url"), Group: p.Group, File: p.Pos.File, Line: p.Pos.Line}
	if list := p.Node.Get("controls"); list != nil {
		for _, n := range list.Items {
			d.Controls = append(d.Controls, n.Str())
		}
	}
	for _, v := range p.Values() {
		text := v.Name
		if where := v.URL + strings.Join(v.Command, " "); where != "" {
			text += " at " + where
		}
		d.Values = append(d.Values, text)
	}
	return d
}

// blanks stand for what a message is filled with when it is shown.
var blanks = strings.NewReplacer("{{value}}", "…", "{{current}}", "…", "{{max}}", "…", "{{min}}", "…")

// controls turns the policies' controls around.
func controls(policies []*Policy) []Control {
	by := map[string][]string{}
	for _, p := range policies {
		for _, c := range p.Controls {
			by[c] = append(by[c], p.Name)
		}
	}
	var all []Control
	for name, policies := range by {
		all = append(all, Control{name, policies})
	}
	slices.SortFunc(all, func(a, b Control) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// audience returns what holds for one audience.
func (s Source) audience(g *resolve.Group, policies map[string]*Policy) *Audience {
	a := &Audience{Name: g.Name, Group: g.Group, User: g.User, Platforms: g.Platforms, Rules: s.rules(g, policies), Settings: s.settings(g)}
	if declared := s.Set.Group(g.Group); declared != nil {
		a.Description = declared.Description
	}
	a.Parents = parents(s.Set, g)
	for _, e := range s.Exceptions {
		if covers(s.Set, e, g) {
			a.Exceptions = append(a.Exceptions, e)
		}
	}
	for _, platform := range g.Platforms {
		a.add(g.States[platform])
	}
	for _, moment := range g.Timeline {
		if moment.At.After(s.At) {
			a.Changes = append(a.Changes, Change{moment.At.UTC().Format(time.RFC3339), moment.Changes})
		}
	}
	return a
}

// add takes over what a platform's state says outside of settings. Platforms that say the same are told once.
func (a *Audience) add(s *resolve.State) {
	if s == nil {
		return
	}
	if s.Servers != nil {
		a.Exclusive = true
		for _, m := range s.Servers.Members {
			if !slices.Contains(a.Servers, m.Key) {
				a.Servers = append(a.Servers, m.Key)
			}
		}
	}
	for _, section := range s.Guidance {
		if told := (Section{section.Title, section.Text}); !slices.Contains(a.Guidance, told) {
			a.Guidance = append(a.Guidance, told)
		}
	}
}

// rules returns the policies of an audience, each with its levels; platforms with the same level and reason share a line.
func (s Source) rules(g *resolve.Group, policies map[string]*Policy) []Rule {
	var rules []Rule
	for _, e := range g.Enforced {
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == e.Policy.Name })
		if i < 0 {
			i = len(rules)
			rules = append(rules, Rule{Policy: policies[e.Policy.Name], Mode: e.Policy.Mode(s.At)})
		}
		rules[i].add(e)
	}
	for i := range rules {
		if rules[i].Exempt == "" {
			rules[i].Audiences = append(rules[i].Audiences, g.Name)
		}
	}
	return rules
}

func (r *Rule) add(e resolve.Enforcement) {
	if e.Lowered.Exempt {
		r.Exempt = e.Lowered.Reason
	}
	for i, l := range r.Levels {
		if l.Level == string(e.Lowered.Level) && l.Reason == e.Lowered.Reason {
			r.Levels[i].Platforms = append(l.Platforms, e.Platform)
			return
		}
	}
	r.Levels = append(r.Levels, Level{[]string{e.Platform}, string(e.Lowered.Level), e.Lowered.Reason})
}

// parents returns the names above an audience, from the organization down.
func parents(set *policy.Set, g *resolve.Group) []string {
	var chain []string
	if g.User != "" {
		chain = append(chain, g.Group)
	}
	if declared := set.Group(g.Group); declared != nil {
		for name := declared.Parent; name != ""; name = set.Group(name).Parent {
			chain = append(chain, name)
		}
	}
	if g.Name != policy.DefaultGroup && !slices.Contains(chain, policy.DefaultGroup) {
		chain = append(chain, policy.DefaultGroup)
	}
	slices.Reverse(chain)
	return chain
}

// covers reports whether an exception is meant for an audience or some of its people or projects. An exception for one person is told on that
// person's page and their group's, since whoever looks after the group must know of it.
func covers(set *policy.Set, e Exception, g *resolve.Group) bool {
	if g.User != "" && e.User != "" {
		return strings.EqualFold(e.User, g.User)
	}
	if e.Team == "" {
		return e.User == "" || slices.ContainsFunc(usersOf(set, g.Group), func(u string) bool { return strings.EqualFold(u, e.User) })
	}
	return e.Team == g.Group || slices.Contains(parents(set, g), e.Team)
}

func usersOf(set *policy.Set, group string) []string {
	if declared := set.Group(group); declared != nil {
		return declared.Users
	}
	return nil
}

// Tree returns the groups below the organization, with what holds for each in numbers.
func Tree(set *policy.Set, resolved *resolve.Result) *graph.Node {
	nodes := map[string]*graph.Node{}
	var root *graph.Node
	for _, g := range resolved.Groups {
		if g.User != "" {
			continue
		}
		n := &graph.Node{Name: g.Name, Notes: notes(g, people(resolved, g.Name))}
		nodes[g.Name] = n
		if g.Name == policy.DefaultGroup {
			root = n
		}
	}
	for _, g := range set.Groups {
		parent := root
		if g.Parent != "" {
			parent = nodes[g.Parent]
		}
		parent.Children = append(parent.Children, nodes[g.Name])
	}
	return root
}

// people counts the persons of a group who have an audience of their own.
func people(resolved *resolve.Result, group string) int {
	n := 0
	for _, g := range resolved.Groups {
		if g.Group == group && g.User != "" {
			n++
		}
	}
	return n
}

// notes puts a group into numbers.
func notes(g *resolve.Group, people int) []string {
	hold, exempt := map[string]bool{}, map[string]bool{}
	for _, e := range g.Enforced {
		if e.Lowered.Exempt {
			exempt[e.Policy.Name] = true
		} else {
			hold[e.Policy.Name] = true
		}
	}
	lines := []string{strings.Join(g.Platforms, ", "), counted(len(hold), "policy", "policies")}
	if len(exempt) > 0 {
		lines[1] += ", " + strconv.Itoa(len(exempt)) + " exempted"
	}
	if people > 0 {
		lines = append(lines, counted(people, "person", "people")+" with an exception")
	}
	return lines
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
