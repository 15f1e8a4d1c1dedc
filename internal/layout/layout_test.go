package layout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

func TestFormat(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{
			name: "already in its layout",
			in: `group: web
settings:
  model: opus
`,
			want: `group: web
settings:
  model: opus
`,
		},
		{
			name: "indents by two",
			in: `settings:
    permissions:
        deny:
        - Read(//a)
        -   Bash(b *)
`,
			want: `settings:
  permissions:
    deny:
      - Read(//a)
      - Bash(b *)
`,
		},
		{
			name: "a list at its key's column",
			in: `guidance:
- title: A
  text: b
- title: C
  text: d
hooks: []
`,
			want: `guidance:
  - title: A
    text: b
  - title: C
    text: d
hooks: []
`,
		},
		{
			name: "sections in order",
			in: `settings:
  model: opus
group: web
`,
			want: `group: web
settings:
  model: opus
`,
		},
		{
			name: "fields in order",
			in: `exceptions:
  - reason: r # why
    team: web
    exempt_from: [p]
`,
			want: `exceptions:
  - team: web
    exempt_from: [p]
    reason: r # why
`,
		},
		{
			name: "native settings keep their order",
			in: `settings:
  model: opus
  env: {B: b, A: a}
`,
			want: `settings:
  model: opus
  env: {B: b, A: a}
`,
		},
		{
			name: "comments move with their key",
			in: `# about settings
settings:
  model: opus
# about the group
group: web
`,
			want: `# about the group
group: web
# about settings
settings:
  model: opus
`,
		},
		{
			name: "the head of the file stays",
			in: `# Owned by web.

# about settings
settings:
  model: opus

group: web
`,
			want: `# Owned by web.

group: web

# about settings
settings:
  model: opus
`,
		},
		{
			name: "the editor's line stays",
			in: `# yaml-language-server: $schema=x.json
settings:
  model: opus
group: web
`,
			want: `# yaml-language-server: $schema=x.json
group: web
settings:
  model: opus
`,
		},
		{
			name: "a moved comment above a dash",
			in: `hooks:
  - script: a.sh
    # the event
    event: Stop
`,
			want: `hooks:
  # the event
  - event: Stop
    script: a.sh
`,
		},
		{
			name: "comments between entries",
			in: `settings:
  permissions:
    deny:
    # one
    - A


    # two

    - B # b
    # three
  # of settings
# end
`,
			want: `settings:
  permissions:
    deny:
      # one
      - A

      # two

      - B # b
    # three
  # of settings
# end
`,
		},
		{
			name: "a comment after a dash",
			in: `hooks:
-   # first
    event: Stop
    script: a.sh
`,
			want: `hooks:
  -   # first
    event: Stop
    script: a.sh
`,
		},
		{
			name: "comment below a scalar",
			in: `version: "1.0"
    # deeper
organization: A
`,
			want: `version: "1.0"
  # deeper
organization: A
`,
		},
		{
			name: "blank lines",
			in: `

group: web



settings:

  model: opus


`,
			want: `group: web

settings:
  model: opus
`,
		},
		{
			name: "quotes",
			in: `organization: 'Acme'
version: '1.0'
settings: {model: 'it''s', env: {A: 'say "x"', B: 'a\b'}}
`,
			want: `version: "1.0"
organization: "Acme"
settings: {model: "it's", env: {A: 'say "x"', B: 'a\b'}}
`,
		},
		{
			name: "brackets",
			in: `overridable: [ a,b ,  'c' ]
client: { minimum_version:  2.1.240 }   # aligned
`,
			want: `client: {minimum_version: 2.1.240}   # aligned
overridable: [a, b, "c"]
`,
		},
		{
			name: "brackets over lines",
			in: `overridable: [
    a, # first
    'b'
  ]
unknown_keys: []
`,
			want: `overridable: [
    a, # first
    'b'
  ]
unknown_keys: []
`,
		},
		{
			name: "blanks around the colon",
			in: `organization :   Acme
groups:   # all
    -   name: x
`,
			want: `organization: Acme
groups:   # all
  - name: x
`,
		},
		{
			name: "block scalars",
			in: `guidance:
- title: A
  text: |
       # not a comment
         more

       end

- title: B
  text: >-
    x
`,
			want: `guidance:
  - title: A
    text: |
      # not a comment
        more

      end

  - title: B
    text: >-
      x
`,
		},
		{
			name: "block scalars that keep",
			in: `guidance:
- title: A
  text: |+
    x


- title: B
  text: |2
      y
`,
			want: `guidance:
  - title: A
    text: |+
      x


  - title: B
    text: |2
        y
`,
		},
		{
			name: "texts over lines",
			in: `guidance:
- title: "a # b
      c"
  text: one
    two

    three
`,
			want: `guidance:
  - title: "a # b
      c"
    text: one
      two

      three
`,
		},
		{
			name: "anchors and aliases stay, and so does the order",
			in: `settings: &base
    model: opus
group: &g web
narrow: {availableModels: [*g ]}
`,
			want: `settings: &base
  model: opus
group: &g web
narrow: {availableModels: [*g]}
`,
		},
		{
			name: "nothing",
			in:   "",
			want: "",
		},
		{
			name: "only comments",
			in: `# a


# b
`,
			want: `# a


# b
`,
		},
		{
			name: "a start mark",
			in: `# a
---
settings:
    model: opus
`,
			want: `# a
---
settings:
  model: opus
`,
		},
		{
			name: "in brackets altogether",
			in: `{group: web,   settings: {}}
`,
			want: `{group: web,   settings: {}}
`,
		},
		{
			name: "byte order mark and CRLF",
			in:   "\ufeffsettings:\r\n    model: opus\r\n",
			want: "settings:\r\n  model: opus\r\n",
		},
		{
			name: "wide letters",
			in: `organization: 'Müller 漢'   # ü
version: "1.0"
`,
			want: `version: "1.0"
organization: "Müller 漢"   # ü
`,
		},
		{
			name: "keys without a value",
			in: `governance:
overridable: # none
exceptions:
`,
			want: `governance:
overridable: # none
exceptions:
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, list := Format("a.yaml", []byte(tt.in))
			if diff := cmp.Diff(tt.want, string(got)); diff != "" || len(list) > 0 {
				t.Errorf("%v\n%s", list, diff)
			}
			again, _ := Format("a.yaml", got)
			if diff := cmp.Diff(string(got), string(again)); diff != "" {
				t.Errorf("not its own layout:\n%s", diff)
			}
		})
	}
}

func TestFormatJSON(t *testing.T) {
	got, list := Format("a.json", []byte("\ufeff{\"settings\":{\"b\":1.50,\"a\":[]},\"group\":\"x\"}"))
	want := "{\n  \"settings\": {\n    \"b\": 1.50,\n    \"a\": []\n  },\n  \"group\": \"x\"\n}\n"
	if diff := cmp.Diff(want, string(got)); diff != "" || len(list) > 0 {
		t.Errorf("%v\n%s", list, diff)
	}
}

func TestFormatRefuses(t *testing.T) {
	tests := []struct {
		name, file, in string
		code           diag.Code
		line           int32
	}{
		{"YAML that does not parse", "a.yaml", "group: web\nsettings: [a\n", diag.SyntaxError, 1},
		{"JSON with a comment", "a.json", "{\n  // c\n}", diag.SyntaxError, 2},
		{"a key twice", "a.yaml", "group: a\ngroup: b\n", diag.DuplicateKey, 2},
		{"two documents", "a.yaml", "group: a\n---\ngroup: b\n", diag.ManyDocuments, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, list := Format(tt.file, []byte(tt.in))
			if got != nil || len(list) != 1 || list[0].Code != tt.code || list[0].Pos.Line != tt.line {
				t.Errorf("got %q, %+v", got, list)
			}
		})
	}
}

func TestSameText(t *testing.T) {
	if sameText("a: 1 # note", "a: 1") || !sameText("a:  'b'\n", "a: \"b\"") {
		t.Error("a lost comment must be seen, and blanks and quotes must not")
	}
	if strings.TrimSpace(string(mustFormat(t, "a: 1 # x"))) != "a: 1 # x" {
		t.Error("a comment got lost")
	}
}

func mustFormat(t *testing.T, text string) []byte {
	t.Helper()
	got, list := Format("a.yaml", []byte(text))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return got
}
