// Package winguide writes what a README beside an artifact for Windows tells its administrator after the click path of its own console.
package winguide

import (
	"strings"

	"github.com/policygen/policygen/internal/render/internal/winreg"
)

// Title returns the first lines of a README.
func Title(title, description string) string {
	return "# " + title + "\n\n" + description + " Changes made here are overwritten.\n"
}

// wins is the same for every form that sets the registry value. Source: client documentation, "Settings precedence".
const wins = `
## What wins

A machine obeys one managed source, the first of these that holds a policy: server-managed settings, the registry below HKEY_LOCAL_MACHINE,
managed-settings.json below Program Files. So this policy hides the files, and where the server has a policy, that hides this one. Group
Policy, Intune and scripts all set one value, and the last one wins: give a machine one of them.

managed-mcp.json and hooks are files in every case: install them from the folder file/ of the group, without its managed-settings.json.
`

// Rest returns the sections that say what wins over what and how to verify a machine. The revision may be "" where the reader
// has to take that of a group.
func Rest(revision string) string {
	expect := "the group's revision, which its description tells"
	if revision != "" {
		expect = revision
	}
	return wins + strings.NewReplacer("@KEY@", winreg.Key, "@NAME@", winreg.RevisionName, "@EXPECT@", expect).Replace(verify)
}

const verify = `
## Verify a machine

In PowerShell, as any user:

    (Get-ItemProperty 'HKLM:\@KEY@').@NAME@

It must print: @EXPECT@. Then /status in a session of the client names the policy of the machine as the source in force. The client reads the
registry when it starts and every 30 minutes.
`
