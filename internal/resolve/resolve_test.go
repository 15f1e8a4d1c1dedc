package resolve

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

const header = "version: \"1.0\"\norganization: Acme\ngroups:\n  - name: eng\n  - name: web\n    parent: eng\n  - name: idle\n"

// folder makes a policy folder of an organization with three groups and the files given as name, text pairs.
func folder(files ...string) fstest.MapFS {
	m := fstest.MapFS{"org.yaml": &fstest.MapFile{Data: []byte(header)}}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

func resolved(t *testing.T, files ...string) (*Result, diag.List) {
	t.Helper()
	set, cat, _ := load(t, folder(files...))
	return Resolve(set, cat, time.Time{})
}

// TestSharing: what does not differ is one state, so that a thousand groups on three platforms cost little more than what they say.
func TestSharing(t *testing.T) {
	r, _ := resolved(t,
		"base.yaml", "settings:\n  model: sonnet\n  permissions:\n    deny: [\"Bash(curl *)\"]\n",
		"eng.yaml", "group: eng\nplatforms: [linux, macos]\nsettings:\n  theme: dark\n",
		"web.yaml", "group: web\nhooks:\n  - {event: Stop, command: audit, args: [x]}\n  - {event: Stop, command: tell, platforms: [macos]}\n")
	organization, eng, web, idle := r.Group("default"), r.Group("eng"), r.Group("web"), r.Group("idle")
	if organization.States["linux"] != organization.States["windows"] {
		t.Error("platforms that do not differ have states of their own")
	}
	if idle.States["linux"] != organization.States["linux"] {
		t.Error("a group without files has a state of its own")
	}
	if eng.States["linux"] != eng.States["macos"] || eng.States["windows"] != organization.States["windows"] {
		t.Error("an overlay for two platforms makes a state on each, or touches the third")
	}
	if web.States["linux"] == web.States["macos"] {
		t.Error("a hook for one platform is on the other too")
	}
	if web.States["macos"].Settings.Get("permissions") != organization.States["macos"].Settings.Get("permissions") {
		t.Error("settings that nobody touched were copied")
	}
	if r.Group("nobody") != nil {
		t.Error("a group that does not exist")
	}
}

// TestSharedHooks: hooks that come out the same on two platforms do not keep them apart.
func TestSharedHooks(t *testing.T) {
	r, _ := resolved(t, "base.yaml", "hooks:\n  - {event: Stop, command: audit}\n  - {event: Stop, command: audit -x, on_failure: block}\n")
	s := r.Group("default").States
	if s["linux"] != s["macos"] || s["linux"] == s["windows"] {
		t.Error("want one state for linux and macos, where sh runs the guard, and another for windows")
	}
}

// TestFilesAreNotMixed: groups that extend one parent do not see each other.
func TestFilesAreNotMixed(t *testing.T) {
	r, _ := resolved(t,
		"base.yaml", "guidance:\n  - {title: A, text: a}\nhooks:\n  - {event: Stop, script: hooks/m.sh, platforms: [linux]}\n", "hooks/m.sh", "m",
		"eng.yaml", "group: eng\nguidance:\n  - {title: B, text: b}\nhooks:\n  - {event: Stop, script: hooks/a.sh, platforms: [linux]}\n", "hooks/a.sh", "a",
		"idle.yaml", "group: idle\nguidance:\n  - {title: C, text: c}\nhooks:\n  - {event: Stop, script: hooks/z.sh, platforms: [linux]}\n", "hooks/z.sh", "z")
	for name, want := range map[string]string{"default": "base.yaml A m.sh", "eng": "base.yaml eng.yaml A B a.sh m.sh", "idle": "base.yaml idle.yaml A C m.sh z.sh", "web": "base.yaml eng.yaml A B a.sh m.sh"} {
		s := r.Group(name).States["linux"]
		var got []string
		for _, f := range s.Files {
			if f != "org.yaml" {
				got = append(got, f)
			}
		}
		for _, section := range s.Guidance {
			got = append(got, section.Title)
		}
		for _, script := range s.Scripts {
			got = append(got, script.Path)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// rules returns a list of deny rules of about the size in bytes.
func rules(prefix string, size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "      - \"Bash(%s-%s-%d *)\"\n", prefix, strings.Repeat("x", 1000), i)
	}
	return "settings:\n  permissions:\n    deny:\n" + b.String()
}

func TestTooLarge(t *testing.T) {
	_, list := resolved(t, "a.yaml", rules("a", 1_100_000), "eng.yaml", "group: eng\n"+rules("b", 1_100_000), "web.yaml", "group: web\nsettings:\n  model: opus\n")
	if len(list) != 1 {
		t.Fatalf("want one error for the group at fault and none for those below it, got %v", list)
	}
	got := list[0]
	if got.Code != diag.TooLargeForKey || got.Severity != diag.Error || got.Pos.String() != "eng.yaml" ||
		!strings.HasPrefix(got.Message, `the settings of group "eng" are 2`) || !strings.HasSuffix(got.Message, " bytes, more than the limit of 2097152") {
		t.Errorf("got %+v", got)
	}
}

// TestTooLargeProfile: what a profile carries counts together, and only where one is built.
func TestTooLargeProfile(t *testing.T) {
	guide := "guidance:\n  - title: Style\n    text: " + strings.Repeat("x", 1_100_000) + "\n"
	const want = `settings and guidance of group "eng", together in a profile, are 2`
	for targets, problems := range map[string]int{"": 1, "delivery: {targets: [plist]}\n": 1, "delivery: {targets: [managed-settings, claude-md]}\n": 0} {
		_, list := resolved(t, "a.yaml", targets+rules("a", 1_100_000), "eng.yaml", "group: eng\n"+guide)
		if len(list) != problems || problems == 1 && (list[0].Code != diag.TooLargeForKey || !strings.HasPrefix(list[0].Message, want)) {
			t.Errorf("%q: %v", targets, list)
		}
	}
	if _, list := resolved(t, "eng.yaml", "group: eng\n"+strings.ReplaceAll(guide, "xxxx", "xx")); len(list) != 0 {
		t.Errorf("a small one: %v", list)
	}
}

func TestBundles(t *testing.T) {
	r, _ := resolved(t,
		"base.yaml", "settings:\n  model: sonnet\nmcp_servers: {}\n",
		"eng.yaml", "group: eng\nplatforms: [linux, macos]\nguidance:\n  - {title: Style, text: \"be kind\"}\n")
	bundles := r.Bundles(r.Group("eng"))
	if len(bundles) != 3 {
		t.Fatalf("%d bundles", len(bundles))
	}
	linux, macos, windows := bundles[0], bundles[1], bundles[2]
	if linux.Platform != "linux" || macos.Platform != "macos" || windows.Platform != "windows" {
		t.Error("the platforms are not in order")
	}
	if linux.Organization != "Acme" || linux.Audience.Name != "eng" || linux.Audience.Group != "eng" {
		t.Errorf("got %+v", linux.Audience)
	}
	if linux.Settings != macos.Settings || linux.Profile != macos.Profile || linux.MCP != macos.MCP {
		t.Error("platforms that do not differ do not share their documents")
	}
	if windows.Profile != windows.Settings {
		t.Error("a bundle without guidance has a profile of its own")
	}
	if got := string(linux.Settings.Compact()); got != `{"model":"sonnet"}` {
		t.Errorf("settings %s", got)
	}
	claudeMd := linux.Profile.Node.Get("claudeMd")
	if claudeMd.Str() != linux.Markdown() || claudeMd.Pos.File != "eng.yaml" {
		t.Errorf("claudeMd %q from %v", claudeMd.Str(), claudeMd.Pos)
	}
	if got := string(linux.MCP.Compact()); got != `{"mcpServers":{}}` {
		t.Errorf("an empty section must write an empty file, got %s", got)
	}
}

func TestBundlesWithoutSettings(t *testing.T) {
	r, _ := resolved(t, "eng.yaml", "group: eng\nguidance:\n  - {title: Style, text: \"be kind\"}\n")
	if b := r.Bundles(r.Group("default"))[0]; !b.Empty() || b.Profile != nil {
		t.Errorf("got %+v", b)
	}
	if b := r.Bundles(r.Group("eng"))[0]; b.Settings != nil || b.Profile == nil || b.Empty() {
		t.Errorf("got %+v", b)
	}
}
