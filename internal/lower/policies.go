package lower

import (
	"strings"
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
	Agent        bool       // the endpoint agent is installed on the platform
	DeniedModels bool       // every client of the fleet knows deniedModels
	Grant        wire.Grant // what exceptions take away for the audience at that moment
	HookOnly     bool       // a project exception can reach the audience, so native settings must leave the policy to the hook
	Sealed       bool       // the sandbox is on and the client refuses to run without it
}

// Allowlist is a list that must be intersected with every other list of its path.
type Allowlist struct {
	Path    string // of the settings key
	Entries *value.Node
}

// Lowered is what becomes of one policy.
type Lowered struct {
	Settings  *value.Node // merged at the place of the policy's file; nil where there is nothing
	Allow     *Allowlist  // nil where the policy is no native allowlist
	Hook      bool        // the hook judges it, where the agent is installed
	Level     Level
	Reason    string // why it is not native
	Deviation string // with enforce native: why settings cannot express it exactly; "" where they can
}

// Policy lowers one policy. The value is the same for the same arguments.
func Policy(p *policy.Policy, c Context) Lowered {
	if c.Grant.Whole {
		return Lowered{Level: None, Reason: "exempted"}
	}
	if p.Type == "settings" {
		return Lowered{Settings: p.Settings, Level: Native}
	}
	r, known := find(p.Target, p.Type)
	if !known {
		return Lowered{Level: None, Reason: "no native setting and no hook event can judge it"}
	}
	var form native
	if r.native != nil {
		form = r.native(input{policy: p, values: granted(p, c.Grant), context: c})
	}
	return combine(p, c, r, form)
}

// combine decides between native settings and the hook.
func combine(p *policy.Policy, c Context, r row, form native) Lowered {
	l := Lowered{Hook: r.hook}
	usable := form.any() && p.Binding(c.At) && p.Enforce() != "hook" && !c.HookOnly
	switch {
	case !form.any():
		l.Deviation = r.why(form)
	case form.partial != "":
		l.Deviation = form.partial
	}
	if usable {
		l.Settings, l.Allow = form.settings, form.allow
	}
	complete := usable && form.partial == ""
	switch {
	case complete:
		l.Level = Native
	case usable && r.hook && c.Agent:
		l.Level, l.Reason = Both, form.partial
	case usable:
		l.Level, l.Reason = Partial, form.partial
	case r.hook && c.Agent:
		l.Level, l.Reason = ByHook, r.reason(p, c, form)
	default:
		l.Level, l.Reason = Advisory, r.reason(p, c, form)
	}
	return l
}

// reason tells why a policy is not native.
func (r row) reason(p *policy.Policy, c Context, form native) string {
	var why string
	switch {
	case p.Severity() != "error":
		why = "severity " + p.Severity() + " never blocks"
	case p.Mode(c.At) != "enforce":
		why = "mode " + p.Mode(c.At)
	case p.Enforce() == "hook":
		why = "enforce: hook"
	case c.HookOnly:
		why = "an exception depends on the project"
	default:
		why = r.why(form)
	}
	if r.hook && !c.Agent {
		why += "; needs the agent"
	}
	return why
}

// why tells why the client has no native form.
func (r row) why(form native) string {
	if form.unable != "" {
		return form.unable
	}
	return r.unable
}

// granted returns the policy's values after exceptions for single values: an allowlist gains them, other lists lose them.
func granted(p *policy.Policy, g wire.Grant) []policy.Value {
	values := p.Values()
	if len(g.Values) == 0 {
		return values
	}
	if p.Type == "allowlist" {
		for _, name := range g.Values {
			values = append(values, policy.Value{Name: name, Pos: p.At("values")})
		}
		return values
	}
	var kept []policy.Value
	for _, v := range values {
		if !contains(g.Values, v.Name) {
			kept = append(kept, v)
		}
	}
	return kept
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// Sentence returns what guidance says of a policy, so that the model knows the rule and the way out.
func Sentence(p *policy.Policy) string {
	text := p.Text("description")
	if text == "" {
		text = strings.ReplaceAll(p.Text("message"), "{{value}}", "it")
	}
	line := "- **" + p.Name + "**"
	if text != "" {
		line += ": " + strings.TrimSuffix(text, ".") + "."
	}
	if p.Severity() != "error" {
		line += " (" + map[string]string{"warning": "a warning", "info": "recorded only"}[p.Severity()] + ")"
	}
	if help := p.Text("help_url"); help != "" {
		line += " Why, and how to ask for an exception: " + help
	}
	return line
}
