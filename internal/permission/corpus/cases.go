package corpus

import (
	_ "embed" // the cases made by hand
	"fmt"
	"math/rand/v2"
	"strings"
)

//go:embed testdata/handmade.txtar
var handmade string

// Cases returns what to record: the groups made by hand, then those that are
// generated. They are the same in each run.
func Cases() ([]Group, error) {
	groups, err := readGroups(handmade)
	if err != nil {
		return nil, err
	}
	// Any fixed seed would do; a new one makes a new corpus.
	g := &generator{Rand: rand.New(rand.NewPCG(2, 1329))}
	for _, more := range [][]Group{g.shell(), g.reading(), g.files(), g.hosts(), g.names(), g.modes()} {
		groups = append(groups, more...)
	}
	return groups, nil
}

// generator makes groups from a fixed seed.
type generator struct{ *rand.Rand }

// pick returns one of the words.
func (g *generator) pick(words []string) string { return words[g.IntN(len(words))] }

// bashCalls are calls of Bash, each command once.
func bashCalls(commands []string) []Call {
	var calls []Call
	seen := map[string]bool{}
	for _, c := range commands {
		if !seen[c] {
			seen[c] = true
			calls = append(calls, To("Bash", c))
		}
	}
	return calls
}

// lines cuts a text into its lines; blanks around a line do not count.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, strings.ReplaceAll(line, `\n`, "\n"))
		}
	}
	return out
}

// shapes are the lines in which a command can stand; @ and % are commands.
var shapes = lines(`
	@
	@
	@ && %
	@; %
	@ || %
	@ | %
	@ |& %
	@ & %
	@\n%
	@ &
	(@)
	{ @; }
	! @
	timeout 5 @
	timeout -s KILL 5 @
	time @
	nice @
	nice -n 5 @
	nohup @
	stdbuf -oL @
	command @
	builtin @
	env @
	env X=1 @
	sudo @
	sudo -u bob @
	doas @
	xargs @
	xargs -n1 @
	% | xargs @
	watch @
	exec @
	setsid @
	strace @
	FOO=1 @
	NODE_ENV=test @
	LANG=C @
	X=$(%) @
	X=1; @
	X=1 && @
	echo $(@)
	echo "$(@)"
	echo ${X:-$(@)}
	@ $(%)
	@ > out.txt
	@ >> out.txt
	@ 2> err.txt
	@ 2>&1
	@ > /dev/null 2>&1
	@ < keep.txt
	@ | tee out.txt
	@ | head -3
	@ | grep x
	cat keep.txt | @
	@ <<'EOF'\nx\nEOF
	@ <<< x
	cd sub && @
	cd sub; @
	cd /srv/outside && @
	cd .. && @
	if @; then %; fi
	while @; do %; done
	until @; do %; done
	for i in 1 2; do @; done
	for i in 1 2; do @; %; done
	case x in x) @;; esac
	[ -f x ] && @
	[[ -f x ]] && @
	test -f x || @
	true && @
	false || @
	bash -c '@'
	sh -c '@'
	eval @
	@ # %
	# %\n@
	@ 'x y'
	@ "x y"
	@ *.txt
	@ ~/x
	@ $HOME
	@ $X
	@ -- x
	@ && @ && %
	@; % | @
	@ | % | @
	find . -name x | xargs @
	find . -exec @ {} \;
	git status && @
	ls && @
	export X=1; @
	set -e; @
	f() { @; }; f
	diff <(@) <(%)
	(@; %) | %
	@ && (%)
	@ || { %; }
	\@
	/usr/bin/@
	./@
	'@'`)

// shellSets are policies for the shell, with the commands to put into shapes.
var shellSets = []struct {
	Group
	commands []string
}{
	{Group{Allow: []string{"Bash(foo *)", "Bash(bar:*)", "Bash(baz*)", "Bash(exact one)"}, Ask: []string{"Bash(foo ask *)"}, Deny: []string{"Bash(foo bad *)", "Bash(evil:*)"}},
		lines("foo x\nfoo\nbar y\nbarx\nbazx 1\nexact one\nexact two\nfoo ask z\nfoo bad z\nevil\nevil x\nevilx\nnope\nls\necho hi")},
	{Group{Allow: []string{"Bash"}, Ask: []string{"Bash(git push *)"}, Deny: []string{"Bash(rm *)", "Bash(curl *)", "Bash(* --force *)", "Bash(*.internal*)"}},
		lines("rm x\nrm -rf sub\ncurl http://x\ngit push\ngit push --force origin\nmake all\nmake --force\nwget a.internal/x\nls -l\nrmdir x")},
	{Group{Allow: []string{"Bash(npm run *)", "Bash(git commit *)", "Bash(make:*)", "Bash(go test ./...)"}, Ask: []string{"Bash(npm run deploy*)"}, Deny: []string{"Bash(git commit --no-verify *)", "Read(.env)", "Edit(/dist/**)"}},
		lines("npm run build\nnpm run\nnpm run deploy-prod\nnpm install\ngit commit -m x\ngit commit --no-verify -m x\nmake\nmake all\nmakefile\ngo test ./...\ngo test ./x\ngit status\ncat keep.txt\ncat .env\ntouch dist/x")},
	{Group{Deny: []string{"Bash(rm:*)", "Bash(sudo *)", "Bash(kubectl delete *)"}},
		lines("rm x\nrm\nsudo ls\nkubectl delete pod\nkubectl get pod\nls sub\npwd\ngit log --oneline\ngrep x keep.txt\nwc -l keep.txt")},
	{Group{Allow: []string{"Bash(foo *)", "Bash(tee *)", "Edit(out.txt)", "Edit(/logs/**)", "Read(//srv/outside/**)"}, Deny: []string{"Read(*.secret)", "Edit(keep.txt)"}},
		lines("foo x\ncat /srv/outside/o.txt\ncat sub/x.secret\nfoo > logs/a\nfoo > keep.txt\nhead -1 keep.txt\ntee logs/b\nls /srv/outside\nfoo y")},
}

// shell puts commands into shapes, and shapes into shapes.
func (g *generator) shell() []Group {
	var groups []Group
	for i, set := range shellSets {
		var commands []string
		for _, shape := range shapes {
			commands = append(commands, g.fill(shape, set.commands))
		}
		for range 30 {
			outer := g.pick(shapes)
			if strings.ContainsAny(outer, "'\n") {
				continue // quotes in quotes say nothing about rules
			}
			inner := g.fill(g.pick(shapes), set.commands)
			commands = append(commands, strings.NewReplacer("@", inner, "%", g.pick(set.commands)).Replace(outer))
		}
		set.Name, set.Calls = fmt.Sprintf("shell %d", i+1), bashCalls(commands)
		groups = append(groups, set.Group)
	}
	return groups
}

// fill replaces @ and % of a shape by two of the commands.
func (g *generator) fill(shape string, commands []string) string {
	return strings.NewReplacer("@", g.pick(commands), "%", g.pick(commands)).Replace(shape)
}
