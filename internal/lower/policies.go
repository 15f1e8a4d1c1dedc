package lower

import (
	"slices"
	"time"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// Level says how fully a policy is enforced on a platform.
type Level string

// The levels, from the fullest.
const (
	Native   Level = "native"   // the client enforces it
	Both     Level = "both"     // native settings stop the usual ways, the hook the rest
	ByHook   Level = "hook"     // the endpoint agent enforces it
	Partial  Level = "partial"  // native settings stop the usual ways, nothing stops the rest
	Advisory Level = "advisory" // guidance tells the model; nothing stops it
	None     Level = "none"     // it does not hold here: exempted, or for other platforms
)

// Context is what decides how a policy is lowered, besides the policy.
type Context struct {
	Platform     ir.Platform
	At           time.Time
	Agent        bool           // the endpoint agent is installed on the platform
	DeniedModels bool           // every client of the fleet knows deniedModels
	Grant        wire.Grant     // what exceptions take away for the audience at that moment
	Granted      []policy.Value // the values of those exceptions as written, with addresses and commands
	HookOnly     bool           // a project exception can reach the audience, so native settings must leave the policy to the hook
	Sealed       bool           // every command runs in the sandbox, or not at all
	Servers      *value.Node    // what managed-mcp.json defines; nil where there is no such file
}

// Allowlist is a list that must be intersected with every other list of its path.
type Allowlist struct {
	Path    string // of the settings key
	Entries *value.Node
	Default *value.Node // settings that belong to the list and hold where nothing else sets them; nil where there are none
}

// Lowered is what becomes of one policy. Settings and Allow may both be nil although the level is native: guidance, or
// something else that is delivered, then holds the policy.
type Lowered struct {
	Settings  *value.Node // merged at the place of the policy's file; nil where there is nothing
	Allow     *Allowlist  // nil where the policy is no native allowlist
	Guidance  []string    // texts that the managed CLAUDE.md must hold word for word
	Hook      bool        // the hook judges it, where the agent is installed
	Level     Level
	Reason    string // why it is not native
	Unable    string // why the client has no native form for it, also where the hook was asked for; "" where it has one
	Exempt    bool   // nothing is left of it, because exceptions took it away
	Displaced bool   // settings could express it, and an exception that only the hook can grant stands in their way
}

// Delivered reports whether native artifacts carry something of the policy.
func (l Lowered) Delivered() bool { return l.Settings != nil || l.Allow != nil || l.Guidance != nil }

// Policy lowers one policy. The value is the same for the same arguments.
func Policy(p *policy.Policy, c Context) Lowered {
	exempt := Lowered{Level: None, Reason: "exempted", Exempt: true}
	if c.Grant.Whole {
		return exempt
	}
	r, known := find(p.Target, p.Type)
	if p.Rollout != nil && p.Mode(c.At) != "enforce" && !(known && r.hook) {
		return Lowered{Level: None, Reason: "its rollout has not come here yet", Exempt: true} // settings cannot observe
	}
	if p.Type == "settings" {
		return Lowered{Settings: p.Settings, Level: Native, Displaced: c.HookOnly}
	}
	if !known {
		return Lowered{Level: None, Reason: "no native setting and no hook event can judge it"}
	}
	in := input{policy: p, values: p.Values(), context: c}
	written := r.form(in)
	form := written
	if len(c.Grant.Values) > 0 {
		before := len(in.values)
		in.values, in.added = granted(p, c)
		if before > 0 && len(in.values) == 0 {
			return exempt
		}
		form = r.form(in)
	}
	l := combine(p, c, r, form)
	l.Displaced = written.any() && binds(p, c) && (c.HookOnly || !form.any())
	return l
}

// form returns the native form for an input. A row without one is for the hook alone.
func (r row) form(in input) native {
	if r.native == nil {
		return native{}
	}
	return r.native(in)
}

// binds reports whether a policy may become native settings at all. Only what blocks can be native: settings know no
// warnings, and a trial must not stop anybody.
func binds(p *policy.Policy, c Context) bool { return p.Binding(c.At) && p.Enforce() != "hook" }

// combine decides between native settings and the hook. Why there is no native form is worked out even where the hook
// judges the policy, for authors who asked for native settings alone.
func combine(p *policy.Policy, c Context, r row, form native) Lowered {
	l := Lowered{Hook: r.hook}
	usable := form.any() && binds(p, c) && !c.HookOnly
	if !form.any() {
		l.Unable = r.why(form)
	}
	if usable {
		l.Settings, l.Allow, l.Guidance = form.settings, form.allow, form.guidance
	}
	complete := usable && form.partial == ""
	switch {
	case complete:
		l.Level = Native
	case usable && r.hook && c.Agent:
		l.Level, l.Reason = Both, form.partial
	case usable:
		l.Level, l.Reason = Partial, form.partial
	case !r.hook:
		l.Level, l.Reason = None, r.reason(p, c, form)
	case c.Agent:
		l.Level, l.Reason = ByHook, r.reason(p, c, form)
	default:
		l.Level, l.Reason = Advisory, r.reason(p, c, form)
	}
	return l
}

// reason tells why a policy is not native. The first cause is named and no other, as removing it shows the next.
func (r row) reason(p *policy.Policy, c Context, form native) string {
	var why string
	switch {
	case p.Severity() != "error":
		why = "severity " + p.Severity() + " never blocks"
	case p.Mode(c.At) != "enforce":
		why = "mode " + p.Mode(c.At)
	case p.Enforce() == "hook":
		why = "enforce: hook"
	case c.HookOnly && form.any():
		why = "an exception depends on the project"
	default:
		why = r.why(form)
	}
	switch {
	case !r.hook:
		why += "; no hook event can judge it"
	case !c.Agent:
		why += "; needs the agent"
	}
	return why
}

// why tells why the client has no native form. What is wrong with these values is more useful than what is true of the
// whole row.
func (r row) why(form native) string {
	if form.unable != "" {
		return form.unable
	}
	return r.unable
}

// granted returns the policy's values after exceptions for single values, and how many of them, at the end, exceptions
// added: an allowlist gains values, other lists lose them. A value that an exception names may be there already in
// another form; it is added unless address and command agree too.
func granted(p *policy.Policy, c Context) (values []policy.Value, added int) {
	if p.Type != "allowlist" {
		return slices.DeleteFunc(p.Values(), func(v policy.Value) bool { return slices.Contains(c.Grant.Values, v.Name) }), 0
	}
	values = p.Values()
	named := func(list []policy.Value, name string) int {
		return slices.IndexFunc(list, func(v policy.Value) bool { return v.Name == name })
	}
	for _, name := range c.Grant.Values {
		v := policy.Value{Name: name, Pos: p.At("values")}
		if i := named(c.Granted, name); i >= 0 {
			v = c.Granted[i]
		}
		if i := named(values, name); i < 0 || values[i].URL != v.URL || !slices.Equal(values[i].Command, v.Command) {
			values, added = append(values, v), added+1
		}
	}
	return values, added
}
