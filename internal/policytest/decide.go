package policytest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// Decide answers for one call. The error says that the group is unknown or lacks the platform.
func (w *World) Decide(s Subject, c Call) (Verdict, error) {
	return w.decide(s, c, w.program(s.At, false))
}

// decide answers under one state of the repository.
func (w *World) decide(s Subject, c Call, program *compile.Program) (Verdict, error) {
	group := audience(program.Resolved, s.Group, s.User)
	if group == nil {
		return Verdict{}, fmt.Errorf("group %q is not declared", s.Group)
	}
	state := group.States[s.Platform]
	if state == nil {
		return Verdict{}, fmt.Errorf("group %q has no platform %q: it has %s", s.Group, s.Platform, strings.Join(group.Platforms, ", "))
	}
	c.settle(s.Platform)
	merged := effective.Merge(program.Catalog, effective.Managed{Settings: state.Settings, Servers: state.Servers}, s.Layers)
	d := deciding{Subject: s, Call: c, program: program, group: group, state: state, settings: merged.Settings, managed: state.Servers}
	d.verdict = Verdict{Platform: s.Platform, Mode: sessionMode(merged.Settings, s.Mode), Home: c.homely()}
	d.server(merged)
	if c.Tool != "" {
		d.native()
		d.scripts()
	}
	if err := w.hook(&d); err != nil {
		return Verdict{}, err
	}
	return d.settle(), nil
}

// deciding is one decision under way.
type deciding struct {
	Subject
	Call
	program  *compile.Program
	group    *resolve.Group
	state    *resolve.State
	settings *value.Node // in force
	managed  *value.Node // servers of managed-mcp.json; nil: the file is not there
	verdict  Verdict
	first    *Ground // what the client's own rules decide by; nil where none does
}

// audience returns what a person gets: an audience of their own where they have one, else that of the group.
func audience(r *resolve.Result, group, user string) *resolve.Group {
	if own := r.Group(resolve.AudienceName(group, user)); user != "" && own != nil {
		return own
	}
	return r.Group(group)
}

// settle fills in a place to work for calls that name none.
func (c *Call) settle(platform string) {
	root, sep := map[string]string{policy.MacOS: "/Users/", policy.Windows: `C:\Users\`}[platform], "/"
	if root == "" {
		root = "/home/"
	}
	if platform == policy.Windows {
		sep = `\`
	}
	if c.Cwd == "" {
		c.Cwd = root + "user" + sep + "project"
	}
	if c.Home != "" {
		return
	}
	c.Home = root + "user"
	if rest, ok := strings.CutPrefix(c.Cwd, root); ok {
		name, _, _ := strings.Cut(rest, sep)
		c.Home = root + name
	}
}

// inHome finds a text that speaks of a home folder, its own or a literal one.
var inHome = regexp.MustCompile(`(^|[\s"'=:])~|\$\{?HOME\b|/home/|/Users/|[A-Za-z]:[\\/]Users[\\/]`)

// homely returns the home folder of a call whose input speaks of one.
func (c *Call) homely() string {
	for _, v := range c.Input {
		if text, ok := v.(string); ok && inHome.MatchString(text) {
			return c.Home
		}
	}
	return ""
}

// sessionMode returns the permission mode in force: a mode that is locked away falls back to asking.
func sessionMode(settings *value.Node, asked string) string {
	mode := asked
	if mode == "" {
		mode = settings.At("permissions.defaultMode").Str()
	}
	locked := func(paths ...string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return settings.At(p).Str() == "disable" })
	}
	switch {
	case mode == "",
		mode == "bypassPermissions" && locked("permissions.disableBypassPermissionsMode"),
		mode == "auto" && locked("disableAutoMode", "permissions.disableAutoMode"):
		return "default"
	}
	return mode
}

// add keeps a ground.
func (d *deciding) add(g Ground) { d.verdict.Grounds = append(d.verdict.Grounds, g) }

// ground makes a ground of a setting. A setting that a named policy contributed is told as that policy's.
func (d *deciding) ground(outcome Outcome, rule string, at *value.Node, reason string) Ground {
	g := Ground{Outcome: outcome, Via: Native, Rule: rule, Reason: reason}
	if at == nil {
		return g
	}
	g.Pos = at.Pos
	if p := d.program.Set.PolicyAt(at.Pos); p != nil {
		g.Policy = p.Name
	}
	return g
}

// native asks the client's own rules, and every rule alone, so that a reader sees what else has a say.
func (d *deciding) native() {
	rules, nodes := d.rules()
	call := permission.Call{Tool: d.Tool, Input: d.Input, Cwd: d.Cwd, Home: d.Home, ProjectDir: d.Cwd}
	decision := permission.Decide(d.permissions(rules), call)
	d.verdict.Got, d.verdict.Reason = Outcome(decision.Behavior), decision.Reason
	for _, list := range []permission.List{permission.Deny, permission.Ask, permission.Allow} {
		for _, i := range permission.Matching(list, rules[list], call) {
			r := rules[list][i]
			g := d.ground(Outcome(list), r.Raw, nodes[list][i], "")
			d.add(g)
			if d.first == nil && r.Raw == decision.Rule.Raw && d.verdict.Got == g.Outcome {
				d.first = &g
			}
		}
	}
	d.partial(decision, rules, nodes)
}

// permissions is what the client's own decision depends on besides the call.
func (d *deciding) permissions(rules map[permission.List][]permission.Rule) permission.Policy {
	p := permission.Policy{Allow: rules[permission.Allow], Ask: rules[permission.Ask], Deny: rules[permission.Deny], DefaultMode: d.verdict.Mode}
	if n := d.settings.At("permissions.additionalDirectories"); n != nil {
		for _, item := range n.Items {
			p.Directories = append(p.Directories, item.Str())
		}
	}
	p.NoBypass = sessionMode(d.settings, "bypassPermissions") == "default"
	during := d.settings.At("useAutoModeDuringPlan")
	p.NoAuto = sessionMode(d.settings, "auto") == "default" || during != nil && !during.True() && p.DefaultMode == "plan"
	return p
}

// partial names the rule that decides although it does not match the call alone, as one of two rules that allow the parts of a line.
func (d *deciding) partial(decision permission.Decision, rules map[permission.List][]permission.Rule, nodes map[permission.List][]*value.Node) {
	if d.first != nil || decision.Rule.Raw == "" || d.verdict.Got == Unknown {
		return
	}
	for _, list := range []permission.List{permission.Deny, permission.Ask, permission.Allow} {
		i := slices.IndexFunc(rules[list], func(r permission.Rule) bool { return r.Raw == decision.Rule.Raw })
		if i >= 0 && (Outcome(list) == d.verdict.Got || list == permission.Ask) {
			g := d.ground(Outcome(list), decision.Rule.Raw, nodes[list][i], "")
			g.Outcome = d.verdict.Got
			d.first = &g
			d.add(g)
			return
		}
	}
}

// rules reads the permission lists in force. Rules that the client drops are left out, as it does.
func (d *deciding) rules() (map[permission.List][]permission.Rule, map[permission.List][]*value.Node) {
	rules, nodes := map[permission.List][]permission.Rule{}, map[permission.List][]*value.Node{}
	for _, list := range []permission.List{permission.Deny, permission.Ask, permission.Allow} {
		n := d.settings.At("permissions." + string(list))
		if n == nil {
			continue
		}
		for _, item := range n.Items {
			if r, err := permission.Parse(item.Str()); err == nil {
				rules[list], nodes[list] = append(rules[list], r), append(nodes[list], item)
			}
		}
	}
	return rules, nodes
}

// rank orders outcomes: what is stricter decides.
func rank(o Outcome) int { return slices.Index([]Outcome{Deny, Ask, Unknown, Allow}, o) }

// settle puts everything together. A deny from anywhere denies; else the client's own rules decide.
func (d *deciding) settle() Verdict {
	v := &d.verdict
	denies := slices.IndexFunc(v.Grounds, func(g Ground) bool { return g.Outcome == Deny })
	switch {
	case denies >= 0:
		v.Got, v.Reason = Deny, v.Grounds[denies].Reason
		v.front(v.Grounds[denies])
	case v.Got == "":
		v.Got, v.Reason = Allow, "nothing refuses the server"
	case d.first != nil:
		v.front(*d.first)
	}
	if v.Decided && v.Reason == "" {
		v.Reason = "decided by a rule"
	}
	return *v
}

// front puts the ground that decides before the others, and those that lose in the order of their weight.
func (v *Verdict) front(first Ground) {
	v.Decided = true
	rest := slices.DeleteFunc(slices.Clone(v.Grounds), func(g Ground) bool { return g == first })
	slices.SortStableFunc(rest, func(a, b Ground) int { return rank(a.Outcome) - rank(b.Outcome) })
	v.Grounds = append([]Ground{first}, rest...)
}
