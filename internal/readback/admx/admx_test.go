package admx_test

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/readback/admx"
	"github.com/policygen/policygen/internal/value"
)

const definitions = `<policyDefinitions revision="1.0" schemaVersion="1.0"><policyNamespaces><target prefix="c" namespace="C"/></policyNamespaces>
<resources minRequiredRevision="1.0"/><supportedOn><definitions><definition name="S" displayName="$(string.S)"/></definitions></supportedOn>
<categories><category name="K" displayName="$(string.K)"/></categories><policies><policy name="P" class="Machine" displayName="$(string.P)"
explainText="$(string.E)" presentation="$(presentation.P)" key="SOFTWARE\Policies\ClaudeCode"><parentCategory ref="K"/><supportedOn ref="S"/>
<elements><text id="J" valueName="Settings" maxLength="100"/><text id="R" valueName="PolicyRevision" maxLength="9"/></elements></policy></policies></policyDefinitions>`

const texts = `<policyDefinitionResources revision="1.0" schemaVersion="1.0"><resources><stringTable><string id="S">s</string><string id="K">k</string>
<string id="P">p</string><string id="E">e</string></stringTable><presentationTable><presentation id="P"><textBox refId="J"><label>l</label>
<defaultValue>{"a":"&lt;%P%&amp;"}</defaultValue></textBox><textBox refId="R"><label>r</label><defaultValue>0123</defaultValue></textBox></presentation></presentationTable></resources></policyDefinitionResources>`

func TestRead(t *testing.T) {
	got, err := admx.Read([]byte(definitions), []byte(texts))
	if err != nil || len(got) != 1 || string(value.AppendJSON(nil, got[0].Settings)) != `{"a":"<%P%&"}` || got[0].Name != "P" || got[0].Revision != "0123" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, old, instead, want string }{
		{"not XML", "<policies>", "", "XML syntax error"},
		{"the other file", "policyDefinitions>", "policyDefinitionResources>", "XML syntax error"},
		{"needs another template", "</policyNamespaces>", `<using prefix="w" namespace="W"/></policyNamespaces>`, "needs another one"},
		{"revision", `minRequiredRevision="1.0"`, `minRequiredRevision="1.1"`, `wants texts of revision "1.1", these are "1.0"`},
		{"dot in the name", `policy name="P"`, `policy name="P.1"`, "policy P.1: the name holds something else"},
		{"user", "Machine", "User", `of class "User"`},
		{"another key", `SOFTWARE\Policies`, `SOFTWARE\Policy`, "it sets the key"},
		{"no explanation", `explainText="$(string.E)"`, "", "a text is missing"},
		{"no title", `<string id="P">p</string>`, "", "a text is missing"},
		{"no category", `<parentCategory ref="K"/>`, "", "is not defined"},
		{"own prefix", `<supportedOn ref="S"/>`, `<supportedOn ref="c:S"/>`, "is not defined"},
		{"another value", `"Settings"`, `"Other"`, "it sets Other and not Settings"},
		{"no revision", `<text id="R" valueName="PolicyRevision" maxLength="9"/>`, "", "other text boxes"},
		{"long revision", "0123", "0123456789", "the text has 10 characters, the box takes 9"},
		{"expanded", `maxLength`, `expandable="true" maxLength`, "REG_EXPAND_SZ"},
		{"other box", `refId="J"`, `refId="X"`, "other text boxes"},
		{"too long", `maxLength="100"`, `maxLength="12"`, "the text has 13 characters, the box takes 12"},
		{"no length", ` maxLength="100"`, "", "the box takes 0"},
		{"not JSON", `{"a"`, `{a`, "line 1, column 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.NewReplacer(test.old, test.instead)
			got, err := admx.Read([]byte(changed.Replace(definitions)), []byte(changed.Replace(texts)))
			if got != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", got, err, test.want)
			}
		})
	}
	twice := strings.Replace(definitions, "<policies>", "<policies>"+definitions[strings.Index(definitions, "<policy "):strings.Index(definitions, "</policies>")], 1)
	if got, err := admx.Read([]byte(twice), []byte(texts)); err == nil || err.Error() != "policy P comes twice" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestData(t *testing.T) {
	tests := []struct{ text, want string }{
		{`<enabled/><data id="SettingsJson" value="{&quot;a&quot;:&quot;%&lt;&quot;}"/><data id="Revision" value="0"/>`, `{"a":"%<"}0`},
		{`<data id="J" value="{}"/>`, "does not enable"},
		{`<disabled/>`, "does not enable"},
		{`<enabled/>`, "does not enable"},
		{`<enabled/><data id="J" value="{}"/><data id="K" value="{}"/>`, "does not enable"},
		{`<enabled/><data id="SettingsJson" value="{}"/>`, "does not enable"},
		{`<enabled/><data id="J" value="{"a":1}"/>`, "XML syntax error"},
		{`<enabled/><data id="SettingsJson" value="{"/><data id="Revision" value="0"/>`, "line 1, column 2"},
	}
	for _, test := range tests {
		p, err := admx.Data([]byte(test.text))
		if err == nil && string(value.AppendJSON(nil, p.Settings))+p.Revision != test.want || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.text, p, err)
		}
	}
}
