package policytest

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// serverOf returns the MCP server that a call is about, "" for other calls.
func (c Call) serverOf() string {
	if c.Server != "" {
		return c.Server
	}
	rest, ok := strings.CutPrefix(c.Tool, "mcp__")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "__")
	return name
}

// server judges whether the server of the call loads. A server that managed-mcp.json does not define is taken for one that the project
// defines as the policy describes it: a test names servers and not their addresses.
func (d *deciding) server(merged effective.Result) {
	name := d.serverOf()
	if name == "" {
		return
	}
	if merged.Servers != nil {
		for _, m := range merged.Servers.Members {
			if sameServer(m.Key, name) {
				return
			}
		}
	}
	if d.managed == nil {
		// Any of the ways in which a policy lets it be configured will do.
		if slices.ContainsFunc(d.described(name), func(m value.Member) bool { return d.refusal(d.settings, m) == nil }) {
			return
		}
	}
	d.refused(name)
	if d.managed != nil && d.managed.Get(name) == nil {
		d.add(d.ground(Deny, "mcp_servers", d.managed, "managed-mcp.json is exclusive, and does not define it"))
	}
}

// refusal returns what keeps a server that a project defines from loading under some settings; nil where nothing does.
func (d *deciding) refusal(settings *value.Node, m value.Member) *effective.Refusal {
	asked := effective.Layer{Scope: effective.Project, Servers: value.Object(diag.Pos{}, m)}
	r := effective.Merge(d.program.Catalog, effective.Managed{Settings: settings}, []effective.Layer{asked})
	for _, refusal := range r.Refused {
		if strings.HasPrefix(refusal.Path, "mcpServers") {
			return &refusal
		}
	}
	return nil
}

// refused keeps what refuses the server: named policies whose lists do not hold it, and the list in force, which is what all lists have in
// common.
func (d *deciding) refused(name string) {
	m := d.described(name)[0]
	for _, e := range d.group.Enforced {
		if e.Platform != d.Platform || e.Lowered.Allow == nil || e.Lowered.Allow.Path != "allowedMcpServers" {
			continue
		}
		only := value.Object(diag.Pos{}, value.Member{Key: e.Lowered.Allow.Path, Value: e.Lowered.Allow.Entries})
		if r := d.refusal(only, m); r != nil {
			d.add(Ground{Outcome: Deny, Via: Native, Policy: e.Policy.Name, Rule: e.Lowered.Allow.Path, Reason: r.Reason, Pos: e.Policy.Pos})
		}
	}
	if r := d.refusal(d.settings, m); r != nil {
		key, _, _ := strings.Cut(r.Reason, " ")
		d.add(d.ground(Deny, key, r.By, r.Reason))
	}
}

// described returns the ways in which an approved server of the name would be configured: at the address or with the command that managed
// servers or some policy give for it. A name that none knows stands at an address of its own. There is always one.
func (d *deciding) described(name string) []value.Member {
	var all []value.Member
	if m := d.managed.Member(name); m != nil {
		all = append(all, *m)
	}
	for _, p := range d.program.Set.Policies {
		if p.Target != "mcpServers" || p.Type != "allowlist" {
			continue
		}
		for _, v := range p.Values() {
			if v.Name == name && !v.Plain() && !strings.ContainsAny(v.URL, "*?") {
				all = append(all, value.Member{Key: name, Value: configured(v)})
			}
		}
	}
	if len(all) == 0 {
		url := value.Text("https://"+strings.ToLower(toolName(name))+".invalid/", diag.Pos{})
		all = append(all, value.Member{Key: name, Value: value.Object(diag.Pos{}, value.Member{Key: "url", Value: url})})
	}
	return all
}

// configured returns the configuration of a server.
func configured(v policy.Value) *value.Node {
	if v.URL != "" {
		return value.Object(diag.Pos{}, value.Member{Key: "url", Value: value.Text(v.URL, diag.Pos{})})
	}
	args := value.Array(diag.Pos{})
	for _, word := range v.Command[1:] {
		args.Items = append(args.Items, value.Text(word, diag.Pos{}))
	}
	return value.Object(diag.Pos{}, value.Member{Key: "command", Value: value.Text(v.Command[0], diag.Pos{})}, value.Member{Key: "args", Value: args})
}

// sameServer compares a configured name with one that may come from the name of a tool.
func sameServer(configured, name string) bool {
	return configured == name || toolName(configured) == name
}

// toolName is how a server's name stands in the names of its tools (2.1.329).
func toolName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
