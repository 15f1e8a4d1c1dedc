package hook

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestGlob(t *testing.T) {
	cases := []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "a/b", true},
		{"a*", "a", true},
		{"a*c", "abc", true},
		{"a*c", "abcd", false},
		{"*b*", "abc", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"a**c", "abc", true},
		{"*a*b*c", "xaxbxc", true},
		{"*a*b*c", "xaxcxb", false},
		{"[a]", "[a]", true},
		{"[a]", "a", false},
	}
	for _, c := range cases {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("glob(%q, %q) = %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
	start := time.Now()
	matched := glob(strings.Repeat("*a", 2000)+"b", strings.Repeat("a", 20_000))
	if took := time.Since(start); took > 5*time.Second || matched {
		t.Errorf("many stars took %v and matched: %v", took, matched)
	}
}

func TestGlobPath(t *testing.T) {
	cases := []struct {
		pattern, path string
		want          bool
	}{
		{"/a/*.go", "/a/x.go", true},
		{"/a/*.go", "/a/b/x.go", false},
		{"/a/*", "/a/b/c", true}, // everything below what matches
		{"/a/**/x", "/a/x", true},
		{"/a/**/x", "/a/b/c/x", true},
		{"/a/**/x", "/a/b/c/y", false},
		{"/**", "/a", true},
		{"/**/.env", "/a/b/.env/c", true},
		{"/a/?", "/a/b", true},
		{"/a/[bc]", "/a/c", true},
		{"/a/[bc]", "/a/d", false},
		{"/a/[", "/a/[", true},
		{"/a/b*/**/d", "/a/bb/c/d", true},
		{"/a/b", "/a", false},
	}
	for _, c := range cases {
		if got := globPath(c.pattern, c.path); got != c.want {
			t.Errorf("globPath(%q, %q) = %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
	start := time.Now()
	matched := globPath(strings.Repeat("/**/a", 200)+"/b", strings.Repeat("/a", 2000))
	if took := time.Since(start); took > 5*time.Second || matched {
		t.Errorf("many ** took %v and matched: %v", took, matched)
	}
}

func TestAbsolute(t *testing.T) {
	unix := &scene{Event: Event{Cwd: "/w/sub"}, Facts: Facts{Home: "/home/a", ProjectDir: "/w", Platform: "linux"}}
	windows := &scene{Event: Event{Cwd: `C:\w\sub`}, Facts: Facts{Home: `C:\Users\a`, ProjectDir: `C:\w`, Platform: "windows"}}
	cases := []struct {
		scene      *scene
		path, want string
	}{
		{unix, "x", "/w/sub/x"},
		{unix, "./x/../y", "/w/sub/y"},
		{unix, "../../../../etc", "/etc"},
		{unix, "/a//b/", "/a/b"},
		{unix, "~", "/home/a"},
		{unix, "~/x", "/home/a/x"},
		{unix, "~bob/x", "/w/sub/~bob/x"},
		{unix, "$HOME/x", "/home/a/x"},
		{unix, "${HOME}/x", "/home/a/x"},
		{unix, "$HOMER/x", "/w/sub/$HOMER/x"},
		{unix, "$PWD/x", "/w/sub/x"},
		{unix, "$CLAUDE_PROJECT_DIR/x", "/w/x"},
		{unix, `a\b`, `/w/sub/a\b`},
		{unix, "", "/w/sub"},
		{unix, `C:\x`, "/c/x"},
		{windows, `C:\x\y`, "/c/x/y"},
		{windows, `c:/x`, "/c/x"},
		{windows, `C:`, "/c"},
		{windows, `x\y`, "/c/w/sub/x/y"},
		{windows, `~\x`, "/c/Users/a/x"},
		{windows, `\\server\share\x`, "/server/share/x"},
		{windows, `\\?\C:\x`, "/c/x"},
		{windows, `C:\x.txt::$DATA`, "/c/x.txt"},
		{windows, `C:\dir. \x...`, "/c/dir/x"},
		{windows, "/c/x", "/c/x"},
	}
	for _, c := range cases {
		if got := c.scene.absolute(c.path, c.scene.Cwd); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.scene.Platform, c.path, got, c.want)
		}
	}
}

func TestOperands(t *testing.T) {
	cases := []struct{ line, want string }{
		{"cat a b", "read a, read b"},
		{"cat -n a", "read a"},
		{"grep x a b", "read a, read b"},
		{"grep a/b c", "guess a/b, read c"},
		{"rm -rf a", "write a"},
		{"touch a", "write a"},
		{"tee -a a", "write a"},
		{"sed s/a/b/ f", "guess s/a/b/, read f"},
		{"sed -i s/a/b/ f", "guess s/a/b/, write f"},
		{"cp a b", "read a, write b"},
		{"cp -t d a b", "write d, write a, write b"},
		{"mv a b", "write a, write b"},
		{"rsync -a a/ host:b", "read a/, write host:b"},
		{"dd if=a of=b bs=1", "read a, write b, write 1"},
		{"node a ./b c/d --config=./e", "guess ./b, guess c/d, guess ./e"},
		{"node https://x/y a", ""},
		{"echo ./a", ""},
		{"/bin/cat a", "read a"},
		{"Get-Content a", "read a"},
		{"cat", ""},
	}
	for _, c := range cases {
		var got []string
		for _, a := range operands(strings.Fields(c.line), "/") {
			switch {
			case a.loose:
				got = append(got, "guess "+a.path)
			case a.write:
				got = append(got, "write "+a.path)
			default:
				got = append(got, "read "+a.path)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", c.line, diff)
		}
	}
}

func TestAddress(t *testing.T) {
	cases := []struct {
		raw    string
		forms  []string
		wide   []string
		opaque bool
	}{
		{"https://Acme.com./x", []string{"acme.com", "acme.com 443"}, nil, false},
		{"http://u:p@acme.com:8080/", []string{"acme.com", "acme.com 8080"}, nil, false},
		{"https://[::1]/", []string{"::1", "::1 443"}, nil, false},
		{"custom://acme.com/", []string{"acme.com"}, nil, false},
		{"https:\\\\acme.com", nil, []string{"acme.com", "acme.com 443"}, true},
		{"https://acme.com\\@evil.org/", nil, []string{"acme.com", "acme.com 443"}, true},
		{"https://ac\tme.com/", nil, []string{"acme.com", "acme.com 443"}, true},
		{"https://$HOST/", []string{"$host", "$host 443"}, nil, true},
		{"acme.com", nil, nil, true},
		{"", nil, nil, true},
	}
	for _, c := range cases {
		got := address(c.raw, false)
		if !cmp.Equal(got.forms, c.forms) || !cmp.Equal(got.wide, c.wide) || (got.opaque != "") != c.opaque {
			t.Errorf("%q: forms %q, wide %q, opaque %q", c.raw, got.forms, got.wide, got.opaque)
		}
	}
}

func TestAddresses(t *testing.T) {
	for line, want := range map[string]string{
		"curl https://a.com/x b.com":        "https://a.com/x, guess b.com",
		"curl a.com":                        "a.com",
		"curl localhost:8080/x":             "localhost:8080/x",
		"wget -O out.txt a.com":             "out.txt, a.com",
		"git clone git@a.com:b/c.git":       "git@a.com:b/c.git",
		"scp x.txt me@a.com:y":              "guess x.txt, me@a.com:y",
		"npm i --registry=https://a.com":    "https://a.com",
		"git clone git+ssh://git@a.com/x":   "git+ssh://git@a.com/x",
		"echo see https://a.com":            "guess https://a.com",
		"cat a.com":                         "",
		"ping -c 1 a.com":                   "guess a.com",
		"http GET a.com/x?y=1 name=value":   "a.com/x?y=1",
		"docker run -e URL=https://a.com x": "https://a.com",
	} {
		var got []string
		for _, o := range addresses(strings.Fields(line)) {
			text := o.texts[0]
			if o.loose {
				text = "guess " + text
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}

func TestServerNames(t *testing.T) {
	for tool, want := range map[string]string{
		"Read": "", "mcp__a__b": "a", "mcp__a__b__c": "a a__b", "mcp__a": "a", "mcp__a___b": "a a_", "mcp__" + strings.Repeat("x__", 20) + "y": "",
	} {
		got := serverNames(tool)
		if want != "" && strings.Join(got, " ") != want || len(got) > 8 {
			t.Errorf("serverNames(%q) = %q, want %q", tool, got, want)
		}
	}
	for name, want := range map[string]string{"github": "github", "claude.ai Slack": "claude_ai_Slack", "plugin:a:b": "plugin_a_b", "a-b_c": "a-b_c"} {
		if got := toolName(name); got != want {
			t.Errorf("toolName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	const content = "\ufeff" + `{"b": {"c": [1, "x"], "d": {}}, "a": true}`
	var got []string
	for _, o := range keys(File{"f", content}) {
		if !o.loose {
			got = append(got, o.value+": "+strings.Join(o.texts, " "))
		}
	}
	want := []string{"a: a=true", `b.c: b.c=[1,"x"] b.c=1 b.c=x`, "b.d: b.d={}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	if n := len(keys(File{"f", deep})); n != 2 {
		t.Errorf("a deep file gives %d observations, want 2", n)
	}
}

func TestTexts(t *testing.T) {
	for give, want := range map[float64]string{0: "0", 1: "1", 1.5: "1.5", 1.239: "1.24", 2_000_000: "2000000", 100: "100", 0.1 + 0.2: "0.3"} {
		if got := decimal(give); got != want {
			t.Errorf("decimal(%v) = %s, want %s", give, got, want)
		}
	}
	if got := clip("a\u00fcb", 2); got != "a..." {
		t.Errorf("clip cuts a character: %q", got)
	}
	if got := clean(" a\nb\x00\xff "); got != "a b" {
		t.Errorf("clean gives %q", got)
	}
}
