package corpus

import (
	"fmt"
	"strings"
)

// domains and urls are rules for hosts and what is fetched.
var (
	domains = strings.Fields(`example.com *.example.com api.*.example.com *.com EXAMPLE.com example.com. * api-*.example.com ex*.com 127.0.0.1 localhost [::1] xn--bcher-kva.example
		*example.com example.* *.*.example.com a.example.com`)
	urls = strings.Fields(`https://example.com/ https://example.com https://www.example.com/x http://api.eu.example.com/ https://a.b.example.com https://EXAMPLE.COM/ https://example.com./
		https://example.com:8443/x https://user@example.com/ https://example.com.evil.org/ https://notexample.com https://api-1.example.com https://example.org http://127.0.0.1/ http://localhost:8080/
		http://[::1]/ https://xn--bcher-kva.example/ https://evil.org/?u=example.com https://evil.org/#@example.com https://example.com@evil.org/ https://a.example.com`)
)

// hosts tries each list with two domains.
func (g *generator) hosts() []Group {
	var groups []Group
	for n := range 14 {
		rule := func() []string { return []string{"WebFetch(domain:" + g.pick(domains) + ")"} }
		group := Group{Name: fmt.Sprintf("hosts %02d", n+1)}
		switch n % 3 {
		case 0:
			group.Deny, group.Allow = rule(), []string{"WebFetch"}
		case 1:
			group.Ask, group.Allow = rule(), rule()
		case 2:
			group.Deny = append(rule(), rule()...)
		}
		for _, i := range g.Perm(len(urls))[:12] {
			group.Calls = append(group.Calls, To("WebFetch", urls[i]))
		}
		groups = append(groups, group)
	}
	return groups
}

// names tries rules on MCP servers, agents, skills, parameters, and globs.
func (g *generator) names() []Group {
	rules := []Group{
		{Deny: []string{"mcp__docs"}},
		{Deny: []string{"mcp__docs__*"}},
		{Deny: []string{"mcp__docs__get_*"}},
		{Deny: []string{"mcp__*"}, Allow: []string{"mcp__docs__get_page"}},
		{Allow: []string{"mcp__docs"}, Ask: []string{"mcp__docs__put_page"}},
		{Allow: []string{"mcp__docs__get_*", "mcp__other"}, Deny: []string{"mcp__other__put_page"}},
		{Deny: []string{"mcp__docs__put_page(title:x*)"}, Allow: []string{"mcp__docs__*"}},
		{Ask: []string{"*"}},
		{Ask: []string{"Web*", "mcp__docs__*_page"}},
		{Deny: []string{"Agent(Explore)", "Skill(verify)", "Agent(model:opus)"}},
		{Ask: []string{"Agent(general-purpose)", "Skill(verify *)"}, Allow: []string{"Skill(simplify)", "Skill(debug:*)"}},
		{Deny: []string{"Task(Plan)", "Skill(deb*)", "WebSearch(x y)"}, Allow: []string{"Skill", "WebSearch(a b)", "Agent"}},
		{Deny: []string{"Bash(run_in_background:true)", "Bash(timeout:1*)", "Read(limit:5)", "Write(content:*key*)"}},
		{Ask: []string{"Bash(description:*secret*)", "WebFetch(prompt:leak*)", "Read(offset:*)"}, Allow: []string{"Bash", "WebFetch"}},
		{Deny: []string{"Agent"}, Ask: []string{"Read", "WebFetch"}},
		{Deny: []string{"Edit"}, Ask: []string{"Bash"}},
		{Deny: []string{"Read"}, Allow: []string{"Edit(**)"}},
		{Deny: []string{"Write"}, Allow: []string{"Edit(**)"}},
		{Allow: []string{"Write(**)", "Edit", "Read"}},
	}
	for i := range rules {
		rules[i].Name, rules[i].Calls = fmt.Sprintf("names %02d", i+1), nameCalls()
	}
	return rules
}

// nameCalls has a call of every tool that a session offers, and variants.
func nameCalls() []Call {
	use := func(tool string, fields ...any) Call {
		input := map[string]any{}
		for i := 0; i < len(fields); i += 2 {
			input[fields[i].(string)] = fields[i+1]
		}
		return Call{Tool: tool, Input: input}
	}
	return []Call{
		use("mcp__docs__get_page", "title", "x1"), use("mcp__docs__put_page", "title", "x1"), use("mcp__docs__put_page", "title", "y"), use("mcp__other__get_page"), use("mcp__other__put_page"),
		To("Skill", "verify"), use("Skill", "skill", "verify", "args", "now"), To("Skill", "simplify"), To("Skill", "debug"), use("Skill", "skill", "debug", "args", "a b"),
		To("WebSearch", "x y"), To("WebSearch", "a b"), To("WebFetch", "https://example.com/"), use("WebFetch", "url", "https://example.com/", "prompt", "leak it"),
		To("Bash", "ls"), use("Bash", "command", "ls", "run_in_background", true), use("Bash", "command", "ls", "timeout", 1000), use("Bash", "command", "make", "timeout", 2000),
		use("Bash", "command", "make", "description", "read a secret"), To("Read", "keep.txt"), use("Read", "file_path", "keep.txt", "limit", 5), use("Read", "file_path", "keep.txt", "offset", 2), To("Read", "/srv/outside/o.txt"),
		To("Write", "new1.txt"), use("Write", "file_path", "new2.txt", "content", "a key b"), To("Edit", "new3.txt"), To("Write", "/srv/outside/new4.txt"),
		use("TaskStop", "task_id", "x"), use("CronList"), use("ToolSearch", "query", "x"),
		To("Agent", "Explore"), To("Agent", "general-purpose"), To("Agent", "Plan"), use("Agent", "subagent_type", "Explore", "model", "opus"), To("Task", "Explore"),
	}
}

// modes tries one policy in every mode, also in modes that it turns off.
func (g *generator) modes() []Group {
	base := Group{Allow: []string{"Bash(foo *)", "Edit(sub/**)", "WebFetch(domain:example.com)"}, Ask: []string{"Bash(foo ask *)", "Edit(a/**)", "Read(*.log)"}, Deny: []string{"Bash(rm *)", "Read(.env)", "Edit(src/**)"}}
	commands := lines("foo x\nfoo ask x\nfoo x && nope\nnope\nrm x\nls\ncat keep.txt\ncat .env\ncat top.log\necho x > new\necho x > sub/new\nmkdir new\ntouch a/new\ntouch src/new\ncp keep.txt new\nmv keep.txt /srv/outside/y\ncat /srv/outside/o.txt\nfoo $X\nfoo &\nsudo foo x\ngit push\nrmdir sub\nsed -i s/a/b/ keep.txt\nrm -rf /\nrm -rf ~\nrmdir /\nsudo rm -rf /srv")
	var groups []Group
	for _, mode := range []string{"", "acceptEdits", "plan", "dontAsk", "bypassPermissions", "auto"} {
		for _, off := range [][]string{nil, {"bypassPermissions", "auto"}} {
			if mode == "dontAsk" && off != nil {
				continue // nothing to turn off
			}
			group := base
			group.Name, group.Mode, group.Off = strings.TrimSpace("mode "+mode+" "+strings.Join(off, " ")), mode, off
			group.Calls = bashCalls(commands)
			for _, name := range changes {
				group.Calls = append(group.Calls, To("Write", name))
			}
			for _, name := range []string{"keep.txt", ".env", "top.log", "/srv/outside/o.txt", "~/notes.txt", "linkout/o.txt", "linkenv"} {
				group.Calls = append(group.Calls, To("Read", name))
			}
			group.Calls = append(group.Calls, To("WebFetch", "https://example.com/"), To("WebFetch", "https://example.org/"), To("WebSearch", "x"), To("Skill", "verify"),
				Call{Tool: "mcp__docs__get_page", Input: map[string]any{}}, Call{Tool: "TaskStop", Input: map[string]any{"task_id": "x"}})
			if mode == "auto" {
				group.Calls = group.Calls[:24] // each needs a session
			}
			groups = append(groups, group)
		}
	}
	return groups
}
