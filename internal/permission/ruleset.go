package permission

import (
	"strings"
	"sync"
)

// Compiled is a policy made ready for many calls. It may be used by several
// goroutines at once.
type Compiled struct {
	Policy
	allow, ask, deny *ruleSet
	idle             sync.Pool // of *subject, see memory
}

// Compile makes a policy ready. It takes as long as some decisions, so it pays
// from a handful of calls on.
func Compile(p Policy) *Compiled {
	return &Compiled{Policy: p, allow: newRuleSet(forms(p.Allow)), ask: newRuleSet(forms(p.Ask)), deny: newRuleSet(forms(p.Deny))}
}

// forms compiles rules that were made by hand.
func forms(rules []Rule) []*form {
	out := make([]*form, len(rules))
	for i, r := range rules {
		out[i] = r.compiled()
	}
	return out
}

// ruleSet finds the rules of a list that can match a call at all. Most rules
// name a tool and a first word, so a call is compared with few of them. Numbers
// are places in the list, in rising order everywhere.
type ruleSet struct {
	forms []*form
	tools map[string]*toolRules
	wild  []int // rules for several tools
	paths [anchorCount]pathRules
}

// toolRules are the rules that name one tool.
type toolRules struct {
	rest  []int                  // whole tool, hosts, names, parameters
	words map[string][]candidate // shell commands by their first word
	open  []candidate            // shell commands that may begin with any word
}

// candidate is the place of a rule, and what a command or path needs to match it.
type candidate struct {
	at   int
	need pairs
}

// pathRules are the rules for paths below one anchor.
type pathRules struct {
	first map[string][]candidate // by the first folder
	open  []candidate            // below any folder
	// negated is set where a rule opens again what others match.
	negated bool
}

// newRuleSet sorts rules by what they can match.
func newRuleSet(forms []*form) *ruleSet {
	set := &ruleSet{forms: forms, tools: map[string]*toolRules{}}
	for i, f := range forms {
		if f.path != nil {
			set.paths[f.path.anchor].add(f.path, i)
		}
		if f.glob || isMCP(f.tool) && isServer(f.tool) {
			set.wild = append(set.wild, i)
			continue
		}
		t := set.tools[f.tool]
		if t == nil {
			t = &toolRules{}
			set.tools[f.tool] = t
		}
		t.add(f, i)
	}
	return set
}

// add sorts in one rule. A rule on a parameter of a shell is a rule for a
// command too.
func (t *toolRules) add(f *form, i int) {
	if f.bare || f.host != nil || f.name != nil || f.param != "" {
		t.rest = append(t.rest, i)
	}
	if f.command == nil {
		return
	}
	word, ok := f.command.firstWord()
	if !ok {
		t.open = append(t.open, candidate{i, f.command.pairs()})
		return
	}
	if t.words == nil {
		t.words = map[string][]candidate{}
	}
	t.words[word] = append(t.words[word], candidate{i, f.command.pairs()})
}

// add sorts in one path.
func (r *pathRules) add(p *pathPattern, i int) {
	r.negated = r.negated || p.negated
	switch {
	case len(p.segments) == 0:
	case p.segments[0] == "**" || p.loose[0] == "**" || !literal(p.segments[0]):
		r.open = append(r.open, candidate{i, p.pairs()})
	default:
		if r.first == nil {
			r.first = map[string][]candidate{}
		}
		r.first[p.segments[0]] = append(r.first[p.segments[0]], candidate{i, p.pairs()})
	}
}

// firstWord returns the word with which each text begins that the pattern
// matches; ok is false where there is none.
func (p *commandPattern) firstWord() (word string, ok bool) {
	text := squeeze(p.text)
	if p.parts != nil {
		text = p.parts[0]
	}
	word, _, spaced := strings.Cut(text, " ")
	return word, word != "" && (spaced || p.parts == nil)
}

// hit returns the first rule for a command in this reading, where best is the
// first of other readings; -1 is none. fits narrows the patterns, nil takes all.
func (t *toolRules) hit(set *ruleSet, v *variant, best int, fits func(*commandPattern) bool) int {
	for _, list := range [...][]candidate{t.words[v.first], t.open} {
		for i := range list {
			rule := &list[i]
			if best >= 0 && rule.at >= best {
				break
			}
			if !rule.need.within(&v.has) {
				continue
			}
			if p := set.forms[rule.at].command; (fits == nil || fits(p)) && p.match(v.text, v.squeezed) {
				best = rule.at
				break
			}
		}
	}
	return best
}

// earlier is the place that comes first; -1 is none.
func earlier(a, b int) int {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}
