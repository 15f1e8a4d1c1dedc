package admx

import "github.com/policygen/policygen/internal/render/internal/console"

// Settings implements [console.Settings]: the same values as in oma-uri.txt, for consoles that are configured by files.
func (g *gatherer) Settings() []console.Setting {
	g.sort()
	var all []console.Setting
	for _, t := range templates(g.entries) {
		template := console.Template{URI: t.uri(), Path: "admx/" + t.file() + ".admx", Data: t.definitions()}
		for _, e := range t.entries {
			all = append(all, console.Setting{Audience: e.who, Description: e.about, URI: t.policy(e), Path: "admx/oma-uri/" + e.audience + ".txt",
				Data: e.data(), Template: template})
		}
	}
	return all
}
