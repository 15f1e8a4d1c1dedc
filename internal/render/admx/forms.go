package admx

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/render/internal/winreg"
	"github.com/policygen/policygen/internal/render/internal/xmltext"
)

// Names that a template's parts refer to each other by, never with the template's own prefix: Intune then says that they are not defined.
const (
	category  = "Cat_ClaudeCode"
	supported = "Supported_ClaudeCode"
	element   = "SettingsJson"
	stamp     = "Revision"
)

// maxLength is the text box's limit in characters; without one it is 1023.
const maxLength = maxFile

const namespace = `xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0"`

// advice follows each policy's description.
const advice = " Enable it for the computers of this audience, and no other policy of this category with it: all of them set the same value." +
	" Leave the texts as they are; to change the policy, build and import it anew. MCP servers and scripts are files and are not part of it."

const definitionsHead = `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions ` + namespace + `>
  <policyNamespaces>
    <target prefix="claudecode" namespace="Policygen.Policies.%s"/>
  </policyNamespaces>
  <resources minRequiredRevision="1.0"/>
  <supportedOn>
    <definitions>
      <definition name="` + supported + `" displayName="$(string.` + supported + `)"/>
    </definitions>
  </supportedOn>
  <categories>
    <category name="` + category + `" displayName="$(string.` + category + `)"/>
  </categories>
  <policies>
`

const policyForm = `    <policy name="%[1]s" class="Machine" displayName="$(string.%[1]s)" explainText="$(string.%[1]s_Explain)" ` +
	`presentation="$(presentation.%[1]s)" key="` + winreg.Key + `">
      <parentCategory ref="` + category + `"/>
      <supportedOn ref="` + supported + `"/>
      <elements>
        <text id="` + element + `" valueName="` + winreg.Name + `" required="true" maxLength="%[2]d"/>
        <text id="` + stamp + `" valueName="` + winreg.RevisionName + `" maxLength="64"/>
      </elements>
    </policy>
`

const definitionsFoot = `  </policies>
</policyDefinitions>
`

// definitions returns the .admx file.
func (t template) definitions() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, definitionsHead, t.file())
	for _, e := range t.entries {
		fmt.Fprintf(&b, policyForm, e.name(), maxLength)
	}
	b.WriteString(definitionsFoot)
	return b.Bytes()
}

const head = `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources ` + namespace + `>
  <displayName>Claude Code</displayName>
  <description>Policies for Claude Code, made by policygen.</description>
  <resources>
    <stringTable>
      <string id="` + category + `">Claude Code</string>
      <string id="` + supported + `">Claude Code on Windows</string>
`

const middle = `    </stringTable>
    <presentationTable>
`

const foot = middle + `    </presentationTable>
  </resources>
</policyDefinitionResources>
`

// resources returns the .adml file: all texts, then all text boxes.
func (t template) resources() []byte {
	var b bytes.Buffer
	b.WriteString(head)
	for _, e := range t.entries {
		b.WriteString(e.strings())
	}
	b.WriteString(middle)
	for _, e := range t.entries {
		b.WriteString(e.box())
	}
	b.WriteString(foot[len(middle):])
	return b.Bytes()
}

// strings returns an audience's part of the string table.
func (e entry) strings() string {
	return fmt.Sprintf("      <string id=\"%[1]s\">%[2]s</string>\n      <string id=\"%[1]s_Explain\">%[3]s</string>\n",
		e.name(), xmltext.Text(e.title), xmltext.Text(e.explain))
}

// box returns an audience's text boxes, which hold its settings and their revision.
func (e entry) box() string {
	return fmt.Sprintf("      <presentation id=\"%s\">\n        <textBox refId=\"%s\">\n          <label>Settings, JSON on one line</label>\n"+
		"          <defaultValue>%s</defaultValue>\n        </textBox>\n        <textBox refId=\"%s\">\n          <label>Revision, for programs that check machines</label>\n"+
		"          <defaultValue>%s</defaultValue>\n        </textBox>\n      </presentation>\n", e.name(), element, xmltext.Text(string(e.text)), stamp, e.revision)
}

// size returns how many bytes the audience adds to the larger of the two files.
func (e entry) size() int { return len(e.strings()) + len(e.box()) }

// data returns what the audience's OMA-URI is set to.
func (e entry) data() []byte {
	return fmt.Appendf(nil, "<enabled/>\n<data id=\"%s\" value=\"%s\"/>\n<data id=\"%s\" value=\"%s\"/>\n", element, xmltext.Attribute(string(e.text)), stamp, e.revision)
}

const omaHead = `Custom OMA-URI settings for Windows, in place of importing the templates. Data type: String.
Give every device the template's setting, and one of the settings below it. They must be in one profile, or the template first.
`

// install returns the setting that brings the template.
func (t template) install() string {
	return fmt.Sprintf("\nTemplate: the content of %s.admx\n%s\n", t.file(), t.uri())
}

// uri is where the template is installed.
func (t template) uri() string {
	return "./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/" + t.file() + "/Policy/" + t.file()
}

// set returns the setting of one audience.
func (t template) set(e entry) string {
	return fmt.Sprintf("\n%[1]s: the content of oma-uri/%[1]s.txt\n%[2]s\n", e.audience, t.policy(e))
}

// policy is where the policy of one audience is set.
func (t template) policy(e entry) string {
	return strings.Join([]string{"./Device/Vendor/MSFT/Policy/Config/" + t.file(), "Policy", category}, "~") + "/" + e.name()
}
