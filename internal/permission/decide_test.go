package permission

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func bash(command string) Call {
	return Call{Tool: "Bash", Input: map[string]any{"command": command}, Cwd: "/srv/project", Home: "/home/dev", ProjectDir: "/srv/project"}
}

func TestDecideOrder(t *testing.T) {
	t.Parallel()
	rules := func(raws ...string) []Rule { return parseAll(t, raws) }
	tests := []struct {
		name string
		p    Policy
		c    Call
		want Behavior
		rule string
	}{
		{"deny beats a more specific allow", Policy{Allow: rules("Bash(rm one)"), Deny: rules("Bash(rm *)")}, bash("rm one"), BehaviorDeny, "Bash(rm *)"},
		{"deny beats ask", Policy{Ask: rules("Bash"), Deny: rules("Bash(rm *)")}, bash("rm one"), BehaviorDeny, "Bash(rm *)"},
		{"ask beats allow", Policy{Ask: rules("Bash(git push *)"), Allow: rules("Bash")}, bash("git push"), BehaviorAsk, "Bash(git push *)"},
		{"allow", Policy{Allow: rules("Bash(npm *)")}, bash("npm ci"), BehaviorAllow, "Bash(npm *)"},
		{"nothing", Policy{}, bash("npm ci"), BehaviorAsk, ""},
		{"bypass", Policy{DefaultMode: "bypassPermissions"}, bash("npm ci"), BehaviorAllow, ""},
		{"bypass keeps deny", Policy{DefaultMode: "bypassPermissions", Deny: rules("Bash(npm *)")}, bash("npm ci"), BehaviorDeny, "Bash(npm *)"},
		{"dontAsk", Policy{DefaultMode: "dontAsk"}, bash("npm ci"), BehaviorDeny, ""},
		{"mcp server", Policy{Deny: rules("mcp__a")}, Call{Tool: "mcp__a__b"}, BehaviorDeny, "mcp__a"},
		{"mcp other server", Policy{Deny: rules("mcp__a")}, Call{Tool: "mcp__ab__b"}, BehaviorAsk, ""},
		{"mcp glob", Policy{Allow: rules("mcp__a__get_*")}, Call{Tool: "mcp__a__get_x"}, BehaviorAllow, "mcp__a__get_*"},
		{"all tools", Policy{Deny: rules("*")}, Call{Tool: "Anything"}, BehaviorDeny, "*"},
		{"old name", Policy{Deny: rules("Task(Explore)")}, Call{Tool: "Agent", Input: map[string]any{"subagent_type": "Explore"}}, BehaviorDeny, "Task(Explore)"},
		{"skill with arguments", Policy{Allow: rules("Skill(review *)")}, Call{Tool: "Skill", Input: map[string]any{"skill": "review", "args": "5"}}, BehaviorAllow, "Skill(review *)"},
		{"skill without rule", Policy{}, Call{Tool: "Skill", Input: map[string]any{"skill": "review"}}, BehaviorUnknown, ""},
		{"skill of the client", Policy{}, Call{Tool: "Skill", Input: map[string]any{"skill": "simplify"}}, BehaviorAllow, ""},
		{"skill that acts", Policy{}, Call{Tool: "Skill", Input: map[string]any{"skill": "verify"}}, BehaviorAsk, ""},
		{"auto", Policy{DefaultMode: "auto"}, bash("npm ci"), BehaviorUnknown, ""},
		{"auto in the project", Policy{DefaultMode: "auto"}, bash("mkdir new"), BehaviorAllow, ""},
		{"auto keeps ask", Policy{DefaultMode: "auto", Ask: rules("Bash(npm *)")}, bash("npm ci"), BehaviorAsk, "Bash(npm *)"},
		{"auto is off", Policy{DefaultMode: "auto", NoAuto: true}, bash("npm ci"), BehaviorAsk, ""},
		{"bypass is off", Policy{DefaultMode: "bypassPermissions", NoBypass: true}, bash("npm ci"), BehaviorAsk, ""},
		{"plan", Policy{DefaultMode: "plan", NoAuto: true}, fileCall("Write", "x"), BehaviorAsk, ""},
		{"plan judges", Policy{DefaultMode: "plan"}, bash("npm ci"), BehaviorUnknown, ""},
		{"plan reads", Policy{DefaultMode: "plan"}, fileCall("Read", "/etc/passwd"), BehaviorAllow, ""},
		{"further directory", Policy{Directories: []string{"/srv/other"}}, fileCall("Read", "/srv/other/x"), BehaviorAllow, ""},
		{"guarded file", Policy{Allow: rules("Edit(**)")}, fileCall("Write", "sub/.envrc"), BehaviorAsk, ""},
		{"broken line", Policy{Allow: rules("Bash(foo *)")}, bash("foo 'x"), BehaviorUnknown, ""},
		{"broken line, denied", Policy{Allow: rules("Bash(foo *)"), Deny: rules("Bash(rm *)")}, bash("foo | | rm y"), BehaviorDeny, "Bash(rm *)"},
		{"approved host", Policy{}, Call{Tool: "WebFetch", Input: map[string]any{"url": "https://go.dev/doc/x"}}, BehaviorAllow, ""},
		{"host with another path", Policy{}, Call{Tool: "WebFetch", Input: map[string]any{"url": "https://go.dev/play"}}, BehaviorAsk, ""},
		{"host with some pages", Policy{}, Call{Tool: "WebFetch", Input: map[string]any{"url": "https://github.com/x"}}, BehaviorUnknown, ""},
		{"deny reading is deny writing", Policy{Deny: rules("Read"), Allow: rules("Edit(**)")}, fileCall("Write", "x"), BehaviorDeny, "Read"},
		{"top folder under bypass", Policy{DefaultMode: "bypassPermissions"}, bash("rm -rf /"), BehaviorAsk, ""},
		{"hidden command", Policy{Allow: rules("Bash"), Deny: rules("Bash(rm *)")}, bash("sh -c 'rm x'"), BehaviorAsk, ""},
		{"quiet tool", Policy{}, Call{Tool: "TodoWrite"}, BehaviorAllow, ""},
		{"parameter", Policy{Deny: rules("Agent(model:opus)")}, Call{Tool: "Agent", Input: map[string]any{"model": "opus"}}, BehaviorDeny, "Agent(model:opus)"},
		{"absent parameter", Policy{Deny: rules("Bash(timeout:*0)")}, bash("ls"), BehaviorAllow, ""},
		{"number parameter", Policy{Deny: rules("Read(limit:5)")}, Call{Tool: "Read", Input: map[string]any{"limit": 5.0}, Cwd: "/p"}, BehaviorDeny, "Read(limit:5)"},
		{"powershell ignores case", Policy{Deny: rules("PowerShell(Remove-Item *)")}, Call{Tool: "PowerShell", Input: map[string]any{"command": "remove-item x"}}, BehaviorDeny, "PowerShell(Remove-Item *)"},
		{"no input", Policy{}, Call{Tool: "Bash"}, BehaviorAsk, ""},
		{"guarded folder", Policy{Allow: rules("Edit(**)")}, fileCall("Write", ".git/config"), BehaviorAsk, ""},
		{"read outside", Policy{}, fileCall("Read", "/etc/passwd"), BehaviorAsk, ""},
		{"read outside allowed", Policy{Allow: rules("Read(//etc/**)")}, fileCall("Read", "/etc/passwd"), BehaviorAllow, "Read(//etc/**)"},
	}
	for _, tt := range tests {
		got := Decide(tt.p, tt.c)
		if got.Behavior != tt.want || got.Rule.String() != tt.rule || got.Reason == "" {
			t.Errorf("%s: %s by %q (%s), want %s by %q", tt.name, got.Behavior, got.Rule, got.Reason, tt.want, tt.rule)
		}
	}
}

func TestDecideIsBounded(t *testing.T) {
	t.Parallel()
	p := Policy{Allow: parseAll(t, []string{"Bash(a *)"})}
	for name, command := range map[string]string{
		"long":   "a " + strings.Repeat("x", maxCommand),
		"deep":   strings.Repeat("a $(", 5000),
		"braces": strings.Repeat("${", 20000),
		"many":   strings.Repeat("a;", 20000),
		"sudo":   strings.Repeat("sudo ", 5000) + "a",
		"shells": strings.Repeat("sh -c '", 3000),
	} {
		if got := Decide(p, bash(command)); got.Behavior != BehaviorAsk {
			t.Errorf("%s: %s (%s), want ask", name, got.Behavior, got.Reason)
		}
	}
}

func FuzzDecide(f *testing.F) {
	for _, c := range []string{"rm x", "a && rm x", "echo $(rm x)", "sh -c 'rm x'", "X=rm; $X y", "cat <<EOF\n$(rm)\nEOF", "case x in x) rm;; esac", "[[ a && b ]]", "\\\n"} {
		f.Add(c, "Bash(rm *)", "Bash(a *)")
	}
	f.Add("cat .env", "Read(.env)", "Bash(cat *)")
	f.Add("Get-Content x; ri.exe y", "PowerShell(rm *)", "PowerShell(Get-Content *)")
	f.Add("cd sub; Set-Content .env x", "Edit(.env)", "PowerShell")
	f.Fuzz(func(t *testing.T, arg, rawDeny, rawAllow string) {
		deny, errD := Parse(rawDeny)
		allow, errA := Parse(rawAllow)
		if errD != nil || errA != nil {
			return
		}
		for _, call := range callsFor(arg) {
			open := Policy{Allow: []Rule{allow}}
			shut := Policy{Allow: []Rule{allow}, Deny: []Rule{deny}}
			before, after := Decide(open, call), Decide(shut, call)
			// Some commands the client finds only when it looks closer, and then it asks. What files a line touches it does not always see.
			if deny.Match(call) && after.Behavior == BehaviorAllow && deny.compiled().path == nil {
				t.Errorf("%s %q: deny rule %q matches, but the call gets %s", call.Tool, arg, rawDeny, after.Behavior)
			}
			if strictness(after.Behavior) < strictness(before.Behavior) {
				t.Errorf("%s %q: deny rule %q loosens %s to %s", call.Tool, arg, rawDeny, before.Behavior, after.Behavior)
			}
		}
	})
}

func strictness(b Behavior) int {
	return map[Behavior]int{BehaviorAllow: 0, BehaviorUnknown: 1, BehaviorAsk: 1, BehaviorDeny: 2}[b]
}

// benchPolicy has n rules in the mix of a real policy: 40 % deny commands, 20 %
// files, 10 % hosts, 10 % ask, 20 % allow.
func benchPolicy(tb testing.TB, n int) Policy {
	tb.Helper()
	var p Policy
	for i := range n / 10 {
		name := strconv.Itoa(i)
		p.Deny = append(p.Deny, mustParse(tb, "Bash(deny-"+name+" *)"), mustParse(tb, "Bash(git push --force-"+name+" *)"), mustParse(tb, "Bash(tool-"+name+" rm:*)"), mustParse(tb, "Bash(* --no-"+name+" *)"),
			mustParse(tb, "Read(//secret/"+name+"/**)"), mustParse(tb, "Read(*.key"+name+")"), mustParse(tb, "WebFetch(domain:*."+name+".com)"))
		p.Ask = append(p.Ask, mustParse(tb, "Bash(ask-"+name+" push *)"))
		p.Allow = append(p.Allow, mustParse(tb, "Bash(tool-"+name+" *)"), mustParse(tb, "Edit(src/"+name+"/**)"))
	}
	return p
}

// benchCalls are calls as sessions make them.
func benchCalls() map[string]Call {
	return map[string]Call{
		"bash": bash("tool-9 run build"), "harmless": bash("git log --oneline -5"), "compound": bash("cd sub && NODE_ENV=test tool-9 run 'a b' | head -5"), "read": fileCall("Read", "/srv/project/src/a/b.go"),
		"edit": fileCall("Edit", "/srv/project/src/9/b.go"), "web": {Tool: "WebFetch", Input: map[string]any{"url": "https://docs.9.org/x"}}, "mcp": {Tool: "mcp__docs__get"},
	}
}

// BenchmarkDecide measures decisions under a policy of 200 rules.
func BenchmarkDecide(b *testing.B) {
	p := Compile(benchPolicy(b, 200))
	for name, c := range benchCalls() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Decide(c)
			}
		})
	}
}

// TestNoAllocationPerRule compares a small policy with one of 1,900 rules more.
// The pool of memory gives some back at will, with the race detector above all.
func TestNoAllocationPerRule(t *testing.T) {
	small, large := Compile(benchPolicy(t, 100)), Compile(benchPolicy(t, 2000))
	for name, c := range benchCalls() {
		few := testing.AllocsPerRun(100, func() { small.Decide(c) })
		many := testing.AllocsPerRun(100, func() { large.Decide(c) })
		if many > few+19 {
			t.Errorf("%s: %v allocations under 100 rules, %v under 2000", name, few, many)
		}
	}
}

// TestCompiledDecidesAlike compares with a policy whose rules were not parsed
// but made by hand.
func TestCompiledDecidesAlike(t *testing.T) {
	t.Parallel()
	p := benchPolicy(t, 100)
	byHand := Policy{}
	for _, lists := range []struct {
		from []Rule
		to   *[]Rule
	}{{p.Allow, &byHand.Allow}, {p.Ask, &byHand.Ask}, {p.Deny, &byHand.Deny}} {
		for _, r := range lists.from {
			*lists.to = append(*lists.to, Rule{Tool: r.Tool, Content: r.Content, HasContent: r.HasContent})
		}
	}
	for name, c := range benchCalls() {
		if a, b := Compile(p).Decide(c), Decide(byHand, c); a.Behavior != b.Behavior || a.Reason != b.Reason || a.Rule.String() != b.Rule.String() {
			t.Errorf("%s: %+v, and by hand %+v", name, a, b)
		}
	}
}

// TestMatching: taking a call apart once says the same as doing so for each rule.
func TestMatching(t *testing.T) {
	t.Parallel()
	p := benchPolicy(t, 100)
	p.Deny = append(p.Deny, parseAll(t, []string{"Bash(rm *)", "Read(.env)", "Edit(src/**)", "Agent", "*", "PowerShell(rm *)", "Bash(timeout:5)"})...)
	p.Allow = append(p.Allow, parseAll(t, []string{"Bash(a *)", "Bash(b *)", "Bash(ls *)", "Bash", "Read(**)", "WebFetch(domain:*.com)"})...)
	var cs []Call
	for _, c := range benchCalls() {
		cs = append(cs, c)
	}
	for _, line := range append(usedLines, "a x && b y", "a x; ls z", "src/.env", "https://a.com/x") {
		cs = append(cs, callsFor(line)...)
	}
	for list, rules := range map[List][]Rule{Allow: p.Allow, Ask: p.Ask, Deny: p.Deny} {
		for _, c := range cs {
			var want []int
			for i, r := range rules {
				if r.MatchAs(list, c) {
					want = append(want, i)
				}
			}
			if got := Matching(list, rules, c); !slices.Equal(got, want) {
				t.Errorf("%s %v in %s: %v, one by one %v", c.Tool, c.Input, list, got, want)
			}
		}
	}
}

// TestFirstRuleIsTold: where several rules decide alike, the first of the list is named.
func TestFirstRuleIsTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		p    Policy
		c    Call
		want string
	}{
		{Policy{Deny: parseAll(t, []string{"Bash(* x *)", "Bash(rm *)", "Bash"})}, bash("rm x y"), "Bash(* x *)"},
		{Policy{Deny: parseAll(t, []string{"Bash(rm *)", "Bash(* x *)", "Bash"})}, bash("rm x y"), "Bash(rm *)"},
		{Policy{Deny: parseAll(t, []string{"B*", "Bash(rm *)"})}, bash("rm x y"), "B*"},
		{Policy{Deny: parseAll(t, []string{"Bash(ls *)", "Bash", "*"})}, bash("rm x y"), "Bash"},
		{Policy{Deny: parseAll(t, []string{"mcp__a__c", "mcp__a", "mcp__a__b"})}, Call{Tool: "mcp__a__b"}, "mcp__a"},
		{Policy{Allow: parseAll(t, []string{"Bash(b *)", "Bash(a x)", "Bash(a *)"})}, bash("a x"), "Bash(a x)"},
		{Policy{Deny: parseAll(t, []string{"Read(**)", "Read(src/**)", "Read(src/a)"})}, fileCall("Read", "src/a"), "Read(**)"},
		{Policy{Deny: parseAll(t, []string{"Read(src/a)", "Read"})}, fileCall("Read", "src/a"), "Read"},
		{Policy{Deny: parseAll(t, []string{"Edit(x)", "Read"})}, fileCall("Write", "x"), "Read"},
		{Policy{Deny: parseAll(t, []string{"WebFetch(domain:b.com)", "WebFetch(domain:*.com)", "WebFetch"})}, Call{Tool: "WebFetch", Input: map[string]any{"url": "https://a.com"}}, "WebFetch(domain:*.com)"},
	}
	for _, tt := range tests {
		if got := Decide(tt.p, tt.c); got.Rule.String() != tt.want {
			t.Errorf("%s %v: told %q, want %q", tt.c.Tool, tt.c.Input, got.Rule, tt.want)
		}
	}
}

func TestDecideThroughLinks(t *testing.T) {
	t.Parallel()
	links := map[string]string{"/srv/project/in": "/srv/project/real", "/srv/project/out": "/srv/other", "/srv/project/env": "/srv/project/.env", "/srv/round": "/srv/round/x"}
	tests := []struct {
		name string
		p    Policy
		tool string
		path string
		want Behavior
	}{
		{"inside", Policy{}, "Read", "in/x", BehaviorAllow},
		{"outside", Policy{}, "Read", "out/x", BehaviorAsk},
		{"deny where it leads", Policy{Deny: parseAll(t, []string{"Read(.env)"})}, "Read", "env", BehaviorDeny},
		{"deny the link", Policy{Deny: parseAll(t, []string{"Read(env)"})}, "Read", "env", BehaviorDeny},
		{"allow one of two", Policy{Allow: parseAll(t, []string{"Edit(out/**)"})}, "Write", "out/x", BehaviorAsk},
		{"allow both", Policy{Allow: parseAll(t, []string{"Edit(out/**)", "Edit(//srv/other/**)"})}, "Write", "out/x", BehaviorAllow},
		{"a circle", Policy{}, "Read", "/srv/round/x", BehaviorAsk},
	}
	for _, tt := range tests {
		c := fileCall(tt.tool, tt.path)
		c.Links = links
		if got := Decide(tt.p, c); got.Behavior != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, got.Behavior, got.Reason, tt.want)
		}
	}
}

func FuzzReadLine(f *testing.F) {
	for _, c := range []string{"a && b | c", "echo $(rm x) > y", "((x))", "`a`", "cat <<E\n$(x)\nE", "time -p ls", "a\\\nb", "$'x' y", "{ a; }", "[[ a ]]", "export X=$(y)", "for i in 1; do x; done"} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, src string) {
		l := readLine(src)
		for _, c := range l.commands {
			if len(c.words) != len(c.spans) {
				t.Fatalf("%q: %d words and %d spans", src, len(c.words), len(c.spans))
			}
			for _, span := range c.spans {
				if span[0] < 0 || span[0] > span[1] || span[1] > len(c.text) {
					t.Fatalf("%q: span %v outside of %q", src, span, c.text)
				}
			}
		}
	})
}
