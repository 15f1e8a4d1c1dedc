package corpus

import (
	"maps"
	"strings"
)

// The folders of the world in which the calls are made, as the recording
// writes them. Each session has them somewhere else, see Replace.
const (
	Project = "/srv/project"
	Outside = "/srv/outside"
	Home    = "/home/dev"
)

// Files are the files of the world, absolute.
func Files() []string {
	var files []string
	for _, name := range strings.Fields(`keep.txt other.txt sub/keep.txt sub/deep/f.txt a/b.txt .env sub/.env src/x/.env src/main.ts src/x/y.ts
		node_modules/m/i.js top.log b.txt [b].txt Foo.TXT sub/x.secret real/in.txt`) {
		files = append(files, Project+"/"+name)
	}
	return append(files, Project+"/sp ace.md", Project+"/nb.ipynb", Project+"/src/nb.ipynb", Outside+"/nb.ipynb", Outside+"/o.txt", Outside+"/d/p.txt", Outside+"/x.secret", Home+"/.ssh/id_rsa", Home+"/.npmrc", Home+"/notes.txt")
}

// Links are the symbolic links of the world and where they lead, absolute.
func Links() map[string]string {
	return map[string]string{
		Project + "/linkenv": Project + "/.env", Project + "/linkin": Project + "/real", Project + "/linkout": Outside,
		Project + "/linkfile": Outside + "/o.txt", Outside + "/linkback": Project,
	}
}

// Replace returns the group with its folders in other places: in the rules, the
// directories, and every string of the calls.
func (g Group) Replace(places map[string]string) Group {
	var pairs []string
	for from, to := range places {
		pairs = append(pairs, from, to)
	}
	r := strings.NewReplacer(pairs...)
	all := func(in []string) []string {
		var out []string
		for _, s := range in {
			out = append(out, r.Replace(s))
		}
		return out
	}
	g.Dirs, g.Allow, g.Ask, g.Deny = all(g.Dirs), all(g.Allow), all(g.Ask), all(g.Deny)
	calls := make([]Call, len(g.Calls))
	for i, c := range g.Calls {
		c.Input = maps.Clone(c.Input)
		for field, v := range c.Input {
			if s, ok := v.(string); ok {
				c.Input[field] = r.Replace(s)
			}
		}
		calls[i] = c
	}
	g.Calls = calls
	return g
}

// Filled returns the input with the fields that the client wants besides the
// one that decides. The model sees them too.
func (c Call) Filled() map[string]any {
	input := maps.Clone(c.Input)
	for field, value := range filler[c.Tool] {
		if _, set := input[field]; !set {
			input[field] = value
		}
	}
	return input
}

// filler are the required fields of each tool, harmless.
var filler = map[string]map[string]any{
	"Write": {"content": "x"}, "Edit": {"old_string": "", "new_string": "x"}, "WebFetch": {"prompt": "x"},
	"Agent": {"description": "x", "prompt": "x"}, "Task": {"description": "x", "prompt": "x"},
	"NotebookEdit": {"new_source": "x", "cell_id": "c1"}, "PowerShell": {"description": "x"},
}
