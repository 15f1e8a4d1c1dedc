package permission

import (
	"slices"
	"testing"
)

func TestPowerShell(t *testing.T) {
	t.Parallel()
	rules := func(raws ...string) []Rule { return parseAll(t, raws) }
	tests := []struct {
		name    string
		p       Policy
		command string
		want    Behavior
	}{
		{"rule by alias", Policy{Deny: rules("PowerShell(rm *)")}, "Remove-Item x", BehaviorDeny},
		{"call by alias", Policy{Deny: rules("PowerShell(Remove-Item *)")}, "del x", BehaviorDeny},
		{"both by alias", Policy{Deny: rules("PowerShell(iwr:*)")}, "Invoke-WebRequest http://x", BehaviorDeny},
		{"a name that is an alias no more", Policy{Deny: rules("PowerShell(curl:*)")}, "IWR http://x", BehaviorAsk},
		{"an alias that the client does not know", Policy{Deny: rules("PowerShell(Sort-Object *)")}, "sort x", BehaviorAsk},
		{"an alias in a rule that allows", Policy{Allow: rules("PowerShell(kill *)")}, "Stop-Process 1", BehaviorAllow},
		{"an alias made to read", Policy{}, "measure", BehaviorAllow},
		{"the same itself", Policy{Deny: rules("PowerShell(curl:*)")}, "CURL.exe http://x", BehaviorDeny},
		{"alias alone", Policy{Deny: rules("PowerShell(ls)")}, "Dir", BehaviorDeny},
		{"another command", Policy{Deny: rules("PowerShell(rm *)")}, "Get-Service x", BehaviorAsk},
		{"allow", Policy{Allow: rules("PowerShell(Get-ChildItem *)")}, "gci src", BehaviorAllow},
		{"bare allow", Policy{Allow: rules("PowerShell")}, "gci | % { $_.Name }", BehaviorAllow},
		{"a line that only PowerShell can read", Policy{Allow: rules("PowerShell(Get-ChildItem *)")}, "gci src | sort Name", BehaviorUnknown},
		{"a denied part of one", Policy{Deny: rules("PowerShell(rm *)")}, "gci src; ri x", BehaviorDeny},
		{"an asked part of one", Policy{Ask: rules("PowerShell(rm *)")}, "gci src; ri x", BehaviorAsk},
		{"nobody to ask", Policy{DefaultMode: "dontAsk"}, "gci src | sort Name", BehaviorUnknown},
		{"not a rule for Bash", Policy{Deny: rules("Bash(rm *)")}, "rm x", BehaviorAsk},
		{"empty", Policy{}, "", BehaviorUnknown},
	}
	for _, tt := range tests {
		c := bash(tt.command)
		c.Tool = "PowerShell"
		if got := Decide(tt.p, c); got.Behavior != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, got.Behavior, got.Reason, tt.want)
		}
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	tests := []struct{ line, text, word string }{
		{"rm a b", "remove-item a b", "remove-item"}, {"get-item a", "get-item a", "get-item"}, {"", "", ""}, {"iex x", "invoke-expression x", "invoke-expression"},
	}
	for _, tt := range tests {
		s := (&memory{}).plainCommand(tt.line)
		s.rename()
		if s.text != tt.text || tt.word != "" && s.words[0] != tt.word {
			t.Errorf("%q is renamed to %q %q", tt.line, s.text, s.words)
		}
		for i, span := range s.spans {
			if s.text[span[0]:span[1]] != s.words[i] {
				t.Errorf("%q: word %d stands at %v of %q", tt.line, i, span, s.text)
			}
		}
	}
	var lines []string
	for _, line := range []string{"RM x", "rm:*", "rm*", "Rm", "rmx", "Get-Item rm"} {
		lines = append(lines, fullName(line))
	}
	if want := []string{"remove-item x", "remove-item:*", "remove-item*", "remove-item", "rmx", "get-item rm"}; !slices.Equal(lines, want) {
		t.Errorf("full names are %q, want %q", lines, want)
	}
}
