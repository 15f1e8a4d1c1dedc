// Package all lists the back ends. To add one, add a line.
package all

import (
	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/agentbundle"
	"github.com/policygen/policygen/internal/render/claudemd"
	"github.com/policygen/policygen/internal/render/compliance"
	"github.com/policygen/policygen/internal/render/dropins"
	"github.com/policygen/policygen/internal/render/fleet"
	"github.com/policygen/policygen/internal/render/gateway"
	"github.com/policygen/policygen/internal/render/gpo"
	"github.com/policygen/policygen/internal/render/hooks"
	"github.com/policygen/policygen/internal/render/installscript"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/intune"
	"github.com/policygen/policygen/internal/render/iru"
	"github.com/policygen/policygen/internal/render/jamf"
	"github.com/policygen/policygen/internal/render/lgpo"
	"github.com/policygen/policygen/internal/render/managedmcp"
	"github.com/policygen/policygen/internal/render/managedsettings"
	"github.com/policygen/policygen/internal/render/mobileconfig"
	"github.com/policygen/policygen/internal/render/plist"
	"github.com/policygen/policygen/internal/render/powershell"
	"github.com/policygen/policygen/internal/render/preferencefile"
	"github.com/policygen/policygen/internal/render/reg"
	"github.com/policygen/policygen/internal/render/registrypol"
	"github.com/policygen/policygen/internal/render/remediation"
	"github.com/policygen/policygen/internal/render/servermanaged"
	"github.com/policygen/policygen/internal/render/terraform"
	"github.com/policygen/policygen/internal/render/wix"
)

// Deps is what some back ends need besides the bundle.
type Deps struct {
	Catalog *catalog.Catalog
	Merge   dropins.Merge // the client's merge, such as (*merge.Merger).Documents
}

// Backends returns every back end in the order in which targets are listed.
func Backends(deps Deps) []render.Backend {
	consoles := console.Sources{Profile: mobileconfig.New(), Templates: admx.New()}
	return []render.Backend{
		managedsettings.New(),                 // the one document that works on every platform
		dropins.New(deps.Catalog, deps.Merge), // the same by source file, beside other packages' fragments
		claudemd.New(),                        // guidance, which a settings document would hold as one long string
		managedmcp.New(),                      // MCP servers, which no settings key can define
		hooks.New(),                           // the scripts that the settings name
		plist.New(),                           // Jamf and Iru want the bare preference file
		mobileconfig.New(),                    // every other macOS console, and installing by hand
		agentbundle.New(),                     // the endpoint agent's policy, for what settings cannot say
		reg.New(),                             // Windows without files: Group Policy preferences, Intune scripts, by hand

		// From here on only where they are asked for.
		preferencefile.New(), // Intune's template for macOS, beside the profile
		installscript.New(),  // files on Macs, by consoles that only run scripts
		jamf.New(deps.Catalog),
		servermanaged.New(deps.Catalog),         // the admin console of claude.ai
		gateway.New(deps.Catalog),               // the Claude apps gateway, which knows groups
		registrypol.New(),                       // the registry value of Windows as Group Policy keeps it
		gpo.New(),                               // as a policy object to import into a domain
		lgpo.New(),                              // for a machine without a domain
		admx.New(),                              // as templates, for the editor of Group Policy and for Intune
		powershell.New(),                        // by a script, which also writes the file
		remediation.New(),                       // by Intune again and again
		wix.New(),                               // the file tree as a package, for tools that know only packages
		intune.New(consoles, remediation.New()), // requests to Microsoft Graph
		terraform.New(consoles),                 // Intune and Jamf as code
		iru.New(console.Sources{Profile: consoles.Profile}), // requests to Iru's API
		fleet.New(consoles), // GitOps, with copies that Fleet leaves alone
		compliance.New(),    // finds machines that a release did not reach
	}
}
