//go:build conformance

package conformance

import (
	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/lower"
)

// withFiles is a home and a project with things to protect.
func withFiles() client.SessionOptions {
	return client.SessionOptions{Setup: client.Setup{
		Home:    map[string]string{".ssh/id": "key\n", ".profile": ""},
		Project: map[string]string{"secrets/a": "key\n", "sub/secrets/a": "fine\n", "k.pem": "key\n", "sub/k.pem": "fine\n", "ci/a": "x\n", "sub/ci/a": "x\n", "ok": "fine\n"},
	}}
}

// python is a program that rules know nothing of.
func python(says verdict, program, want string) probe {
	return bash(says, `python3 -c "`+program+`"`, want)
}

// pathTrials: rules hold the file tools and the shell's usual readers and writers, the sandbox every program.
func pathTrials() []trial {
	return []trial{
		{
			target: "readPath", kind: "denylist", rest: `values: [secrets, ~/.ssh, /etc/hostname, "*.pem"]`, more: freely, level: lower.Partial, machine: withFiles(),
			probes: []probe{
				uses(forbidden, "Read", `{"file_path": "PROJECT/secrets/a"}`, byRule), uses(forbidden, "Read", `{"file_path": "/etc/hostname"}`, byRule),
				uses(forbidden, "Edit", `{"file_path": "PROJECT/secrets/a", "old_string": "k", "new_string": "x"}`, byRule),
				bash(forbidden, "cat ~/.ssh/id", byRule), bash(forbidden, "cat sub/../secrets/a", byRule), bash(forbidden, "cd secrets; cat a", byRule),
				bash(forbidden, "head -1 < secrets/a", byRule), bash(forbidden, "cp secrets/a b", byRule), bash(forbidden, "cat k.pem", byRule),
				bash(gap, "while read l; do echo $l; done < secrets/a", "ran"), bash(gap, "grep -r key .", "ran"),
				python(gap, "print(open('secrets/a').read())", "ran"),
				bash(allowed, "cat sub/secrets/a", "ran"), bash(allowed, "cat sub/k.pem", "ran"), uses(allowed, "Read", `{"file_path": "PROJECT/ok"}`, "ran"),
			},
		},
		{
			target: "readPath", kind: "denylist", rest: "values: [secrets, ~/.ssh, /etc/hostname]", more: sealed, level: lower.Native, machine: withFiles(),
			probes: []probe{
				python(forbidden, "print(open('secrets/a').read())", "failed"), python(forbidden, "print(open('/etc/hostname').read())", "failed"),
				python(forbidden, "import os; print(open(os.environ['HOME'] + '/.ssh/id').read())", "failed"),
				bash(forbidden, "while read l; do echo $l; done < secrets/a", "failed"), bash(forbidden, "sh -c 'cat secrets/a'", "failed"),
				python(allowed, "print(open('ok').read(), open('sub/secrets/a').read())", "ran"),
			},
		},
		{
			target: "readPath", kind: "pattern-deny", rest: "pattern: '^/(etc|boot)/'", more: sealed, level: lower.Native,
			probes: []probe{
				uses(forbidden, "Read", `{"file_path": "/etc/passwd"}`, byRule), bash(forbidden, "cat /etc/passwd", byRule), bash(forbidden, "ls /etc", byRule),
				uses(allowed, "Read", `{"file_path": "/usr/lib/os-release"}`, byApproval), python(allowed, "print(open('/usr/lib/os-release').read())", "ran"),
				python(forbidden, "print(open('/etc/passwd').read())", "failed"),
			},
		},
		{
			target: "writePath", kind: "denylist", rest: "values: [ci, ~/.profile]", more: freely, level: lower.Partial, machine: withFiles(),
			probes: []probe{
				uses(forbidden, "Write", `{"file_path": "PROJECT/ci/new", "content": "x"}`, byRule), bash(forbidden, "echo >> ~/.profile", byRule),
				bash(forbidden, "echo x > ci/a", byRule), bash(forbidden, "touch ci/b", byRule), bash(forbidden, "sed -i s/x/y/ ci/a", byRule),
				bash(forbidden, "tee ci/t < ok", byRule), bash(forbidden, "mv ok ci/ok", byRule), bash(forbidden, "rm ci/a", byRule),
				python(gap, "open('ci/q', 'w')", "ran"),
				uses(allowed, "Read", `{"file_path": "PROJECT/ci/a"}`, "ran"), bash(allowed, "echo x > sub/ci/a", "ran"),
				uses(allowed, "Write", `{"file_path": "PROJECT/sub/ci/new", "content": "x"}`, "ran"),
			},
		},
		{
			target: "writePath", kind: "denylist", rest: "values: [ci, ~/.profile, PROJECT/sub/ci, later]", more: sealed, level: lower.Native, machine: withFiles(),
			probes: []probe{
				python(forbidden, "open('ci/q', 'w')", "failed"), python(forbidden, "open('sub/ci/q', 'w')", "failed"),
				python(forbidden, "import os; os.mkdir('later'); open('later/a', 'w')", "failed"), python(allowed, "open('ok', 'w')", "ran"),
			},
		},
		{
			target: "writePath", kind: "pattern-deny", rest: "pattern: '^PROJECT/(ci|sub)/'", more: freely, level: lower.Partial, machine: withFiles(),
			probes: []probe{
				uses(forbidden, "Write", `{"file_path": "PROJECT/sub/new", "content": "x"}`, byRule), bash(forbidden, "touch ci/b", byRule),
				python(gap, "open('ci/q', 'w')", "ran"), bash(allowed, "touch cinema", "ran"),
			},
		},
	}
}
