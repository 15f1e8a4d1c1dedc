package calls

import (
	"strings"

	"github.com/policygen/policygen/internal/permission"
)

// What a large organization forbids, asks about and allows: 200 rules.
const (
	forbidden = `curl wget nc ncat socat telnet ftp sftp scp rsync ssh sudo su doas chown mount umount iptables systemctl service crontab at kubectl helm terraform aws gcloud az
		psql mysql mongosh redis-cli vault gpg openssl dd mkfs fdisk useradd usermod passwd visudo insmod modprobe tcpdump nmap strace gdb pkill killall`
	options = `* --no-verify *;* --privileged *;* --insecure *;git push --force *;git push -f *;git reset --hard *;git clean *;git config --global *;npm publish *;npm login *;yarn publish *;pip install --index-url *;cargo publish *;go env -w *
		;docker run -v / *;docker login *;gh auth *;gh repo delete *;* | sh;* | bash`
	secrets = `.env .env.* *.pem *.key *.p12 *.pfx *.jks *.keystore *.kdbx id_rsa id_ed25519 .netrc .pgpass .htpasswd *.tfstate *.tfvars secrets/** config/secrets.yaml **/credentials.json **/service-account*.json
		~/.ssh/** ~/.aws/** ~/.gnupg/** ~/.kube/** ~/.docker/** ~/.config/gcloud/** ~/.azure/** ~/.npmrc ~/.pypirc ~/.git-credentials //etc/shadow //etc/sudoers //etc/ssl/private/** //root/** //var/lib/secrets/** //proc/** //sys/** //run/secrets/** //mnt/** //media/**`
	sealed = `.github/workflows/** .gitlab-ci.yml Jenkinsfile .circleci/** Dockerfile* deploy/** infra/** terraform/** charts/** LICENSE CODEOWNERS //etc/** //usr/** //opt/** //var/** ~/.bashrc ~/.zshrc ~/.profile ~/.gitconfig migrations/**/*.sql`
	hosts  = `pastebin.com *.pastebin.com transfer.sh ngrok.io *.ngrok.io webhook.site requestbin.com hastebin.com file.io 0x0.st *.onion.example *.workers.example gist.example raw.example *.blob.example *.storage.example ix.example anonfiles.com mega.nz *.dropbox.example`
	asked  = `git push *|git merge *|git rebase *|git tag *|npm install *|npm uninstall *|yarn add *|pnpm add *|pip install *|go get *|cargo add *|docker *|podman *|make deploy *|make release *|rm *|mv *|chmod *|gh pr *|gh release *`
	open   = `Bash(git *)|Bash(go *)|Bash(npm run *)|Bash(npm test *)|Bash(make *)|Bash(node *)|Bash(yarn *)|Bash(pnpm *)|Bash(cargo *)|Bash(python3 -m pytest *)|Bash(pytest *)|Bash(tsc *)|Bash(eslint *)|Bash(prettier *)
		|Bash(mkdir *)|Bash(touch *)|Bash(cp *)|Bash(golangci-lint *)|Bash(gofmt *)|Bash(find *)|Edit(internal/**)|Edit(web/**)|Edit(docs/**)|Edit(*.md)|WebFetch(domain:docs.example.com)|WebFetch(domain:*.example.org)|mcp__jira__*|mcp__docs__*|Skill(review *)|Agent`
)

// Policy returns the rules, parsed. All of them are valid; a test counts them.
func Policy() permission.Policy {
	var p permission.Policy
	take := func(list *[]permission.Rule, before, after string, contents []string) {
		for _, c := range contents {
			if r, err := permission.Parse(before + strings.TrimSpace(c) + after); err == nil {
				*list = append(*list, r)
			}
		}
	}
	take(&p.Deny, "Bash(", " *)", strings.Fields(forbidden))
	take(&p.Deny, "Bash(", ")", strings.Split(options, ";"))
	take(&p.Deny, "Read(", ")", strings.Fields(secrets))
	take(&p.Deny, "Edit(", ")", strings.Fields(sealed))
	take(&p.Deny, "WebFetch(domain:", ")", strings.Fields(hosts))
	take(&p.Ask, "Bash(", ")", strings.Split(asked, "|"))
	take(&p.Allow, "", "", strings.Split(open, "|"))
	return p
}
