package ir

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	tests := []struct {
		name   string
		bundle Bundle
		want   string
	}{
		{"nothing", Bundle{Organization: "Acme"}, ""},
		{
			"default",
			Bundle{Organization: "Acme", Audience: Audience{Name: "default", Group: "default"}, Guidance: []Section{{Title: "One", Text: "a\n\nb"}, {Title: "Two", Text: "c"}}},
			"# Acme: guidance for Claude Code\n\nManaged by policygen from git; changes made here are overwritten.\n" +
				"\n## One\n\na\n\nb\n\n## Two\n\nc\n",
		},
		{
			"group",
			Bundle{Organization: "Acme", Audience: Audience{Name: "web+bob", Group: "web"}, Guidance: []Section{{Title: "One", Text: "a"}}},
			"# Acme: guidance for Claude Code\n\nManaged by policygen from git for the group web; changes made here are overwritten.\n\n## One\n\na\n",
		},
		{
			"untidy",
			Bundle{Organization: " ", Guidance: []Section{{Title: "One\n# Two", Text: "\r\n \n    code\r\nend  \n\n"}, {Title: "Three", Text: " \n"}}},
			"# Guidance for Claude Code\n\nManaged by policygen from git; changes made here are overwritten.\n" +
				"\n## One # Two\n\n    code\nend\n\n## Three\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.bundle.Markdown()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
