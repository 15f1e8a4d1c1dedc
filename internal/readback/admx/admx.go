// Package admx reads administrative templates back: which text each policy
// would put into the registry if it were enabled as it stands. It follows the
// references between .admx and .adml as the editor of Group Policy does, and
// takes only what Intune imports alone.
package admx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// definitions is the part of an .admx file that matters here.
type definitions struct {
	XMLName   xml.Name `xml:"policyDefinitions"`
	Using     []any    `xml:"policyNamespaces>using"`
	Resources struct {
		MinRevision string `xml:"minRequiredRevision,attr"`
	} `xml:"resources"`
	Supported  []named  `xml:"supportedOn>definitions>definition"`
	Categories []named  `xml:"categories>category"`
	Policies   []policy `xml:"policies>policy"`
}

type named struct {
	Name        string `xml:"name,attr"`
	DisplayName string `xml:"displayName,attr"`
}

type policy struct {
	named
	Class        string    `xml:"class,attr"`
	Explain      string    `xml:"explainText,attr"`
	Presentation string    `xml:"presentation,attr"`
	Key          string    `xml:"key,attr"`
	Category     ref       `xml:"parentCategory"`
	Supported    ref       `xml:"supportedOn"`
	Texts        []textBox `xml:"elements>text"`
}

// textBox is what the administrator may fill in.
type textBox struct {
	ID         string `xml:"id,attr"`
	ValueName  string `xml:"valueName,attr"`
	MaxLength  int    `xml:"maxLength,attr"`
	Expandable bool   `xml:"expandable,attr"`
}

type ref struct {
	Ref string `xml:"ref,attr"`
}

// resources is the part of an .adml file that matters here.
type resources struct {
	XMLName  xml.Name `xml:"policyDefinitionResources"`
	Revision string   `xml:"revision,attr"`
	Strings  []struct {
		ID   string `xml:"id,attr"`
		Text string `xml:",chardata"`
	} `xml:"resources>stringTable>string"`
	Presentations []struct {
		ID    string `xml:"id,attr"`
		Boxes []struct {
			RefID   string `xml:"refId,attr"`
			Default string `xml:"defaultValue"`
		} `xml:"textBox"`
	} `xml:"resources>presentationTable>presentation"`
}

// Policy is what one policy sets.
type Policy struct {
	Name     string // "" for the data of an OMA-URI
	Settings *value.Node
	Revision string
}

// Read returns what each policy sets, in the order of the template.
func Read(admx, adml []byte) ([]Policy, error) {
	var d definitions
	var r resources
	if err := errors.Join(xml.Unmarshal(admx, &d), xml.Unmarshal(adml, &r)); err != nil {
		return nil, err
	}
	if len(d.Using) > 0 {
		return nil, errors.New("the template needs another one, which Intune would have to have first")
	}
	if d.Resources.MinRevision != r.Revision {
		return nil, fmt.Errorf("the template wants texts of revision %q, these are %q", d.Resources.MinRevision, r.Revision)
	}
	t := newTables(d, r)
	var found []Policy
	for _, p := range d.Policies {
		set, err := t.policy(p)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", p.Name, err)
		}
		if slices.ContainsFunc(found, func(other Policy) bool { return other.Name == p.Name }) {
			return nil, fmt.Errorf("policy %s comes twice", p.Name)
		}
		found = append(found, set)
	}
	return found, nil
}

// tables holds what policies may refer to.
type tables struct {
	strings, supported, categories map[string]bool
	defaults                       map[string]map[string]string // by presentation and text box
}

func newTables(d definitions, r resources) tables {
	t := tables{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]map[string]string{}}
	for _, s := range r.Strings {
		t.strings["$(string."+s.ID+")"] = s.Text != ""
	}
	for _, n := range d.Supported {
		t.supported[n.Name] = t.strings[n.DisplayName]
	}
	for _, n := range d.Categories {
		t.categories[n.Name] = t.strings[n.DisplayName]
	}
	for _, p := range r.Presentations {
		boxes := map[string]string{}
		for _, b := range p.Boxes {
			boxes[b.RefID] = b.Default
		}
		t.defaults["$(presentation."+p.ID+")"] = boxes
	}
	return t
}

var identifier = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// policy returns what one policy would set.
func (t tables) policy(p policy) (Policy, error) {
	switch {
	case !identifier.MatchString(p.Name):
		return Policy{}, errors.New("the name holds something else than letters, digits and underscores")
	case p.Class != "Machine" || p.Key != `SOFTWARE\Policies\ClaudeCode`:
		return Policy{}, fmt.Errorf("it sets the key %s of class %q", p.Key, p.Class)
	case !t.strings[p.DisplayName] || !t.strings[p.Explain]:
		return Policy{}, errors.New("a text is missing")
	case !t.supported[p.Supported.Ref] || !t.categories[p.Category.Ref]:
		return Policy{}, errors.New("its category, or where it is supported, is not defined")
	case len(p.Texts) != len(valueNames) || len(t.defaults[p.Presentation]) != len(valueNames):
		return Policy{}, errors.New("it has other text boxes than those of the settings and the revision")
	}
	var texts [len(valueNames)]string
	for i, box := range p.Texts {
		text, ok := t.defaults[p.Presentation][box.ID]
		switch n := utf8.RuneCountInString(text); {
		case box.ValueName != valueNames[i]:
			return Policy{}, fmt.Errorf("it sets %s and not %s", box.ValueName, valueNames[i])
		case box.Expandable:
			return Policy{}, errors.New("the value would be REG_EXPAND_SZ, in which Windows replaces %NAME%")
		case !ok:
			return Policy{}, errors.New("the presentation has other text boxes than the policy")
		case n > box.MaxLength:
			return Policy{}, fmt.Errorf("the text has %d characters, the box takes %d", n, box.MaxLength)
		}
		texts[i] = text
	}
	n, err := settings.Read([]byte(texts[0]))
	return Policy{p.Name, n, texts[1]}, err
}

// valueNames are the values that a policy sets, in order.
var valueNames = [...]string{"Settings", "PolicyRevision"}

// Data returns what the data of an OMA-URI sets.
func Data(data []byte) (Policy, error) {
	var d struct {
		Enabled *struct{} `xml:"enabled"`
		Data    []struct {
			ID    string `xml:"id,attr"`
			Value string `xml:"value,attr"`
		} `xml:"data"`
	}
	if err := xml.Unmarshal([]byte("<d>"+string(data)+"</d>"), &d); err != nil {
		return Policy{}, err
	}
	if d.Enabled == nil || len(d.Data) != len(valueNames) || d.Data[0].ID != "SettingsJson" || d.Data[1].ID != "Revision" {
		return Policy{}, errors.New("the data does not enable the policy with settings and revision")
	}
	n, err := settings.Read([]byte(d.Data[0].Value))
	return Policy{"", n, d.Data[1].Value}, err
}
