package corpus

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/permission"
)

// TestModelAgrees holds what the model promises: it decides as the client or
// says that it does not know, which is rare.
func TestModelAgrees(t *testing.T) {
	t.Parallel()
	rec, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	result := Compare(rec)
	t.Log(result)
	for _, wrong := range result.Wrong {
		t.Error(wrong)
	}
	if result.Cases < 1500 {
		t.Errorf("only %d cases are recorded", result.Cases)
	}
	if 100*result.Unknown >= 3*result.Cases {
		t.Errorf("%d of %d cases are unknown to the model", result.Unknown, result.Cases)
	}
}

func TestEveryDecisionAndToolIsRecorded(t *testing.T) {
	t.Parallel()
	rec, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, g := range rec.Groups {
		seen["mode "+g.Mode]++
		for _, c := range g.Calls {
			seen[string(c.Got)]++
			seen[c.Tool]++
		}
	}
	for _, want := range []string{"allow", "ask", "deny", "mode ", "mode plan", "mode acceptEdits", "mode dontAsk", "mode bypassPermissions", "mode auto",
		"Bash", "Read", "Write", "Edit", "WebFetch", "WebSearch", "Skill", "Agent", "mcp__docs__get_page"} {
		if seen[want] == 0 {
			t.Errorf("no case of %q is recorded", want)
		}
	}
}

func TestCasesAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	first, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
	names := map[string]bool{}
	for _, g := range first {
		if names[g.Name] || len(g.Calls) == 0 {
			t.Errorf("group %q is empty, or a second of its name", g.Name)
		}
		names[g.Name] = true
	}
}

func TestEncodeAndDecode(t *testing.T) {
	t.Parallel()
	rec := Recorded{Client: "1.2.3", Groups: []Group{
		{Name: "one", Mode: "plan", Off: []string{"auto"}, Dirs: []string{"/x"}, Allow: []string{"Bash(a <b> *)"}, Calls: []Call{
			{Tool: "Bash", Input: map[string]any{"command": "a && b"}, Got: permission.BehaviorAllow, Why: "rule"},
			{Tool: "Bash", Input: map[string]any{"command": "a", "timeout": 5.0}, Got: permission.BehaviorAsk},
			{Tool: "mcp__a__b", Input: map[string]any{}, Got: permission.BehaviorDeny},
		}},
		{Name: "two", Deny: []string{"Read(x)"}, Calls: []Call{To("Read", "x")}},
	}}
	var out bytes.Buffer
	if err := rec.Encode(&out); err != nil {
		t.Fatal(err)
	}
	want := `{"client":"1.2.3"}
{"name":"one","mode":"plan","off":["auto"],"dirs":["/x"],"allow":["Bash(a <b> *)"],"calls":[["Bash","a && b","allow","rule"],["Bash",{"command":"a","timeout":5},"ask"],["mcp__a__b",{},"deny"]]}
{"name":"two","deny":["Read(x)"],"calls":[["Read","x"]]}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("encoded (-want +got):\n%s", diff)
	}
	got, err := Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rec, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
	if got.Len() != 4 {
		t.Errorf("%d calls", got.Len())
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "no version": "[]", "no list": `{"client":"1"}` + `{"calls":[{}]}`, "short": `{"client":"1"}{"calls":[["Bash"]]}`,
		"long": `{"client":"1"}{"calls":[["Bash","a","ask","b","c"]]}`, "tool": `{"client":"1"}{"calls":[[1,"a"]]}`,
		"decision": `{"client":"1"}{"calls":[["Bash","a",1]]}`, "input": `{"client":"1"}{"calls":[["Bash",1]]}`, "cut": `{"client":"1"}{"calls":[`,
	} {
		if _, err := Decode(strings.NewReader(text)); err == nil {
			t.Errorf("%s is read without an error", name)
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	group := func(calls ...Call) Recorded { return Recorded{Groups: []Group{{Name: "g", Calls: calls}}} }
	call := func(command string, got permission.Behavior) Call {
		c := To("Bash", command)
		c.Got = got
		return c
	}
	old := group(call("a", "ask"), call("b", "deny"), call("c", "allow"))
	now := group(call("a", "ask"), call("b", "allow"), call("d", "allow"))
	want := []string{`g: Bash "b": was deny, is allow ()`, "1 cases are new, 1 are gone"}
	if diff := cmp.Diff(want, Changes(old, now)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if rec, err := Read(); err != nil || Changes(rec, rec) != nil {
		t.Errorf("the recording differs from itself: %q (%v)", Changes(rec, rec), err)
	}
	if got := Changes(old, old); got != nil {
		t.Errorf("no change is told as %q", got)
	}
}

func TestReplaceAndFilled(t *testing.T) {
	t.Parallel()
	g := Group{Deny: []string{"Read(//srv/outside/**)"}, Dirs: []string{Outside}, Calls: []Call{{Tool: "Write", Input: map[string]any{"file_path": Project + "/x", "n": 1}}}}
	moved := g.Replace(map[string]string{Project: "/tmp/p", Outside: "/tmp/o"})
	want := Group{Deny: []string{"Read(//tmp/o/**)"}, Dirs: []string{"/tmp/o"}, Calls: []Call{{Tool: "Write", Input: map[string]any{"file_path": "/tmp/p/x", "n": 1}}}}
	if diff := cmp.Diff(want, moved); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	if g.Calls[0].Input["file_path"] != Project+"/x" {
		t.Error("the group itself was changed")
	}
	if got := g.Calls[0].Filled()["content"]; got != "x" {
		t.Errorf("content is filled with %v", got)
	}
}

func TestPolicyLosesWhatTheClientDoesNotTrust(t *testing.T) {
	t.Parallel()
	g := Group{Allow: []string{"Bash"}, Deny: []string{"mcp__a(x)"}, Mode: "auto", Off: []string{"auto"}}
	if p := g.Policy(); len(p.Allow) != 0 || !p.NoAuto || p.NoBypass || p.DefaultMode != "auto" {
		t.Errorf("policy is %+v", p)
	}
	g.Deny = append(g.Deny, "Bash(rm *)")
	if p := g.Policy(); len(p.Allow) != 1 || len(p.Deny) != 1 {
		t.Errorf("one bad rule among good ones: %+v", p)
	}
}

func TestCompareTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	rec := Recorded{Groups: []Group{{Name: "g", Calls: []Call{
		{Tool: "Bash", Input: map[string]any{"command": "ls"}, Got: permission.BehaviorDeny, Why: "rule"},
		{Tool: "Skill", Input: map[string]any{"skill": "x"}, Got: permission.BehaviorAsk},
		{Tool: "mcp__a__b", Input: map[string]any{"k": "v"}, Got: permission.BehaviorAsk},
	}}}}
	got := Compare(rec)
	want := Result{Cases: 3, Unknown: 1, Wrong: []string{`g: Bash "ls": the client says deny (rule), the model allow (the command only reads in the project)`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if got.String() != "3 cases: the model agrees on 50.00 % of what it decides; 1 unknown (33.33 %)" {
		t.Errorf("said as %q", got)
	}
}

func TestReadGroups(t *testing.T) {
	t.Parallel()
	got, err := readGroups("# a comment\n-- one --\nmode plan\noff auto\ndir /x y\nallow Bash(a *)\nask Read\ndeny Edit(b c)\nBash \"a\\nb\"\nSkill {\"skill\": \"s\", \"args\": \"t\"}\n\n-- two words --\nRead \"x\"\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Group{
		{Name: "one", Mode: "plan", Off: []string{"auto"}, Dirs: []string{"/x y"}, Allow: []string{"Bash(a *)"}, Ask: []string{"Read"}, Deny: []string{"Edit(b c)"},
			Calls: []Call{To("Bash", "a\nb"), {Tool: "Skill", Input: map[string]any{"skill": "s", "args": "t"}}}},
		{Name: "two words", Calls: []Call{To("Read", "x")}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for text, says := range map[string]string{"Bash \"x\"\n": `line 1: "Bash \"x\"" stands before the first group`, "-- a --\nBash x\n": "line 2: input of a call of Bash: "} {
		if _, err := readGroups(text); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
