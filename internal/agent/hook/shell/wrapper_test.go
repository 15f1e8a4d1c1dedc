package shell_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook/shell"
)

// TestWrappersShowTheirCommand: a forbidden command is found behind everything that starts it.
func TestWrappersShowTheirCommand(t *testing.T) {
	for _, line := range []string{
		"sudo rm x", "sudo -n rm x", "sudo -u root rm x", "sudo --user=root rm x", "sudo -E -H -- rm x", "sudo A=1 rm x", "/usr/bin/sudo rm x",
		"doas -u root rm x", "env rm x", "env -u HOME A=1 B=2 rm x", "env -C /tmp rm x", "A=1 B=2 env rm x", "sudo env A=1 nice -n 19 rm x",
		"nohup rm x", "time -p rm x", "timeout 5 rm x", "timeout -s KILL 5m rm x", "timeout --preserve-status 5 rm x", "nice rm x", "ionice -c 3 rm x",
		"stdbuf -oL rm x", "setsid -w rm x", "exec rm x", "exec -a name rm x", "command rm x", "builtin rm x", "taskset 0x3 rm x", "chrt 10 rm x",
		"flock /tmp/lock rm x", "chroot /mnt rm x", "strace -f -o log rm x", "busybox rm x", "systemd-run --user rm x", "xargs rm x",
		"xargs -I {} rm x", "xargs -0 -P 4 -n 1 rm x", "parallel -j 4 rm x", "find . -exec rm x", "find . -type f -execdir rm x", "find / -ok rm x",
		"fd . -x rm x", "fd . --exec-batch rm x", "sudo find . -exec rm x", "find . -exec sudo rm x", "xargs sudo -u bob rm x", "rm.exe x",
		`C:/bin/rm.exe x`, "../rm x", "sudo /bin/rm x",
	} {
		found := false
		for _, w := range shell.Read(line, shell.Posix).Commands[0].Readings() {
			found = found || slices.Equal(w, []string{"rm", "x"})
		}
		if !found {
			t.Errorf("%s: no reading is rm x", line)
		}
	}
}

// TestScriptsOfWrappers: a script is taken apart wherever a shell stands.
func TestScriptsOfWrappers(t *testing.T) {
	for _, line := range []string{
		"bash -c 'ls; rm x'", "sh -xc 'rm x'", "zsh -ic 'rm x'", "/bin/bash -c 'rm x'", "sudo bash -c 'rm x'", "env A=1 sh -c 'rm x'", "xargs -I{} sh -c 'rm x'",
		"find . -exec sh -c 'rm x' \\;", "timeout 5 bash -c 'rm x'", "eval 'rm x'", "eval rm x", "eval \"eval 'rm x'\"", "watch 'rm x'", "su -c 'rm x'",
		"su - bob -c 'rm x'", "su bob --command 'rm x'", "runuser -u bob -- sh -c 'rm x'", "script -c 'rm x' log", "flock /l -c 'rm x'", "env -S 'rm x'",
		"env --split-string 'rm x'", "bash -c \"bash -c 'rm x'\"", "bash -c '$(rm x)'", "bash -c '(rm x)'", "echo $(bash -c 'rm x')", "fish -c 'rm x'",
		"bash <<< 'rm x'", "sudo sh <<A\nrm x\nA\n",
	} {
		l := shell.Read(line, shell.Posix)
		if !slices.Contains(texts(l), "rm x") {
			t.Errorf("%q hides rm x: %q", line, texts(l))
		}
	}
	for _, line := range []string{"echo bash -c 'rm x'", "bash script 'rm x'", "bash -x 'rm x'", "python -c 'rm x'", "git -c 'rm x'", "echo eval 'rm x'"} {
		if l := shell.Read(line, shell.Posix); slices.Contains(texts(l), "rm x") {
			t.Errorf("%q runs no rm x: %q", line, texts(l))
		}
	}
}

// TestReadingsInOrder: as written comes first, since messages show it.
func TestReadingsInOrder(t *testing.T) {
	for line, want := range map[string][]string{
		"ls -l":              {"ls -l"},
		"/bin/ls -l":         {"/bin/ls -l", "ls -l"},
		"A=1 ls":             {"A=1 ls", "ls"},
		"A=1":                {"A=1"},
		"A=1 B=2 /bin/ls":    {"A=1 B=2 /bin/ls", "B=2 /bin/ls", "/bin/ls", "ls"},
		"sudo -u a ls":       {"sudo -u a ls", "a ls", "ls"},
		"sudo":               {"sudo"},
		"sudo -k":            {"sudo -k"},
		"timeout 5 ls":       {"timeout 5 ls", "5 ls", "ls"},
		"find . -exec":       {"find . -exec"},
		"find -exec a -ok b": {"find -exec a -ok b", "a -ok b", "b"},
		"grep -exec ls":      {"grep -exec ls"},
	} {
		var got []string
		for _, w := range shell.Read(line, shell.Posix).Commands[0].Readings() {
			got = append(got, strings.Join(w, " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

// TestCoreKeepsWhatChangesTheProgram: an allowlist approves nothing that a wrapper or variable may turn into another command.
func TestCoreKeepsWhatChangesTheProgram(t *testing.T) {
	for line, want := range map[string]string{
		"PATH=/x ls": "PATH=/x ls", "CI=1 PATH=/x ls": "PATH=/x ls", "CI=1 TZ=UTC ls": "ls", "CI+=1 ls": "ls", "GIT_SSH_COMMAND=x git pull": "GIT_SSH_COMMAND=x git pull",
		"timeout 1.5h ls": "ls", "timeout x ls": "timeout x ls", "timeout 5": "timeout 5", "nohup": "nohup", "time -p ls": "time -p ls", "nice nohup time ls": "ls",
		"env ls": "env ls", "xargs ls": "xargs ls", "nohup CI=1 ls": "CI=1 ls", "timeout 5 nice timeout 6 ls": "ls",
	} {
		if got := strings.Join(shell.Read(line, shell.Posix).Commands[0].Core(), " "); got != want {
			t.Errorf("the core of %q is %q, want %q", line, got, want)
		}
	}
}

func TestRedirectTargets(t *testing.T) {
	read := func(path string) shell.Redirect { return shell.Redirect{Path: path} }
	write := func(path string) shell.Redirect { return shell.Redirect{Path: path, Write: true} }
	for line, want := range map[string][]shell.Redirect{
		"a": nil, "a >b": {write("b")}, "a>b": {write("b")}, "a >> b": {write("b")}, "a >| b": {write("b")}, "a &>b": {write("b")}, "a &>>b": {write("b")},
		"a 2>b": {write("b")}, "a <b": {read("b")}, "a 0<b": {read("b")}, "a <> b": {write("b")}, "a >&b": {write("b")}, "a <&3": nil, "a >&-": nil,
		"a 2>&1 >b": {write("b")}, "a > '/x y'": {write("/x y")}, `a > "$HOME"/b`: {write("$HOME/b")}, "> b": {write("b")}, "> b a": {write("b")},
		"a >/dev/null": nil, "a >/dev/null/../b": {write("/dev/null/../b")}, "a <<< b": nil, "a '>' b": nil, `a \> b`: nil, "a <b >c 2>d": {read("b"), write("c"), write("d")},
	} {
		var got []shell.Redirect
		for _, c := range shell.Read(line, shell.Posix).Commands {
			got = append(got, c.Redirects...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
	for _, line := range []string{"a >", "a > ; b", "a <", "a > | b"} {
		if l := shell.Read(line, shell.Posix); l.Unsure != "a redirection has no target" {
			t.Errorf("%q is unsure for %q", line, l.Unsure)
		}
	}
}

// TestExactBounds: the last line within a bound is read whole, the first one beyond it says so.
func TestExactBounds(t *testing.T) {
	cases := []struct {
		name, within, beyond, why string
		commands                  int // of the line within
	}{
		{"bytes", "a" + strings.Repeat(" ", shell.MaxLine-1), "a" + strings.Repeat(" ", shell.MaxLine), "too long", 1},
		{"commands", strings.Repeat("a;", 2000), strings.Repeat("a;", 2001), "too many parts", 2000},
		{"depth", strings.Repeat("(", 23) + "a" + strings.Repeat(")", 23), strings.Repeat("(", 24) + "a" + strings.Repeat(")", 24), "nested too deeply", 1},
		{"variables", "echo " + strings.Repeat("$b", 256), "echo " + strings.Repeat("$b", 257), "too many variables", 1},
	}
	for _, c := range cases {
		if l := shell.Read(c.within, shell.Posix); l.Unsure != "" || l.Partial || len(l.Commands) != c.commands {
			t.Errorf("%s within: %d commands, partial %v, unsure %q", c.name, len(l.Commands), l.Partial, l.Unsure)
		}
		if l := shell.Read(c.beyond, shell.Posix); !l.Partial || !strings.Contains(l.Unsure, c.why) {
			t.Errorf("%s beyond: partial %v, unsure %q, want %q", c.name, l.Partial, l.Unsure, c.why)
		}
	}
}
