package site

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/graph"
)

//go:embed assets
var assets embed.FS

// File is one file of the site, below its folder.
type File struct {
	Path string
	Data []byte
}

// page is what a template gets.
type page struct {
	*Model
	Title string
	Here  string // the page's own file name
	Item  any    // the page's subject
}

// Pages returns the files of the site. Equal models give equal bytes.
func (m *Model) Pages() ([]File, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"join": strings.Join, "date": dateText, "audience": AudiencePage, "anchor": anchor, "svg": m.svg, "isURL": isURL,
	}).ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, err
	}
	var files []File
	add := func(name, path, title string, item any) {
		var out bytes.Buffer
		if err == nil {
			err = t.ExecuteTemplate(&out, name, page{m, title, path, item})
		}
		files = append(files, File{path, out.Bytes()})
	}
	add("index", "index.html", "Overview", nil)
	add("policies", "policies.html", "Policies", nil)
	add("exceptions", "exceptions.html", "Exceptions", nil)
	add("controls", "controls.html", "Controls", nil)
	for _, a := range m.Audiences {
		add("audience", AudiencePage(a.Name), a.Name, a)
	}
	if err != nil {
		return nil, fmt.Errorf("page templates: %w", err)
	}
	return m.withAssets(files)
}

// withAssets adds what pages load: the style, the search and its index.
func (m *Model) withAssets(files []File) ([]File, error) {
	for _, name := range []string{"style.css", "search.js"} {
		data, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, data})
	}
	// A script and not a JSON file: browsers do not load files of a folder into a page, only scripts.
	index, err := json.Marshal(m.index())
	if err != nil {
		return nil, err
	}
	return append(files, File{"search-index.js", append(append([]byte("const policyIndex = "), index...), ";\n"...)}), nil
}

// entry is one thing that search finds.
type entry struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Link  string `json:"link"`
}

// index returns everything that search finds, in the order in which equal matches are shown.
func (m *Model) index() []entry {
	var all []entry
	for _, p := range m.Policies {
		all = append(all, entry{"policy", p.Name, strings.Join([]string{p.Description, p.Words, p.Message, p.Rationale, p.Owner, strings.Join(p.Controls, " "), strings.Join(p.Values, " ")}, " "), "policies.html#" + anchor(p.Name)})
	}
	for _, a := range m.Audiences {
		all = append(all, entry{"group", a.Name, a.Description, AudiencePage(a.Name)})
		for _, s := range a.Settings {
			all = append(all, entry{"setting of " + a.Name, s.Path, s.text(), AudiencePage(a.Name) + "#" + anchor(s.Path)})
		}
	}
	for i, e := range m.Exceptions {
		all = append(all, entry{"exception", e.For, e.From + " " + e.Reason + " " + e.Ticket, fmt.Sprintf("exceptions.html#exception-%d", i)})
	}
	return all
}

// text returns a setting's values for search.
func (s Setting) text() string {
	var words []string
	for _, v := range s.Values {
		words = append(words, v.Text)
	}
	return strings.Join(words, " ")
}

// AudiencePage returns the file name of an audience's page.
func AudiencePage(name string) string { return "audience-" + name + ".html" }

// anchor returns a name as an id that needs no escaping in links.
func anchor(name string) string { return strings.ReplaceAll(url.QueryEscape(name), "%", "_") }

// dateText writes a date for people, in UTC.
func dateText(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.UTC().Format("2 January 2006")
	}
	return t.UTC().Format("2 January 2006 15:04 UTC")
}

// isURL reports whether a help text can be a link. Anything else than a web or mail address is printed as it is.
func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto")
}

// svg returns the group tree, every box a link to its page.
func (m *Model) svg() (template.HTML, error) {
	linked := link(m.Tree)
	drawing, err := graph.SVG(linked, "Groups of "+m.Organization, "Which group inherits from which, with the number of policies that hold for each")
	return template.HTML(drawing), err //nolint:gosec // package graph escapes every text of it
}

func link(n *graph.Node) *graph.Node {
	copied := &graph.Node{Name: n.Name, Notes: n.Notes, Link: AudiencePage(n.Name)}
	for _, child := range n.Children {
		copied.Children = append(copied.Children, link(child))
	}
	return copied
}
