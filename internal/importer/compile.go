package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

// Options say what the new file is to be.
type Options struct {
	Organization string       // the name, where no file brings one
	Group        string       // "" for an organization file, else the group whose overlay it is
	Base         *source.Tree // the policies that the overlay joins; nil without a group
	File         string       // path of the new file below the policy folder
	At           time.Time
}

// Left is something that could not be kept.
type Left struct {
	Place  string // where it stands in what was imported
	Path   string // settings.permissions.deny[0]
	Reason string
	Client string // what the client does with it; may be empty
}

// Result is the policy file, proved.
type Result struct {
	File   string
	Text   []byte
	Left   []Left
	Leaves int // settings and servers that were compared
}

// Unproved is an import that does not build, or builds something else. Differences
// name what, each on a line.
type Unproved struct {
	List        diag.List // of the new file as it would be, or of what it joins
	Text        []byte    // of the new file
	Differences []string
}

// Error says in one line what is wrong.
func (u *Unproved) Error() string {
	if len(u.Differences) > 0 {
		return "the policy file would build other settings than were imported"
	}
	return "the policy file would not build"
}

// import is one run of Compile.
type importing struct {
	Options
	cat      *catalog.Catalog
	joined   *Joined
	settings *value.Node // what is kept
	servers  *value.Node
	guidance []policy.Section
	lifted   bool   // the guidance is the claudeMd key of a profile
	oldest   string // client.minimum_version
	left     []Left
}

var versionForm = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,6}){2}$`)

// Compile makes the policy file and compiles it. It fails with an *[Unproved] where
// the same settings do not come out.
func Compile(cat *catalog.Catalog, joined *Joined, o Options) (*Result, error) {
	i := &importing{Options: o, cat: cat, joined: joined, settings: joined.Settings, servers: joined.Servers, oldest: "2.1.240"}
	if v := joined.Settings.Get("requiredMinimumVersion").Str(); versionForm.MatchString(v) {
		i.oldest = v
	}
	i.names()
	r, err := i.attempt()
	if err != nil && i.lifted { // the text is not exactly what guidance builds: it stays the key that it was
		again := &importing{Options: o, cat: cat, joined: joined, settings: joined.Settings, servers: joined.Servers, oldest: i.oldest}
		again.names()
		again.guidance, again.lifted = nil, false
		again.settings = joined.Settings
		r, err = again.attempt()
	}
	return r, err
}

// attempt drops what the compiler refuses until nothing is refused, and proves the
// rest.
func (i *importing) attempt() (*Result, error) {
	for range maxRounds {
		document := i.document(i.overlay())
		probe := value.AppendIndent(nil, document, 0)
		_, list, err := i.check("import.json", probe)
		if err != nil {
			return nil, err
		}
		if !i.drop(document, probe, list) {
			return i.prove()
		}
	}
	return i.prove()
}

// maxRounds bounds how often something new is found wrong after something was dropped.
// Each round drops all that it finds.
const maxRounds = 20

// tree returns the policies with the new file among them.
func (i *importing) tree(name string, text []byte) *source.Tree {
	if i.Base != nil {
		return i.Base.With(name, text)
	}
	return source.Memory([]source.File{{Path: name, Data: text}})
}

// check compiles the policies with the new file.
func (i *importing) check(name string, text []byte) (*compile.Program, diag.List, error) {
	return compile.Check(i.tree(name, text), i.At)
}

// drop takes out what errors point at, and reports whether there was anything. Secrets
// go first: what else is said of them might quote them.
func (i *importing) drop(document *value.Node, probe []byte, list diag.List) bool {
	if newest := i.cat.ClientVersion(); i.oldest != newest && slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Code == diag.KeyTooNew }) {
		i.oldest = newest // a fleet that is given a key is expected to know it
		return true
	}
	root, _ := policy.Parse("import.json", probe)
	for _, secrets := range []bool{true, false} {
		var paths [][]string
		for _, d := range list.Sorted() {
			if d.Severity != diag.Error || d.Pos.File != "import.json" || (d.Code == diag.SecretValue) != secrets {
				continue
			}
			path := unit(pathTo(root, d.Pos))
			if !droppable(path) || slices.ContainsFunc(paths, func(p []string) bool { return slices.Equal(p, path) }) {
				continue
			}
			paths = append(paths, path)
			i.tell(document, path, d)
		}
		i.remove(paths, secrets)
		if len(paths) > 0 {
			return true
		}
	}
	return false
}

// droppable reports whether a path is inside of what was imported.
func droppable(path []string) bool {
	return len(path) > 1 && (path[0] == "settings" || path[0] == "mcp_servers" || path[0] == "guidance")
}

// unit widens a path to what can be left out without changing what stays: a whole list
// entry, because a hook without its matcher would fire always, and a whole MCP server
// unless a placeholder can stand for the value.
func unit(path []string) []string {
	if len(path) > 2 && path[0] == "mcp_servers" && placeholder(path) == "" {
		return path[:2]
	}
	for n := len(path); n > 2; n-- {
		if _, err := strconv.Atoi(path[n-1]); err == nil {
			return path[:n]
		}
	}
	return path
}

// pathTo returns the keys and indexes that lead to the value, or to the key, at a
// place.
func pathTo(n *value.Node, pos diag.Pos) []string {
	for i, item := range n.Items {
		if item.Pos == pos {
			return []string{strconv.Itoa(i)}
		}
		if below := pathTo(item, pos); below != nil {
			return append([]string{strconv.Itoa(i)}, below...)
		}
	}
	for _, m := range n.Members {
		if m.KeyPos == pos || m.Value.Pos == pos {
			return []string{m.Key}
		}
		if below := pathTo(m.Value, pos); below != nil {
			return append([]string{m.Key}, below...)
		}
	}
	return nil
}

// tell notes what is dropped, with its place in the file that it came from.
func (i *importing) tell(document *value.Node, path []string, d diag.Diagnostic) {
	l := Left{Place: i.joined.Pieces[0].File, Path: pathText(path), Reason: d.Message, Client: d.Client}
	if n := follow(document, path); n != nil && n.Pos.File != "" {
		l.Place = n.Pos.String()
	}
	if name := placeholder(path); d.Code == diag.SecretValue && name != "" {
		l.Reason += "; ${" + name + "} stands in its place and is filled from the machine's environment"
	}
	i.left = append(i.left, l)
}

// follow goes down a path.
func follow(n *value.Node, path []string) *value.Node {
	for _, step := range path {
		if n == nil {
			return nil
		}
		if n.Kind == value.List {
			k, err := strconv.Atoi(step)
			if err != nil || k >= len(n.Items) {
				return nil
			}
			n = n.Items[k]
			continue
		}
		n = n.Get(step)
	}
	return n
}

// pathText writes a path as people know it.
func pathText(path []string) string {
	text := ""
	for _, step := range path {
		if _, err := strconv.Atoi(step); err == nil && text != "" {
			text += "[" + step + "]"
			continue
		}
		text = catalog.Join(text, step)
	}
	return text
}

// placeholder names the variable that stands for a secret in an MCP server, whose
// texts the client expands; "" elsewhere.
func placeholder(path []string) string {
	if len(path) != 4 || path[0] != "mcp_servers" || path[2] != "env" && path[2] != "headers" {
		return ""
	}
	name := path[3]
	if path[2] == "headers" {
		name = path[1] + "_" + name
	}
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name))
}

// remove takes values out, the last ones first so that indexes stay right.
func (i *importing) remove(paths [][]string, secrets bool) {
	slices.SortFunc(paths, func(a, b []string) int { return comparePaths(b, a) })
	for _, path := range paths {
		switch path[0] {
		case "settings":
			i.settings = policy.Canonical(i.cat, without(i.settings, path[1:], nil)) // an env that is empty now goes too
		case "mcp_servers":
			var stand *value.Node
			if name := placeholder(path); secrets && name != "" {
				stand = value.Text("${"+name+"}", diag.Pos{})
			}
			i.servers = without(i.servers, path[1:], stand)
		case "guidance":
			if k, err := strconv.Atoi(path[1]); err == nil && k < len(i.guidance) {
				i.guidance = slices.Delete(i.guidance, k, k+1)
			}
		}
	}
}

// comparePaths orders paths so that a list's entries come by number.
func comparePaths(a, b []string) int {
	return slices.CompareFunc(a, b, func(x, y string) int {
		m, errM := strconv.Atoi(x)
		n, errN := strconv.Atoi(y)
		if errM == nil && errN == nil {
			return m - n
		}
		return strings.Compare(x, y)
	})
}

// without returns a value without what stands at a path, or with something else there.
// A path that leads nowhere changes nothing: what held it is gone already.
func without(n *value.Node, path []string, stand *value.Node) *value.Node {
	if n == nil {
		return nil
	}
	if n.Kind == value.List {
		k, err := strconv.Atoi(path[0])
		if err != nil || k >= len(n.Items) {
			return n
		}
		copied := *n
		copied.Items = slices.Clone(n.Items)
		if len(path) > 1 {
			copied.Items[k] = without(n.Items[k], path[1:], stand)
		} else {
			copied.Items = slices.Delete(copied.Items, k, k+1)
		}
		return &copied
	}
	child := n.Get(path[0])
	switch {
	case child == nil:
		return n
	case len(path) > 1:
		return n.With(path[0], without(child, path[1:], stand))
	case stand != nil:
		return n.With(path[0], stand)
	}
	return n.Without(path[0])
}

// names settles the organization, and makes sections of CLAUDE.md.
func (i *importing) names() {
	for _, p := range i.joined.Pieces {
		if i.Organization == "" {
			i.Organization = p.Organization
		}
	}
	text := i.joined.Markdown
	key := i.settings.Get("claudeMd")
	if text == "" && key.Str() != "" {
		if sections, organization, ok := written(key.Str()); ok {
			i.guidance, i.lifted, i.settings = sections, true, i.settings.Without("claudeMd")
			i.named(organization)
		}
	} else if text != "" {
		sections, organization, ok := written(text)
		if !ok {
			sections = []policy.Section{whole(text, "Imported guidance")}
		}
		i.named(organization)
		if key.Str() != "" { // the language has guidance in one place
			sections = append(sections, whole(key.Str(), "Imported guidance from settings"))
			i.settings = i.settings.Without("claudeMd")
			i.left = append(i.left, Left{Place: key.Pos.String(), Path: "settings.claudeMd", Reason: "became a section of guidance: CLAUDE.md and claudeMd cannot both be written"})
		}
		i.guidance = sections
	}
	if i.Organization == "" {
		i.Organization = "Imported organization"
	}
}

// named takes the organization's name from the heading of a CLAUDE.md.
func (i *importing) named(organization string) {
	if i.Organization == "" {
		i.Organization = organization
	}
}

// countLeaves returns how many values a document sets.
func countLeaves(n *value.Node) int {
	switch {
	case n == nil:
		return 0
	case n.Kind == value.Map && len(n.Members) > 0:
		total := 0
		for _, m := range n.Members {
			total += countLeaves(m.Value)
		}
		return total
	case n.Kind == value.List && len(n.Items) > 0:
		return len(n.Items)
	}
	return 1
}

// String tells of something left out in one line.
func (l Left) String() string {
	text := fmt.Sprintf("%s: %s: %s", l.Place, l.Path, l.Reason)
	if l.Client != "" {
		text += " (" + l.Client + ")"
	}
	return text
}
