package scaffold

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// The files of a starter, in path order.
const (
	settingsPath = ".claude/settings.json"
	workflowPath = ".github/workflows/claude.yml"
	guidancePath = "CLAUDE.md"
)

// Kinds returns the kinds of repository that there are starters for.
func Kinds() []string { return []string{"service", "library", "infrastructure"} }

// Audience is whom a team's repository is for, and what policy gives them.
type Audience struct {
	Group     string
	Platforms []Platform // at least one
	Server    *Platform  // what the runner of a pipeline gets, which is Linux; nil where the group has no policy for that
}

// Platform is the policy of one platform.
type Platform struct {
	Name     string
	Settings *value.Node // nil where nothing is set
	// Agent returns what the endpoint agent denies a command line by, and the reason; nil where it denies none. It may be nil itself.
	Agent func(command string) (by *value.Node, reason string)
}

// denies returns what denies the commands of a rule, or of a line: a rule of the settings that covers it, or the agent.
func (p Platform) denies(raw string) (by *value.Node, reason string) {
	if by := covering(items(p.Settings.At("permissions.deny")), raw); by != nil {
		return by, "permissions.deny has " + by.Str()
	}
	rule, err := permission.Parse(raw)
	if p.Agent == nil || err != nil || rule.Tool != "Bash" {
		return nil, ""
	}
	return p.Agent(strings.TrimSuffix(rule.Content, " *"))
}

// Starter is what a team's own repository starts with.
type Starter struct {
	Files   []File
	LeftOut []LeftOut
}

// LeftOut is a part of a starter that the policy refuses, so that it would promise what nobody gets.
type LeftOut struct {
	File string
	effective.Refusal
}

// NewStarter returns the starter of a kind without what policy refuses on one of the audience's platforms: a repository is for all of them.
func NewStarter(cat *catalog.Catalog, kind string, who Audience) (Starter, error) {
	if !slices.Contains(Kinds(), kind) {
		return Starter{}, fmt.Errorf("there is no starter for %q", kind)
	}
	s := &starting{catalog: cat, who: who}
	settings, err := s.settings("templates/starters/" + kind + ".json")
	if err != nil {
		return Starter{}, err
	}
	s.result.Files = append(s.result.Files, File{settingsPath, append(value.AppendIndent(nil, settings, 0), '\n')})
	if refusal := pipeline(who.Server); refusal != nil {
		s.leave(workflowPath, *refusal)
	} else if err := s.add(workflowPath, "workflow-claude.yml", "__CLIENT__", clientFor(who.Server.Settings)); err != nil {
		return Starter{}, err
	}
	if err := s.add(guidancePath, kind+".md"); err != nil {
		return Starter{}, err
	}
	s.withoutCommands(&s.result.Files[len(s.result.Files)-1])
	return s.result, nil
}

// starting is one run of NewStarter.
type starting struct {
	catalog *catalog.Catalog
	who     Audience
	result  Starter
}

// add fills in a template.
func (s *starting) add(path, template string, replacements ...string) error {
	text, err := templates.ReadFile("templates/starters/" + template)
	if err != nil {
		return fmt.Errorf("template of %s: %w", path, err)
	}
	fill := strings.NewReplacer(append(replacements, "__GROUP__", s.who.Group)...)
	s.result.Files = append(s.result.Files, File{path, []byte(fill.Replace(string(text)))})
	return nil
}

// leave remembers what was left out, once for all platforms.
func (s *starting) leave(file string, r effective.Refusal) {
	same := func(l LeftOut) bool { return l.File == file && l.Path == r.Path && value.Equal(l.Value, r.Value) }
	if !slices.ContainsFunc(s.result.LeftOut, same) {
		s.result.LeftOut = append(s.result.LeftOut, LeftOut{file, r})
	}
}

// settings reads the project settings of a template and takes out what one of the platforms refuses.
func (s *starting) settings(template string) (*value.Node, error) {
	text, err := templates.ReadFile(template)
	if err != nil {
		return nil, fmt.Errorf("template of %s: %w", settingsPath, err)
	}
	own, err := value.Parse(settingsPath, text, value.MaxDepth)
	if err != nil {
		return nil, fmt.Errorf("template of %s: %w", settingsPath, err)
	}
	gone := map[string]bool{}
	for _, p := range s.who.Platforms {
		layer := effective.Layer{Scope: effective.Project, Settings: own}
		refused := effective.Merge(s.catalog, effective.Managed{Settings: p.Settings}, []effective.Layer{layer}).Refused
		for _, r := range append(refused, overruled(own, p)...) {
			s.leave(settingsPath, r)
			gone[mark(r.Path, r.Value)] = true
		}
	}
	return without(own, "", gone), nil
}

// mark is what a refusal and the value that it is about have in common.
func mark(path string, n *value.Node) string { return path + " " + string(value.AppendJSON(nil, n)) }

// without returns settings without what is gone and what that leaves empty; nil where nothing is left. The entries of a list are marked with
// the path of the list.
func without(n *value.Node, path string, gone map[string]bool) *value.Node {
	if gone[mark(path, n)] {
		return nil
	}
	rest := *n
	rest.Items, rest.Members = nil, nil
	for _, item := range n.Items {
		if !gone[mark(path, item)] {
			rest.Items = append(rest.Items, item)
		}
	}
	for _, m := range n.Members {
		if m.Value = without(m.Value, catalog.Join(path, m.Key), gone); m.Value != nil {
			rest.Members = append(rest.Members, m)
		}
	}
	if len(rest.Items)+len(rest.Members) == 0 && len(n.Items)+len(n.Members) > 0 {
		return nil
	}
	return &rest
}

// overruled returns the rules that never decide, because what wins over theirs matches all that they match. The client keeps such rules, so
// nobody but the compiler can tell.
func overruled(own *value.Node, p Platform) []effective.Refusal {
	var refused []effective.Refusal
	for _, list := range []string{"allow", "ask"} {
		path := "permissions." + list
		for _, rule := range items(own.At(path)) {
			by, reason := p.denies(rule.Str())
			if by == nil && list == "allow" {
				if by = covering(items(p.Settings.At("permissions.ask")), rule.Str()); by != nil {
					reason = "permissions.ask has " + by.Str()
				}
			}
			if by != nil {
				refused = append(refused, effective.Refusal{Scope: effective.Project, Path: path, Value: rule, By: by, Reason: reason})
			}
		}
	}
	return refused
}

// covering returns the first rule that matches every call which another one matches.
func covering(rules []*value.Node, raw string) *value.Node {
	rule, err := permission.Parse(raw)
	if err != nil {
		return nil
	}
	for _, n := range rules {
		if above, err := permission.Parse(n.Str()); err == nil && permission.Covers(above, rule) {
			return n
		}
	}
	return nil
}

// items returns the entries of a list, none of what is no list.
func items(n *value.Node) []*value.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// command is a line of CLAUDE.md that tells how to run something.
var command = regexp.MustCompile("(?m)^- `([^`]+)`: .*\n")

// withoutCommands takes the lines out that tell to run what policy denies.
func (s *starting) withoutCommands(f *File) {
	f.Data = command.ReplaceAllFunc(f.Data, func(line []byte) []byte {
		text := string(command.FindSubmatch(line)[1])
		if strings.HasSuffix(text, "/") {
			return line // a folder
		}
		for _, p := range s.who.Platforms {
			if by, reason := p.denies(permission.Rule{Tool: "Bash", Content: text, HasContent: true}.String()); by != nil {
				s.leave(f.Path, effective.Refusal{Scope: effective.Project, Path: "command", Value: value.Text(text, by.Pos), By: by, Reason: reason})
				return nil
			}
		}
		return line
	})
	f.Data = bytes.Replace(f.Data, []byte("## Commands\n\n\n"), nil, 1) // none was left
}

// pipeline returns what in the policy keeps the client from working with a long-lived token on a runner, nil where nothing does. Each was seen
// on 2.1.329: the client ends before its first request.
func pipeline(p *Platform) *effective.Refusal {
	refuse := func(by *value.Node, reason string) *effective.Refusal {
		return &effective.Refusal{Scope: effective.Project, Value: value.Text(workflowPath, diag.Pos{}), By: by, Reason: reason}
	}
	if p == nil {
		return refuse(nil, "the group has no policy for linux, which the runner needs")
	}
	login, providers, organizations := p.Settings.At("forceLoginMethod"), p.Settings.At("allowedProviders"), p.Settings.At("forceLoginOrgUUID")
	switch {
	case login.Str() == "gateway":
		return refuse(login, "a token does not sign in at a gateway")
	case providers != nil && !slices.ContainsFunc(providers.Items, func(n *value.Node) bool { return n.Str() == "anthropic" }):
		return refuse(providers, "allowedProviders does not list anthropic, for which the token is")
	case organizations != nil && organizations.Kind == value.List && len(organizations.Items) == 0:
		return refuse(organizations, "forceLoginOrgUUID lets nobody sign in")
	}
	if by := covering(items(p.Settings.At("permissions.deny")), "Read"); by != nil {
		return refuse(by, "permissions.deny has "+by.Str()+", and a review reads")
	}
	if by := guard(p.Settings.Get("hooks")); by != nil {
		return refuse(by, "a hook blocks where its program is missing, and a runner does not have "+by.Str())
	}
	return nil
}

// guard returns the command of a hook that a review would meet, that blocks when it fails, and that no tree of the policy brings along.
func guard(hooks *value.Node) *value.Node {
	for _, event := range []string{"UserPromptSubmit", "PreToolUse"} {
		for _, group := range items(hooks.Get(event)) {
			matcher := group.Get("matcher").Str()
			met := matcher == "" || matcher == "*" || strings.Contains(matcher, "Read") || strings.Contains(matcher, "Grep") || strings.Contains(matcher, "Glob")
			for _, hook := range items(group.Get("hooks")) {
				command := hook.Get("command")
				blocks := strings.Contains(command.Str(), "exit 2") || hook.Get("onFailure").Str() == "block"
				if met && blocks && strings.HasPrefix(command.Str(), "/") && !strings.HasPrefix(command.Str(), "/etc/claude-code/") {
					return command
				}
			}
		}
	}
	return nil
}

// clientFor returns the version to install: the newest that policygen knows, inside of what the policy lets start.
func clientFor(policy *value.Node) string {
	version := catalog.NewestSeen
	if least := policy.At("requiredMinimumVersion").Str(); least != "" && catalog.Newer(least, version) {
		version = least
	}
	if most := policy.At("requiredMaximumVersion").Str(); most != "" && catalog.Newer(version, most) {
		version = most
	}
	return version
}
