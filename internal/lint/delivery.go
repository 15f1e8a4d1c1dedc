package lint

import (
	"regexp"
	"slices"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// targetSources says which of the client's sources an artifact becomes, as the catalogue names them.
var targetSources = map[string]string{"managed-settings": "file", "dropins": "file", "plist": "mdm", "mobileconfig": "mdm", "preference-file": "mdm", "reg": "hklm"}

// elsewhere finds keys that the client reads from none of the sources that delivery.targets names.
func elsewhere(s *scene) {
	if len(s.set.Targets) == 0 {
		return
	}
	for _, m := range s.settings.Members {
		row, known := s.catalog.Lookup(m.Key)
		if !known || len(row.Sources) == 0 {
			continue
		}
		for _, target := range s.targets {
			if source := targetSources[target]; source != "" && !slices.Contains(row.Sources, source) {
				s.add(diag.New(diag.KeyNotHonoured, m.KeyPos, "%q has no effect in the target %s", m.Key, target).
					WithClient("claude ignores the key there and tells nobody").WithHint("deliver it by another target, or remove it"))
			}
		}
	}
}

// rewriters are services that replace their variables in what they deliver, by target. Jamf: payload variables; Intune: variables of
// profiles (vendors' documentation). Registry values are REG_SZ, in which Windows replaces nothing.
var rewriters = []struct {
	name    string
	targets []string
	form    *regexp.Regexp
}{
	{"Jamf", []string{"plist", "mobileconfig"}, regexp.MustCompile(`\$(USERNAME|FULLNAME|REALNAME|EMAIL|PHONE|POSITION|DEPARTMENT(NAME|ID)?|BUILDING(NAME|ID)?|ROOM|COMPUTERNAME|DEVICENAME|SERIALNUMBER|UDID|SITENAME|SITEID|MACADDRESS|JSSID|PROFILEJSSID|MANAGEMENTID|ASSET_TAG|EXTENSIONATTRIBUTE_\d+)\b`)},
	{"Intune", []string{"plist", "mobileconfig", "preference-file"}, regexp.MustCompile(`(?i)\{\{\s*(deviceid|devicename|serialnumber|serialnumberlast4digits|aaddeviceid|deviceregistrationid|azureadepodeviceid|username|userprincipalname|mail|partialupn|domain|accountid|onpremisesdistinguishedname|device\.\w+|user\.\w+)\s*\}\}`)},
	{"Fleet", []string{"plist", "mobileconfig"}, regexp.MustCompile(`\$\{?FLEET_(VAR|SECRET)_\w+`)},
}

// rewritten finds texts that do not reach the machine as they are written. Only macOS gets its policy as a profile.
func rewritten(s *scene) {
	if s.platform != policy.MacOS {
		return
	}
	s.texts(s.settings)
	for _, section := range s.state.Guidance { // a profile carries guidance as claudeMd
		s.text(section.Text, section.Pos)
	}
}

// texts looks at every string of a value.
func (s *scene) texts(n *value.Node) {
	if n.Kind == value.String {
		s.text(n.Scalar, n.Pos)
	}
	for _, item := range n.Items {
		s.texts(item)
	}
	for _, m := range n.Members {
		s.texts(m.Value)
	}
}

// text looks at one string.
func (s *scene) text(text string, pos diag.Pos) {
	for _, r := range rewriters {
		variable := r.form.FindString(text)
		if variable == "" || !slices.ContainsFunc(r.targets, func(t string) bool { return slices.Contains(s.targets, t) }) {
			continue
		}
		s.add(diag.New(diag.Rewritten, pos, "%s replaces %s in a profile", r.name, variable).
			WithClient("claude gets the replaced text").WithHint("write it otherwise, or deliver settings as a file"))
	}
}
