package permission

import (
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	tests := []struct{ rule, want string }{
		{"Bash", ""}, {"Bash(*)", ""}, {"Bash(npm:*)", ""}, {"Bash(curl *)", ""}, {"Bash(git commit -m x)", ""},
		{"Bash(run_in_background:true)", FormParameter}, {"Agent(model:opus)", FormParameter}, {"Agent(danger)", ""},
		{"WebFetch(domain:example.com)", ""}, {"WebFetch(domain:*.example.com)", FormDomainWildcard},
		{"Skill(deploy)", ""}, {"Skill(deploy *)", FormSkillPrefix}, {"Skill(acme:deploy)", ""},
		{"Read(//etc/**)", ""}, {"Read(*.env)", ""}, {"Read(**/secrets/*)", ""}, {"Read(secrets-*/config.json)", FormPathWildcard},
		{"mcp__github", ""}, {"mcp__github__list", ""}, {"mcp__github__*", FormMCPWildcard}, {"mcp__*", FormToolGlob},
		{"*", FormToolGlob}, {"Notebook*", FormToolGlob},
	}
	for _, tt := range tests {
		r, err := Parse(tt.rule)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		if got := strings.Join(r.Forms(), " "); got != tt.want {
			t.Errorf("%s uses %q, want %q", tt.rule, got, tt.want)
		}
	}
}
