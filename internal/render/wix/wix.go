// Package wix writes ClaudeCodePolicy.wxs, the source of a Windows Installer package for tools that deliver nothing else. wixl builds it on
// Linux and WiX 3 on Windows.
//
// The package ships the files of the tree beside it and sets no registry value: the Installer would expand every [NAME] in one, and the
// builders every $ in front of a parenthesis. The source says what belongs into the package; a built package differs each time.
package wix

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/guid"
	"github.com/policygen/policygen/internal/render/internal/xmltext"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "wix".
func (Backend) Name() string { return "wix" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns what makes the files that the source names.
func (Backend) Needs() []string {
	return []string{"managed-settings", "claude-md", "managed-mcp", "hooks"}
}

// Render returns the one file. A script whose name the builders would rewrite is an error.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	paths := files(b)
	if len(paths) == 0 {
		return nil, nil
	}
	for _, path := range paths {
		if strings.Contains(path, "$") {
			return nil, fmt.Errorf("%s: a builder of packages would rewrite the $ in the name; rename the script, or leave wix out of delivery.targets", path)
		}
	}
	p := &source{organization: b.Organization}
	p.folder(paths, "", 4)
	organization := display(b.Organization)
	if organization == "" {
		organization = "policygen" // an empty manufacturer is no valid package
	}
	text := fmt.Sprintf(form, xmltext.Attribute(display(b.Audience.PolicyTitle())), xmltext.Attribute(organization),
		guid.Of(b.Organization, "wix", "upgrade"), xmltext.Attribute(b.Describe()), p.tree.String(), p.refs.String())
	return []render.File{{Place: render.Platform, Path: "ClaudeCodePolicy.wxs", Data: []byte(text)}}, nil
}

// files returns what stands in the file tree, the scripts last.
func files(b *ir.Bundle) []string {
	var paths []string
	for path, there := range [...]bool{b.Settings != nil, len(b.Guidance) > 0, b.MCP != nil} {
		if there {
			paths = append(paths, [...]string{"managed-settings.json", "CLAUDE.md", "managed-mcp.json"}[path])
		}
	}
	for _, script := range b.Scripts {
		paths = append(paths, "hooks/"+script.Path)
	}
	return paths
}

// display returns a name without what the builders or the Installer take for a variable. People read it, nothing compares it.
func display(s string) string {
	return strings.TrimSpace(strings.NewReplacer("$", "", "[", "(", "]", ")", "{", "(", "}", ")").Replace(s))
}

// source collects the parts of the document that are made for each file.
type source struct {
	organization string
	tree, refs   strings.Builder
	count        int
}

// folder writes the files of one folder and then its folders; paths are below it and in order, depth is that of the document. A file keeps
// the GUID of its component whatever is in it, so that an upgrade replaces it.
func (p *source) folder(paths []string, parent string, depth int) {
	indent := strings.Repeat("  ", depth+1)
	for i := 0; i < len(paths); {
		name, _, nested := strings.Cut(paths[i], "/")
		p.count++
		if !nested {
			full := parent + paths[i]
			fmt.Fprintf(&p.tree, "%[1]s<Component Id=\"C%[2]d\" Guid=\"%[3]s\" Win64=\"yes\">\n%[1]s  <File Id=\"F%[2]d\" Name=\"%[4]s\" Source=\"file/%[5]s\" KeyPath=\"yes\"/>\n%[1]s</Component>\n",
				indent, p.count, guid.Of(p.organization, "wix", strings.ReplaceAll(full, "/", "\\")), xmltext.Attribute(name), xmltext.Attribute(full))
			fmt.Fprintf(&p.refs, "      <ComponentRef Id=\"C%d\"/>\n", p.count)
			i++
			continue
		}
		var below []string
		for ; i < len(paths) && strings.HasPrefix(paths[i], name+"/"); i++ {
			below = append(below, paths[i][len(name)+1:])
		}
		fmt.Fprintf(&p.tree, "%s<Directory Id=\"D%d\" Name=\"%s\">\n", indent, p.count, xmltext.Attribute(name))
		p.folder(below, parent+name+"/", depth+1)
		p.tree.WriteString(indent + "</Directory>\n")
	}
}

// form: the upgrade code is the organization's, so that one package replaces another; the version is the builder's argument, since a release
// knows it and a policy does not. Removing the old package first is what replaces a file that somebody has changed.
const form = `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="%s" Manufacturer="%s" Version="$(var.Version)" Language="1033" UpgradeCode="%s">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine" Description="%s"/>
    <MajorUpgrade DowngradeErrorMessage="A newer policy for Claude Code is installed."/>
    <Media Id="1" Cabinet="policy.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="INSTALLDIR" Name="ClaudeCode">
%s        </Directory>
      </Directory>
    </Directory>
    <Feature Id="Policy" Level="1">
%s    </Feature>
  </Product>
</Wix>
`
