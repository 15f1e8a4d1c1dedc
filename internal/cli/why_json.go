package cli

import "github.com/policygen/policygen/internal/policytest"

// whyDocument is the document of why --output json.
type whyDocument struct {
	FormatVersion int                `json:"format_version"`
	Group         string             `json:"group"`
	Platform      string             `json:"platform"`
	Mode          string             `json:"mode"`
	Decision      policytest.Outcome `json:"decision"`
	Reason        string             `json:"reason"`
	Home          string             `json:"home,omitempty"` // where the call speaks of one
	By            string             `json:"by"`             // policy or rule that decides; "" where none does
	Grounds       []whyGround        `json:"grounds"`        // the first decides, where By is not empty
	NotRun        []string           `json:"not_run"`        // hook scripts
	Exceptions    []whyException     `json:"exceptions"`
	Change        *whyChange         `json:"change,omitempty"`
}

// whyGround is a rule or policy that has a say, with its layer.
type whyGround struct {
	groundRow
	Layer string `json:"layer"`
}

// whyException is an exception without which the decision would be another.
type whyException struct {
	Policies []string `json:"policies"`
	Place    string   `json:"place"`
}

// whyChange is the exception that would change a denial. Without policies there is none.
type whyChange struct {
	Policies []string           `json:"policies"`
	Decision policytest.Outcome `json:"decision"`
	Settings []string           `json:"settings"` // plain ones that deny it as well
}

// whyDocumentOf is an explanation for machines.
func whyDocumentOf(prefix string, o whyOptions, e policytest.Explanation) whyDocument {
	d := whyDocument{FormatVersion: 1, Group: o.group, Platform: e.Platform, Mode: e.Mode, Decision: e.Got, Reason: e.Reason, Home: e.Home, By: e.By(),
		Grounds: []whyGround{}, NotRun: append([]string{}, e.Scripts...), Exceptions: []whyException{}}
	for i, g := range e.Grounds {
		d.Grounds = append(d.Grounds, whyGround{groundRow{g, placeOf(layerPrefix(prefix, e.Layers[i]), g.Pos)}, e.Layers[i]})
	}
	for _, x := range e.Excused {
		d.Exceptions = append(d.Exceptions, whyException{x.Policies, placeOf(prefix, x.Pos)})
	}
	if e.Change != nil {
		d.Change = &whyChange{Policies: append([]string{}, e.Change.Policies...), Decision: e.Change.Got, Settings: []string{}}
		for _, g := range e.Change.Fixed {
			d.Change.Settings = append(d.Change.Settings, g.Rule)
		}
	}
	return d
}
