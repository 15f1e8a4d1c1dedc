package permission

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cmdlet is a call of PowerShell in a project.
func cmdlet(command string) Call {
	c := bash(command)
	c.Tool = "PowerShell"
	return c
}

func TestCmdlets(t *testing.T) {
	t.Parallel()
	rules := func(raws ...string) []Rule { return parseAll(t, raws) }
	all := rules("PowerShell(Set-Content *)", "PowerShell(Get-Content *)", "PowerShell(foo *)", "PowerShell(iex *)", "PowerShell(exact one)")
	tests := []struct {
		name    string
		p       Policy
		command string
		want    Behavior
	}{
		{"reads in the project", Policy{}, "Get-Content src/a.txt", BehaviorAllow},
		{"reads elsewhere", Policy{}, "Get-Content /etc/passwd", BehaviorAsk},
		{"a rule for the command opens no path", Policy{Allow: all}, "cat /etc/passwd", BehaviorAsk},
		{"a rule for the path does", Policy{Allow: rules("Read(//etc/**)")}, "cat /etc/passwd", BehaviorAllow},
		{"a denied path", Policy{Deny: rules("Read(.env)")}, "gc sub/.env", BehaviorDeny},
		{"a pattern is no path", Policy{Deny: rules("Read(secret)")}, "Select-String secret keep.txt", BehaviorAllow},
		{"a parameter that was seen", Policy{}, "Get-ChildItem -Recurse -Path src", BehaviorAllow},
		{"one that was not", Policy{}, "Get-ChildItem -Foo", BehaviorUnknown},
		{"a path of a command for none", Policy{}, "tree /etc", BehaviorUnknown},
		{"writes in the project", Policy{}, "Set-Content new.txt x", BehaviorAsk},
		{"writes, and edits are accepted", Policy{DefaultMode: "acceptEdits"}, "Set-Content new.txt x", BehaviorAllow},
		{"writes elsewhere then", Policy{DefaultMode: "acceptEdits"}, "Set-Content /srv/x y", BehaviorAsk},
		{"makes something then", Policy{DefaultMode: "acceptEdits"}, "New-Item new.txt", BehaviorAsk},
		{"a guarded folder then", Policy{DefaultMode: "acceptEdits"}, "Set-Content .git/config x", BehaviorAsk},
		{"writes by a rule", Policy{Allow: all}, "Set-Content /srv/x y", BehaviorAsk},
		{"writes where two rules allow it", Policy{Allow: append(rules("Edit(**)"), all...)}, "Set-Content a b", BehaviorUnknown},
		{"a denied target", Policy{Deny: rules("Edit(src/**)")}, "Set-Content src/a x", BehaviorDeny},
		{"code that a rule allows", Policy{Allow: all}, "iex x", BehaviorUnknown},
		{"code", Policy{}, "Invoke-Expression ls", BehaviorAsk},
		{"blanks and case", Policy{Allow: all}, "EXACT   One", BehaviorAllow},
		{"each part", Policy{Allow: all}, "foo x; Get-Date", BehaviorAllow},
		{"one part without a rule", Policy{Allow: all}, "foo x; npm ci", BehaviorAsk},
		{"a pipe", Policy{Allow: all}, "foo x | foo y", BehaviorUnknown},
		{"another folder", Policy{}, "cd sub", BehaviorAllow},
		{"another folder, and more", Policy{Allow: all}, "cd sub; foo x", BehaviorAsk},
		{"a wrapper is a command", Policy{Deny: rules("PowerShell(rm *)")}, "sudo rm x", BehaviorAsk},
		{"the extension does not hide it", Policy{Deny: rules("PowerShell(rm *)")}, "RM.exe x", BehaviorDeny},
		{"and is not allowed with it", Policy{Allow: all}, "foo.exe x", BehaviorAsk},
		{"a path hides it", Policy{Deny: rules("PowerShell(rm *)")}, "./rm x", BehaviorAsk},
		{"git that reads", Policy{}, "git log --oneline", BehaviorAllow},
		{"git that does not", Policy{}, "git push", BehaviorAsk},
		{"docker", Policy{}, "docker ps -a", BehaviorAllow},
		{"hostname", Policy{}, "hostname", BehaviorAllow},
		{"hostname that is set", Policy{}, "hostname x", BehaviorAsk},
	}
	for _, tt := range tests {
		if got := Decide(tt.p, cmdlet(tt.command)); got.Behavior != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, got.Behavior, got.Reason, tt.want)
		}
	}
}

func TestCmdletFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line       string
		want       []string
		read, edit bool
	}{
		{"get-content a b", []string{"a", "b"}, true, false}, {"get-content -path a", []string{"a"}, true, false}, {"select-string p a", []string{"a"}, true, false},
		{"set-content a x", []string{"a", "x"}, false, true}, {"get-date a", nil, false, false}, {"", nil, false, false},
	}
	for _, tt := range tests {
		got, read, edit := cmdletFiles(strings.Fields(tt.line))
		if diff := cmp.Diff(tt.want, got); diff != "" || read != tt.read || edit != tt.edit {
			t.Errorf("%q: %v %v %s", tt.line, read, edit, diff)
		}
	}
}

// TestCmdletNames: names are full and lower case, or they would never be met.
func TestCmdletNames(t *testing.T) {
	t.Parallel()
	for _, set := range []map[string]bool{psReads, psQuiet, psAcceptable, psEdits, psCode, psMoves} {
		for name := range set {
			if full := fullName(name); full != name {
				t.Errorf("%s is %s", name, full)
			}
		}
	}
	for name := range psAcceptable {
		if !psEdits[name] {
			t.Errorf("%s does not edit", name)
		}
	}
}
