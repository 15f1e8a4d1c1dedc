// Package gpo writes the backup of a Group Policy object, which Import-GPO and LGPO.exe /g take: Registry.pol with the policy, and the XML
// around it.
//
// The form of the XML is that of backups which Windows made (those that the NSA published for its host baseline). All identities come from
// organization and audience, and the time of the backup is fixed, so that a new release changes Registry.pol alone.
package gpo

import (
	"fmt"
	"io/fs"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/guid"
	"github.com/policygen/policygen/internal/render/internal/winguide"
	"github.com/policygen/policygen/internal/render/internal/winreg"
	"github.com/policygen/policygen/internal/render/internal/xmltext"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "gpo".
func (Backend) Name() string { return "gpo" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns nothing: the files stand alone.
func (Backend) Needs() []string { return nil }

// Render returns gpo/ with manifest.xml, the folder of one backup and a README. Importing puts a new object in place of whatever domain the backup names,
// so it names none that exists.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	if !fs.ValidPath(b.Audience.Name) {
		return nil, fmt.Errorf("audience %q cannot name a policy object", b.Audience.Name)
	}
	object := "{" + guid.Of(b.Organization, b.Audience.Folder(), "gpo") + "}" // each ring is linked to machines of its own
	backup := "{" + guid.Of(b.Organization, b.Audience.Folder(), "gpo", "backup") + "}"
	title := b.Audience.PolicyTitle()
	instance := func(namespaces string) string {
		return fmt.Sprintf(instanceForm, namespaces, object, domain, guid.Of(b.Organization, "gpo domain"), backup, b.Describe(), title)
	}
	at := func(name, text string) render.File {
		return render.File{Place: render.Platform, Path: "gpo/" + name, Data: []byte(text)}
	}
	policy := at(backup+"/DomainSysvol/GPO/Machine/registry.pol", "")
	policy.Data, policy.Resolved = winreg.Policy(b), b.Profile.Digest()
	return []render.File{
		at("README.md", winguide.Title(title, b.Describe())+fmt.Sprintf(guide, backup, title)+winguide.Rest(b.Revision)),
		at("manifest.xml", fmt.Sprintf(manifestForm, instance(""))),
		at(backup+"/bkupInfo.xml", instance(` xmlns="http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest"`)+"\n"),
		at(backup+"/Backup.xml", fmt.Sprintf(backupForm, object, domain, descriptor, xmltext.Text(title), domain, domain, object)),
		policy,
	}, nil
}

const guide = `
## Group Policy in a domain

1. On a machine with the Group Policy module, in this folder. Import replaces all settings of its target, so the object is one of its own:

       Import-GPO -Path $PWD.Path -BackupId "%[1]s" -TargetName "%[2]s" -CreateIfNeeded

2. Group Policy Management > Group Policy Objects > %[2]s > Scope > Security Filtering: the computers of the group.
3. Link the object to the organizational unit that holds them: the unit > Link an Existing GPO.
4. For a new release, the same command again. Links and filters stay.

Without a domain: LGPO.exe /g with this folder. To take the policy back, delete the object or its link: Group Policy then removes the value.
`

// domain is reserved (RFC 2606), so that a backup never passes for one of a real domain.
const domain = "policygen.invalid"

const (
	manifestForm = `<Backups xmlns="http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest" ` +
		`xmlns:mfst="http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest" mfst:version="1.0">%s</Backups>` + "\n"
	instanceForm = `<BackupInst%s><GPOGuid><![CDATA[%s]]></GPOGuid><GPODomain><![CDATA[%s]]></GPODomain><GPODomainGuid><![CDATA[{%s}]]></GPODomainGuid>` +
		`<GPODomainController><![CDATA[dc.` + domain + `]]></GPODomainController><BackupTime><![CDATA[2000-01-01T00:00:00]]></BackupTime>` +
		`<ID><![CDATA[%s]]></ID><Comment><![CDATA[%s]]></Comment><GPODisplayName><![CDATA[%s]]></GPODisplayName></BackupInst>`
)

// backupForm: option 1 turns the user half of the object off, which it does not have. The first GUID of the extension is that of the registry
// on the client's side, the second that of administrative templates in the editor.
const backupForm = `<?xml version="1.0" encoding="utf-8"?>
<GroupPolicyBackupScheme bkp:version="2.0" bkp:type="GroupPolicyBackupTemplate" ` +
	`xmlns:bkp="http://www.microsoft.com/GroupPolicy/GPOOperations" xmlns="http://www.microsoft.com/GroupPolicy/GPOOperations">
  <GroupPolicyObject>
    <SecurityGroups/>
    <FilePaths/>
    <GroupPolicyCoreSettings>
      <ID><![CDATA[%s]]></ID>
      <Domain><![CDATA[%s]]></Domain>
      <SecurityDescriptor>%s</SecurityDescriptor>
      <DisplayName>%s</DisplayName>
      <Options><![CDATA[1]]></Options>
      <UserVersionNumber><![CDATA[0]]></UserVersionNumber>
      <MachineVersionNumber><![CDATA[65537]]></MachineVersionNumber>
      <MachineExtensionGuids><![CDATA[[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]]]></MachineExtensionGuids>
      <UserExtensionGuids/>
      <WMIFilter/>
    </GroupPolicyCoreSettings>
    <GroupPolicyExtension bkp:ID="{35378EAC-683F-11D2-A89A-00C04FBBCFA2}" bkp:DescName="Registry">
      <FSObjectFile bkp:Path="%%GPO_MACH_FSPATH%%\registry.pol" ` +
	`bkp:SourceExpandedPath="\\dc.%s\sysvol\%s\Policies\%s\Machine\registry.pol" bkp:Location="DomainSysvol\GPO\Machine\registry.pol"/>
    </GroupPolicyExtension>
  </GroupPolicyObject>
</GroupPolicyBackupScheme>
`

// descriptor is a self-relative security descriptor with well-known groups only: authenticated users (S-1-5-11) read and apply the object,
// domain controllers (S-1-5-9) read it, the system (S-1-5-18) may change it. Layout: [MS-DTYP] 2.4.6; the first entry carries the right to apply
// group policy, edacfd8f-ffb3-11d1-b41d-00a0c968f939.
const descriptor = "01 00 04 9c 00 00 00 00 00 00 00 00 00 00 00 00 14 00 00 00 04 00 6c 00 04 00 00 00 " +
	"05 02 28 00 00 01 00 00 01 00 00 00 8f fd ac ed b3 ff d1 11 b4 1d 00 a0 c9 68 f9 39 01 01 00 00 00 00 00 05 0b 00 00 00 " +
	"00 02 14 00 94 00 02 00 01 01 00 00 00 00 00 05 09 00 00 00 " +
	"00 02 14 00 94 00 02 00 01 01 00 00 00 00 00 05 0b 00 00 00 " +
	"00 02 14 00 ff 00 0f 00 01 01 00 00 00 00 00 05 12 00 00 00"
