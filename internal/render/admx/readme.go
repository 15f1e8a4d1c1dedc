package admx

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/render/internal/winguide"
)

// readme returns what the administrators of the three consoles need; entries are in order.
func readme(entries []entry) string {
	var b strings.Builder
	b.WriteString(winguide.Title("Administrative templates for Claude Code", "Made by policygen, with a policy for each group."))
	b.WriteString("\n| policy | for |\n|---|---|\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "| %s | %s |\n", e.title, strings.TrimSuffix(e.explain, advice))
	}
	b.WriteString(guide + winguide.Rest(""))
	return b.String()
}

const guide = `
## Group Policy, with the editor

1. Copy the .admx files, and en-US with the .adml files, into the folder PolicyDefinitions of the domain's central store
   (\\DOMAIN\SYSVOL\DOMAIN\Policies\PolicyDefinitions), or into C:\Windows\PolicyDefinitions of one machine.
2. Group Policy Management > the object of the group > Edit > Computer Configuration > Policies > Administrative Templates > Claude Code.
3. Enable the group's policy and no other. Its boxes hold the settings and the revision: leave them as they are.
4. For a new release, copy the files again, set the policy to "Not Configured", apply, and enable it again: a policy that is enabled keeps its text.

## Intune, imported templates

1. Devices > Manage devices > Configuration > Import ADMX > Import: one .admx and its .adml at a time. They need no other template.
2. Configuration > Policies > Create > Windows 10 and later > Templates > Imported Administrative templates: enable the group's policy.
3. Assign it to the devices of the group.
4. For a new release, delete the profiles and then the template, and begin again: Intune takes a namespace once.

## Intune, custom OMA-URI

Devices > Configuration > Create > Windows 10 and later > Templates > Custom. oma-uri.txt lists what to add, each with data type String; the folder
oma-uri holds the values. A new release is a new value.
`
