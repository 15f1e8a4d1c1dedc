package wire

import (
	"slices"
	"strings"
)

// Banner is what a session shows when it starts: whose policy holds, which policies are active, and which exceptions
// apply to the subject at that moment. The compiler writes that of the build into the bundle; the agent makes it anew,
// since exceptions begin and end between two builds, and only the agent knows the project. platform is that of the
// policies to name, "" for all.
func Banner(b *Bundle, subject Subject, platform string) string {
	grants := Granted(b.Exceptions, subject)
	var active, exempted []string
	for _, p := range b.Policies {
		if platform != "" && len(p.Platforms) > 0 && !slices.Contains(p.Platforms, platform) {
			continue
		}
		grant := grants[p.Name]
		if grant.Whole {
			exempted = append(exempted, p.Name)
			continue
		}
		active = append(active, p.Name)
		if len(grant.Values) > 0 {
			exempted = append(exempted, p.Name+" ("+strings.Join(grant.Values, ", ")+")")
		}
	}
	text := "Claude Code is managed by " + b.Organization + "."
	if len(active) > 0 {
		text += " Policies: " + strings.Join(active, ", ") + "."
	}
	if len(exempted) > 0 {
		text += " Exceptions: " + strings.Join(exempted, ", ") + "."
	}
	return text
}
