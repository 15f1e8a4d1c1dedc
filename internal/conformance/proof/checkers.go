package main

// A checker is a program that nobody here wrote.
type checker struct {
	name    string
	from    string   // where it is had
	version []string // what prints its version; {"go.mod", MODULE} and {"is", VERSION} are read or taken as they are
}

// The names of checkers that several rows have.
const (
	claude    = "Claude Code"
	samba     = "Samba"
	plistlib  = "libplist, plistlib"
	xmllint   = "xmllint"
	wine      = "Wine"
	wixl      = "wixl, msiextract"
	grammar   = "tree-sitter-powershell"
	dpkg      = "dpkg"
	rpm       = "rpm"
	lintian   = "lintian"
	rpmlint   = "rpmlint"
	ansible   = "ansible-playbook"
	yamllint  = "yamllint"
	cloudInit = "cloud-init"
	nix       = "nix-instantiate"
	systemd   = "systemd-analyze"
	openssl   = "openssl"
	sqlite    = "SQLite"
	shell     = "shellcheck"
	hcl       = "hashicorp/hcl"
	spdx      = "spdx/tools-golang"
	buildah   = "buildah"
	devcli    = "devcontainers/cli"
	python    = "Python, PyYAML"
	postgres  = "claude gateway, PostgreSQL"
)

// checkers are all of them.
var checkers = []checker{
	{claude, "npm @anthropic-ai/claude-code", []string{"is", "2.1.329"}},
	{samba, "Debian samba-common-bin, python3-samba", []string{"net", "--version"}},
	{plistlib, "Debian libplist-utils, python3", []string{"plistutil", "--version"}},
	{xmllint, "Debian libxml2-utils", []string{"xmllint", "--version"}},
	{wine, "Debian wine64", []string{"/usr/lib/wine/wine64", "--version"}},
	{wixl, "Debian wixl, msitools", []string{"wixl", "--version"}},
	{grammar, "npm tree-sitter-powershell", []string{"is", "0.26.4"}},
	{dpkg, "Debian dpkg", []string{"dpkg", "--version"}},
	{rpm, "Debian rpm", []string{"rpm", "--version"}},
	{lintian, "Debian lintian", []string{"lintian", "--version"}},
	{rpmlint, "Debian rpmlint", []string{"rpmlint", "--version"}},
	{ansible, "Debian ansible-core", []string{"ansible-playbook", "--version"}},
	{yamllint, "Debian yamllint", []string{"yamllint", "--version"}},
	{cloudInit, "Debian cloud-init", []string{"cloud-init", "--version"}},
	{nix, "Debian nix-bin", []string{"nix-instantiate", "--version"}},
	{systemd, "Debian systemd", []string{"systemd-analyze", "--version"}},
	{openssl, "Debian openssl", []string{"openssl", "version"}},
	{sqlite, "Debian python3", []string{"/usr/bin/python3", "-c", "import sqlite3; print(sqlite3.sqlite_version)"}},
	{shell, "Debian shellcheck", []string{"shellcheck", "--version"}},
	{hcl, "Go module", []string{"go.mod", "github.com/hashicorp/hcl/v2"}},
	{spdx, "Go module", []string{"go.mod", "github.com/spdx/tools-golang"}},
	{buildah, "Debian buildah", []string{"buildah", "--version"}},
	{devcli, "npm @devcontainers/cli", []string{"is", "0.89.0"}},
	{python, "Debian python3, python3-yaml", []string{"/usr/bin/python3", "--version"}},
	{postgres, "Debian postgresql", []string{"psql", "--version"}},
}

// The targets of the Makefile that run tests.
const (
	inTest    = "test"
	light     = "conformance" // in CI, on each push
	inWine    = "conformance-wine"
	inGateway = "conformance-gateway"
)

// A row is one thing that a checker shows about a target.
type row struct {
	target  string // as in delivery.targets, or what a release has beside them
	checker string
	shows   string
	step    string // which target of the Makefile runs it
	test    string // package below internal, and name: its passing is the proof
}

// rows are sorted by what people look for: the client's files, macOS, Windows, consoles, Linux, the release.
var rows = []row{
	{"managed-settings, dropins", claude, "loads both trees of every group without a complaint, and reports the fingerprint of the manifest", light, "conformance TestGroups"},
	{"managed-settings, dropins", claude, "obeys: forbidden calls are stopped, allowed ones run", light, "conformance TestSessions"},
	{"claude-md, managed-mcp, hooks", claude, "hands guidance to the model, starts only listed servers, runs hooks", light, "conformance TestSessions"},
	{"agent", claude, "what becomes of a call when the agent's hook is slow, killed, missing or answers garbage", light, "conformance TestAgentFails"},

	{"plist, mobileconfig", plistlib, "two parsers find the settings and guidance of the file tree, with their types", light, "conformance/forms TestReadback"},
	{"plist, mobileconfig", xmllint, "they are valid by a DTD of the format, and small enough for every console", light, "conformance/forms TestReadback"},
	{"plist, mobileconfig", claude, "loads what it would get from the profile, with the fingerprint of the manifest", light, "conformance TestProfiles"},
	{"mobileconfig, signed", openssl, "the signature is good and holds the profile to the byte", light, "sign TestOpenSSL"},
	{"jamf", plistlib, "the manifest for editors is a property list", light, "render/all TestPreferenceManifest"},
	{"install-script, compliance", shell, "nothing to find in what root runs", light, "render/all TestScriptsLint"},
	{"compliance", sqlite, "the queries of osquery tell this revision from another", light, "render/all TestQueries"},

	{"reg", samba, "imports it and finds the settings of the file tree, as one line of ASCII", light, "conformance/forms TestReadback"},
	{"reg", wine, "`reg import`, then RegRead and `reg query` find settings and revision of the manifest", inWine, "conformance/forms TestWineImports"},
	{"registry-pol, gpo", samba, "reads records and security descriptor, and writes the same bytes", light, "conformance/forms TestExample"},
	{"gpo, admx, wix", xmllint, "well-formed; the templates by a grammar of the format", light, "conformance/forms TestExample"},
	{"powershell, intune-remediation", grammar, "every script parses; the payload is the settings of the file tree", light, "conformance/forms TestExample"},
	{"wix", wixl, "builds a package that holds the file tree", light, "conformance/forms TestExample"},
	{"wix", wine, "`msiexec` installs the file tree, replaces one group's package by another's, removes it whole", inWine, "conformance/forms TestWineInstalls"},

	{"gateway", postgres, "boots, and serves each group what files would bring", inGateway, "conformance/forms TestGateway"},
	{"terraform", hcl, "every module parses, is formatted, and reads only files that a build writes", inTest, "render/terraform TestModules"},
	{"fleet, gateway", yamllint, "no key twice, nothing that parsers read in two ways", light, "conformance/forms TestEverywhere"},
	{"install-script, server-managed, gateway, intune, iru, fleet, terraform, compliance", python, "each carries, or names, what the author wrote, text that breaks things included", light, "conformance/forms TestEverywhere"},
	{"plist, preference-file, mobileconfig, agent", python, "text that breaks things and a megabyte of guidance arrive as they were written", light, "conformance/forms TestEverywhere"},
	{"reg, registry-pol, gpo, lgpo, admx, powershell, wix", samba, "the same, by Samba and the other readers of these forms", light, "conformance/forms TestEverywhere"},

	{"deb", dpkg, "installs, replaces what somebody changed, removes everything", light, "conformance TestPackages"},
	{"rpm", rpm, "installs, replaces what somebody changed, removes everything; digests are right", light, "conformance TestPackages"},
	{"deb, rpm", claude, "obeys what the package managers installed", light, "conformance TestPackagesObey"},
	{"deb", lintian, "no error but those with a reason", light, "conformance TestPackageLinters"},
	{"rpm", rpmlint, "no error but those with a reason", light, "conformance TestPackageLinters"},
	{"deb, rpm", systemd, "the units that bring files back are valid", light, "conformance TestPackages"},
	{"Ansible", ansible, "syntax; installs every file, changes nothing the second time, mends what somebody changed", light, "conformance TestAnsible"},
	{"cloud-init", cloudInit, "the user data is valid by its schema", light, "conformance TestLinuxForms"},
	{"Nix", nix, "parses, and evaluates to the files", light, "conformance TestLinuxForms"},
	{"Ansible, cloud-init", yamllint, "no key twice, nothing that parsers read in two ways", light, "conformance TestYAMLForms"},
	{"image", buildah, "builds it, and finds the files with their modes, and the labels", light, "conformance/forms TestImage"},
	{"development container", devcli, "packages the feature, and refuses it without a name, version or identity", light, "conformance/forms TestDevelopmentContainer"},
	{"development container", claude, "loads what its install script brought", light, "conformance TestLinuxForms"},
	{"deb, rpm, Ansible, cloud-init, Nix, image, development container", python, "each brings the files to the byte, text that breaks things and a megabyte of guidance included", light, "conformance/forms TestEverywhere"},

	{"release: bill of materials", spdx, "reads it; references have aims, digests and verification codes are those of the files", inTest, "release TestSPDXReads"},
	{"release: signature", openssl, "verifies the detached signature", inTest, "cli TestScripts/release"},
}

// A gap is what nobody could prove here.
type gap struct {
	target string
	needs  string
	why    string
}

var gaps = []gap{
	{"plist, mobileconfig, preference-file", "a Mac, enrolled in an MDM", "that macOS installs the profile, that nobody can remove it, and that the client takes its policy from the preference domain"},
	{"install-script", "a Mac", "macOS has a `base64` and a `sh` of its own; it ran here with Debian's"},
	{"reg", "a Windows machine", "Wine's registry is not Windows', and no client for Windows ran"},
	{"registry-pol, gpo, lgpo", "a Windows domain, LGPO.exe", "`Import-GPO`, and what `gpupdate` makes of it"},
	{"admx", "the editor of Group Policy, Intune", "text boxes as long as a policy, and Intune's import"},
	{"powershell, intune-remediation", "Windows PowerShell 5.1", "PowerShell is not in Debian: the scripts were parsed, and never ran"},
	{"wix", "a Windows machine, WiX", "built by wixl and installed by Wine only"},
	{"terraform", "`terraform validate`", "it needs the providers from their registry, which no check here downloads: names of resources and arguments are from their documentation"},
	{"intune, iru, fleet, jamf, server-managed", "accounts at these services", "requests are compared with their documentation; none was sent. `fleetctl` is not in Debian"},
	{"compliance", "osquery", "it is not in Debian: the queries ran in SQLite, over tables with osquery's columns"},
	{"development container", "an editor, and an engine with a base image", "that an editor installs the feature: the image was built from nothing, and the feature packaged"},
}
