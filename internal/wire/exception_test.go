package wire_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/wire"
)

func day(n int) *time.Time {
	t := time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC)
	return &t
}

// alice is the subject of most cases: at noon of 10 November, in group payments below engineering.
func alice() wire.Subject {
	return wire.Subject{
		Groups: []string{"payments", "engineering"}, User: "alice@acme.com", Project: "github.com/acme/web",
		At: day(10).Add(12 * time.Hour),
	}
}

func TestGranted(t *testing.T) {
	curl := []string{"no-curl"}
	whole := wire.Grants{"no-curl": {Whole: true}}
	none := wire.Grants{}
	cases := []struct {
		name       string
		exceptions []wire.Exception
		want       wire.Grants
	}{
		{"none", nil, none},
		{"own team", []wire.Exception{{Team: "payments", Policies: curl}}, whole},
		{"team above", []wire.Exception{{Team: "engineering", Policies: curl}}, whole},
		{"another team", []wire.Exception{{Team: "sre", Policies: curl}}, none},
		{"user", []wire.Exception{{User: "alice@acme.com", Policies: curl}}, whole},
		{"user in capitals", []wire.Exception{{User: "Alice@Acme.com", Policies: curl}}, whole},
		{"another user", []wire.Exception{{User: "bob@acme.com", Policies: curl}}, none},
		{"project by name", []wire.Exception{{Project: "web", Policies: curl}}, whole},
		{"project by glob", []wire.Exception{{Project: "github.com/acme/*", Policies: curl}}, whole},
		{"another project", []wire.Exception{{Project: "api", Policies: curl}}, none},
		{"nobody", []wire.Exception{{Policies: curl}}, none},
		{"all three", []wire.Exception{{Team: "payments", User: "alice@acme.com", Project: "web", Policies: curl}}, whole},
		{"team right, user wrong", []wire.Exception{{Team: "payments", User: "bob@acme.com", Policies: curl}}, none},
		{"user right, project wrong", []wire.Exception{{User: "alice@acme.com", Project: "api", Policies: curl}}, none},
		{"project right, team wrong", []wire.Exception{{Team: "sre", Project: "web", Policies: curl}}, none},
		{"permanent", []wire.Exception{{Team: "payments", Policies: curl, Starts: day(1)}}, whole},
		{"running", []wire.Exception{{Team: "payments", Policies: curl, Starts: day(10), Expires: day(11)}}, whole},
		{"expired", []wire.Exception{{Team: "payments", Policies: curl, Expires: day(10)}}, none},
		{"not yet started", []wire.Exception{{Team: "payments", Policies: curl, Starts: day(11)}}, none},
		{"overlapping", []wire.Exception{
			{Team: "payments", Policies: curl, Expires: day(11)}, {User: "alice@acme.com", Policies: curl, Starts: day(9)},
		}, whole},
		{"adjacent: the later one", []wire.Exception{
			{Team: "payments", Policies: curl, Expires: day(10)}, {Team: "payments", Policies: curl, Starts: day(10)},
		}, whole},
		{"gap", []wire.Exception{
			{Team: "payments", Policies: curl, Expires: day(10)}, {Team: "payments", Policies: curl, Starts: day(11)},
		}, none},
		{"values", []wire.Exception{{Team: "payments", Policies: curl, Values: []string{"b", "a"}}},
			wire.Grants{"no-curl": {Values: []string{"a", "b"}}}},
		{"values of two", []wire.Exception{
			{Team: "payments", Policies: curl, Values: []string{"b"}}, {User: "alice@acme.com", Policies: curl, Values: []string{"a", "b"}},
		}, wire.Grants{"no-curl": {Values: []string{"a", "b"}}}},
		{"values beside the whole", []wire.Exception{
			{Team: "payments", Policies: curl, Values: []string{"b"}}, {User: "alice@acme.com", Policies: curl},
		}, wire.Grants{"no-curl": {Whole: true, Values: []string{"b"}}}},
		{"expired values stay away", []wire.Exception{
			{Team: "payments", Policies: curl, Values: []string{"b"}, Expires: day(2)}, {Team: "payments", Policies: curl, Values: []string{"a"}},
		}, wire.Grants{"no-curl": {Values: []string{"a"}}}},
		{"several policies", []wire.Exception{{Team: "payments", Policies: []string{"no-curl", "no-wget"}}},
			wire.Grants{"no-curl": {Whole: true}, "no-wget": {Whole: true}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, wire.Granted(c.exceptions, alice())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGrantedWithoutFacts(t *testing.T) {
	exceptions := []wire.Exception{
		{Team: "payments", Policies: []string{"a"}}, {User: "alice@acme.com", Policies: []string{"b"}}, {Project: "*", Policies: []string{"c"}},
	}
	if got := wire.Granted(exceptions, wire.Subject{At: *day(10)}); len(got) != 0 {
		t.Errorf("an unknown subject got %v", got)
	}
}

func TestActiveAtTheEdges(t *testing.T) {
	e := wire.Exception{Starts: day(10), Expires: day(12)}
	for at, want := range map[time.Time]bool{
		day(10).Add(-1): false, *day(10): true, day(12).Add(-1): true, *day(12): false,
	} {
		if got := e.Active(at); got != want {
			t.Errorf("at %v: active is %v, want %v", at, got, want)
		}
		if zone := time.FixedZone("east", 9*3600); e.Active(at.In(zone)) != want {
			t.Errorf("at %v: the zone of the clock changes the answer", at)
		}
	}
}

func TestMatchProject(t *testing.T) {
	cases := []struct {
		pattern, remote string
		want            bool
	}{
		{"web", "github.com/acme/web", true},
		{"WEB", "github.com/acme/Web", true},
		{"web", "github.com/acme/web-api", false},
		{"web*", "github.com/acme/web-api", true},
		{"web", "github.com/web/api", false},
		{"acme/web", "github.com/acme/web", false},
		{"github.com/acme/web", "github.com/acme/web", true},
		{"github.com/acme/*", "github.com/acme/web", true},
		{"github.com/*", "github.com/acme/web", false},
		{"github.com/*/web", "github.com/acme/web", true},
		{"*/acme/web", "gitlab.acme.com/acme/web", true},
		{"*", "github.com/acme/web", true},
		{"*", "", false},
		{"", "github.com/acme/web", false},
		{"[", "github.com/acme/[", false},
	}
	for _, c := range cases {
		if got := wire.MatchProject(c.pattern, c.remote); got != c.want {
			t.Errorf("MatchProject(%q, %q) = %v, want %v", c.pattern, c.remote, got, c.want)
		}
	}
}

func TestNormalizeRemote(t *testing.T) {
	cases := []struct{ give, want string }{
		{"git@github.com:acme/web.git", "github.com/acme/web"},
		{"https://github.com/acme/web.git", "github.com/acme/web"},
		{"https://github.com/acme/web.git/", "github.com/acme/web"},
		{"https://github.com/acme/web", "github.com/acme/web"},
		{"https://GitHub.com/Acme/Web", "github.com/Acme/Web"},
		{"ssh://git@github.com:22/acme/web.git", "github.com/acme/web"},
		{"https://alice:secret@git.acme.com:8443/web", "git.acme.com/web"},
		{"https://alice@acme.com:secret@git.acme.com/web", "git.acme.com/web"},
		{"ssh://git@[::1]:2222/acme/web", "[::1]/acme/web"},
		{"git@[::1]:acme/web", "[::1]/acme/web"},
		{"github.com:acme/a]b", "github.com/acme/a]b"},
		{"host:/srv/git/web.git", "host/srv/git/web"},
		{"git+ssh://git@host/a/../b/web.git", "host/b/web"},
		{" git@github.com:acme/web.git\n", "github.com/acme/web"},
		{"/srv/git/web.git", ""},
		{"../web.git", ""},
		{"./a:b", ""},
		{"file:///srv/git/web.git", ""},
		{"FILE:/srv/web", ""},
		{`C:\src\web`, ""},
		{"C:/src/web", ""},
		{"https://", ""},
		{"https://github.com", ""},
		{"https://github.com/.git", ""},
		{"", ""},
	}
	for _, c := range cases {
		if got := wire.NormalizeRemote(c.give); got != c.want {
			t.Errorf("NormalizeRemote(%q) = %q, want %q", c.give, got, c.want)
		}
	}
}

// randomExceptions draws from few names, so that they often meet.
func randomExceptions(r *rand.Rand) []wire.Exception {
	pick := func(names ...string) string { return names[r.IntN(len(names))] }
	list := make([]wire.Exception, r.IntN(6))
	for i := range list {
		e := wire.Exception{Team: pick("", "payments", "sre"), User: pick("", "alice@acme.com", "bob@acme.com"), Project: pick("", "web", "api")}
		e.Policies = []string{pick("p", "q"), pick("p", "q", "r")}
		if r.IntN(2) == 0 {
			e.Values = []string{pick("x", "y"), pick("y", "z")}
		}
		if r.IntN(2) == 0 {
			e.Starts = day(1 + r.IntN(20))
		}
		if r.IntN(2) == 0 {
			e.Expires = day(1 + r.IntN(20))
		}
		list[i] = e
	}
	return list
}

func TestExceptionProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		list, who := randomExceptions(r), alice()
		want := wire.Granted(list, who)

		shuffled := slices.Clone(list)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(want, wire.Granted(shuffled, who)); diff != "" {
			t.Fatalf("the order of %+v matters: %s", list, diff)
		}
		if diff := cmp.Diff(want, wire.Granted(append(slices.Clone(list), list...), who)); diff != "" {
			t.Fatalf("writing %+v twice matters: %s", list, diff)
		}
		active := slices.DeleteFunc(slices.Clone(list), func(e wire.Exception) bool { return !e.Active(who.At) })
		if diff := cmp.Diff(want, wire.Granted(active, who)); diff != "" {
			t.Fatalf("an inactive exception of %+v counts: %s", list, diff)
		}
		more := append(slices.Clone(list), wire.Exception{Team: "payments", Policies: []string{"other"}})
		got := wire.Granted(more, who)
		delete(got, "other")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("an exception changes a policy it does not name: %s", diff)
		}
		for name, g := range wire.Granted(randomExceptions(r), wire.Subject{At: who.At}) {
			t.Fatalf("nobody was granted %s: %+v", name, g)
		}
	}
}

func FuzzNormalizeRemote(f *testing.F) {
	for _, seed := range []string{"git@github.com:acme/web.git", "https://a@b:c@d/e", "ssh://[::1]:22/x", `C:\x`, "file:///x", "a:b.git.git/", "h:/..", "\x00:\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, remote string) {
		got := wire.NormalizeRemote(remote)
		if got == "" {
			return
		}
		host, rest, _ := strings.Cut(got, "/")
		if host == "" || rest == "" || strings.HasSuffix(got, "/") || strings.HasSuffix(got, ".git") {
			t.Errorf("NormalizeRemote(%q) = %q, want host/path", remote, got)
		}
		// Reading the result again changes nothing, unless white space or a colon at an end of the host was part of it.
		if strings.TrimSpace(host) == host && !strings.ContainsAny(host, ":[]") {
			if again := wire.NormalizeRemote("https://" + got); again != got && strings.TrimSpace(got) == got {
				t.Errorf("NormalizeRemote(%q) = %q, and again %q", remote, got, again)
			}
		}
		if !wire.MatchProject("*", got) {
			t.Errorf("* does not match %q", got)
		}
	})
}
