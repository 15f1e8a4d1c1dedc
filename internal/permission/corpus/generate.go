package corpus

import (
	"fmt"
	"strings"
)

// readers are commands that the client may take for harmless.
var readers = strings.Fields(`ls cat head tail wc stat file diff cmp du df sort uniq cut nl rev tac column paste comm join od hexdump xxd strings
	md5sum sha256sum base64 fold fmt expand realpath readlink tree fd grep egrep rg find jq tr awk sed tee touch mkdir rm mv cp ln chmod
	pwd whoami id uname date hostname uptime free env printenv ps top which type command history echo printf true sleep seq basename dirname test
	git docker npm node python3 go cargo make kubectl gh curl wget ssh less more vim man help alias export cd pushd nproc arch locale groups cal
	lsof netstat ss ping dig nslookup tput clear tar zip unzip gzip sqlite3 psql yq xargs split csplit truncate dd shuf numfmt iconv getconf tsort pr`)

// arguments are put behind each.
var arguments = []string{"", "keep.txt", "-l", "--help", "--version", "/srv/outside/o.txt", "sub/../keep.txt", "-n 1 keep.txt", "x keep.txt", "~/notes.txt", ".env", "*.txt", "$HOME/notes.txt"}

// gitForms are calls of git that may be harmless.
var gitForms = lines(`
	status\nstatus -s\nlog\nlog -3 --oneline\nlog -p keep.txt\ndiff\ndiff HEAD~1\ndiff --stat\ndiff --output=x\nshow HEAD\nshow HEAD:keep.txt\nblame keep.txt\nbranch\nbranch -a
	branch new\nbranch -D x\nbranch --list\nbranch --show-current\ntag\ntag -l\ntag v1\nremote\nremote -v\nremote show origin\nremote add x y\nstash list\nstash\nstash show\nreflog
	rev-parse HEAD\nrev-list HEAD\nls-files\nls-tree HEAD\nls-remote\ndescribe\ndescribe --tags\nshortlog -s\ncat-file -p HEAD\nfor-each-ref\nconfig --get user.name\nconfig --list
	config user.name x\nworktree list\nmerge-base a b\nname-rev HEAD\ngrep x\n-C sub status\n-c a=b status\n--no-pager log\n--git-dir=x status\nfetch\npull\npush\ncommit -m x\nadd .
	checkout x\nreset --hard\nclean -fd\nrebase x\nbisect log\nsubmodule status\nversion\n--version\nhelp`)

// reading tries commands without a rule for them.
func (g *generator) reading() []Group {
	var commands []string
	for _, c := range readers {
		for _, n := range g.Perm(len(arguments))[:2] {
			commands = append(commands, strings.TrimSpace(c+" "+arguments[n]))
		}
	}
	for _, f := range gitForms {
		for _, form := range strings.Split(f, "\n") {
			commands = append(commands, "git "+form)
		}
	}
	commands = append(commands, lines(readingForms)...)
	return []Group{
		{Name: "reading", Deny: []string{"Bash(zzz *)", "Read(.env)"}, Calls: bashCalls(commands)},
		{Name: "reading with edits accepted", Mode: "acceptEdits", Calls: bashCalls(lines(changingForms))},
	}
}

// readingForms are options that make a harmless command another.
const readingForms = `
	find . -name x
	find . -delete
	find . -exec ls {} \;
	find . -fprint out
	find . -type f -newer keep.txt
	sort -o out keep.txt
	sort -u keep.txt
	sed -n 1,5p keep.txt
	sed -i s/a/b/ keep.txt
	sed s/a/b/ keep.txt
	rg --pre cat x
	rg x sub
	grep -r x .
	grep -r x /srv/outside
	tree -o out
	date +%s
	date -s x
	hostname -f
	hostname new
	jq . keep.txt
	jq -n env
	awk '{print $1}' keep.txt
	xargs ls
	xargs grep x
	ls | xargs cat
	ls | sort | uniq -c
	cat keep.txt | wc -l
	echo x | base64
	ls; pwd
	pwd && ls -la sub
	cat /srv/project/keep.txt
	cat ../project/keep.txt
	cat linkenv
	cat linkfile
	cat linkin/in.txt
	cat linkout/o.txt
	ls /
	ls ~
	cat /etc/hostname
	head -c 5 /dev/urandom
	ps aux
	env
	printenv HOME
	man -P cat ls
	type ls
	which -a ls
	command -v ls
	test -f keep.txt
	[ -f keep.txt ]
	[[ -f keep.txt && -d sub ]]
	node --version
	python3 --version
	go version
	npm ls
	cd sub
	cd sub && ls
	cd sub && cat deep/f.txt
	cd /srv/outside
	cd /srv/outside && ls
	cd
	cd ~
	cd -`

// changingForms change files in the project or elsewhere.
const changingForms = `
	mkdir new
	mkdir -p new/a
	touch new.txt
	rm keep.txt
	rm -rf sub
	rm /srv/outside/o.txt
	rmdir sub
	mv keep.txt new
	mv keep.txt /srv/outside/new
	cp keep.txt new
	cp /srv/outside/o.txt new
	sed -i s/a/b/ keep.txt
	sed -i s/a/b/ /srv/outside/o.txt
	ln -s keep.txt new
	chmod +x keep.txt
	tee new
	echo x > new
	echo x >> sub/new
	echo x > /srv/outside/new
	echo x > .git/hooks/x
	mkdir .claude/x
	touch .vscode/tasks.json
	touch .git/config
	rm -rf /
	rm -rf ~
	rm -rf *
	rm -rf .
	mkdir new && touch new/x
	mkdir new; make
	timeout 5 mkdir new
	FOO=1 mkdir new
	NODE_ENV=x mkdir new
	sudo mkdir new
	mkdir $X
	mkdir "$HOME/x"
	touch linkout/new
	touch linkin/new
	cat keep.txt > new
	ls > new
	cd sub && touch new
	cd /srv/outside && touch new
	truncate -s 0 keep.txt
	dd of=new
	install keep.txt new
	patch -p1
	git add .
	npm install`

// filePatterns are the content of file rules.
var filePatterns = strings.Fields(`.env *.secret sub sub/ sub/** sub/* ./sub/** /sub /sub/** /*.txt //srv/outside/** //srv/outside/* //srv/outside/o.txt //srv/outside ~/.ssh/** ~/.npmrc ~/*
	~/** ** * */** **/*.txt **/deep/** src/**/*.ts src/*/y.ts /src/main.ts src/main.ts x/y.ts keep.txt KEEP.TXT Foo.txt [a-k]*.txt ?op.log *.{txt,md} node_modules
	node_modules/** !keep.txt !sub/** real/** linkin/** linkin linkout/** linkenv linkfile a/b.txt ../outside/** /srv/project/sub/** //srv/project/sub/** //**/*.secret //** / ./ ./* .`)

// reads and changes are the paths that calls name.
var (
	reads = strings.Fields(`keep.txt sub/keep.txt sub/deep/f.txt a/b.txt .env sub/.env src/x/.env src/main.ts src/x/y.ts node_modules/m/i.js top.log Foo.TXT sub/x.secret
		real/in.txt linkenv linkin/in.txt linkout/o.txt linkfile /srv/outside/o.txt /srv/outside/d/p.txt /srv/outside/x.secret ~/.ssh/id_rsa ~/.npmrc ~/notes.txt
		./sub/keep.txt sub/../keep.txt ../outside/o.txt /srv/project/keep.txt /srv/project/../outside/o.txt missing.txt sub/missing.txt /srv/outside/linkback/keep.txt`)
	changes = strings.Fields(`new.txt sub/new.txt sub/deep/new.txt a/new.txt new.secret src/new.ts src/x/new.ts node_modules/m/new.js linkin/new.txt linkout/new.txt
		/srv/outside/new.txt /srv/outside/d/new.txt ~/new.txt ~/.ssh/new ./sub/new2.txt sub/../new3.txt ../outside/new4.txt .git/new .claude/new.json .vscode/new .idea/x .husky/x
		/srv/outside/linkback/new5.txt .bashrc .gitconfig sub/.git/new .mcp.json .claude/commands/x.md .claude/skills/x/SKILL.md .claude/agents/x.md .claude.json .zshrc .github/workflows/x.yml`)
)

// files tries patterns alone and in twos and threes, in each list.
func (g *generator) files() []Group {
	var groups []Group
	for n := range 24 {
		var patterns []string
		for range 1 + n%3 {
			patterns = append(patterns, g.pick(filePatterns))
		}
		group := Group{Name: fmt.Sprintf("files %02d", n+1)}
		var rules []string
		for _, p := range patterns {
			rules = append(rules, g.pick([]string{"Read", "Edit"})+"("+p+")")
		}
		switch n % 4 {
		case 0:
			group.Deny = rules
		case 1:
			group.Allow = rules
		case 2:
			group.Ask, group.Allow = rules[:1], rules[1:]
		case 3:
			group.Deny, group.Allow = rules[:1], append([]string{"Edit(**)", "Read(//srv/outside/**)"}, rules[1:]...)
		}
		group.Calls = g.fileCalls()
		groups = append(groups, group)
	}
	for i, dirs := range [][]string{{"/srv/outside"}, {"../outside/d"}, {"~/.ssh"}} {
		groups = append(groups, Group{Name: fmt.Sprintf("directories %d", i+1), Dirs: dirs, Mode: []string{"", "acceptEdits", ""}[i], Deny: []string{"Read(*.secret)"}, Calls: g.fileCalls()})
	}
	return groups
}

// fileCalls are some reads, some changes, and some commands on files.
func (g *generator) fileCalls() []Call {
	var calls []Call
	for _, n := range g.Perm(len(reads))[:10] {
		calls = append(calls, To("Read", reads[n]))
	}
	for _, n := range g.Perm(len(changes))[:8] {
		calls = append(calls, To("Write", changes[n]))
	}
	for _, n := range g.Perm(len(reads))[:3] {
		calls = append(calls, To("Bash", g.pick([]string{"cat ", "head -3 ", "grep x ", "ls ", "wc -l "})+reads[n]))
	}
	for _, n := range g.Perm(len(changes))[:3] {
		calls = append(calls, To("Bash", g.pick([]string{"echo x > ", "touch ", "tee ", "cp keep.txt ", "mkdir -p ", "ls >> "})+changes[n]))
	}
	return calls
}
