// Package fleet reads the part of a Fleet GitOps repository that delivers
// policy: the list of profiles with their labels, and the custom settings of
// Windows. Fleet replaces a dollar sign with what follows it in every file, so
// one is an error in all of them.
package fleet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Profile is one file and the label that its hosts have.
type Profile struct{ Path, Label string }

type profile struct {
	Path   string   `yaml:"path"`
	Labels []string `yaml:"labels_include_any"`
}

// List returns the profiles of the list, those of macOS first. Paths are below
// the folder of the list.
func List(data []byte) ([]Profile, error) {
	if err := plain(data); err != nil {
		return nil, err
	}
	type settings struct {
		Profiles []profile `yaml:"configuration_profiles"`
	}
	var document struct {
		Controls struct {
			Apple   settings `yaml:"apple_settings"`
			Windows settings `yaml:"windows_settings"`
		} `yaml:"controls"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	var all []Profile
	for _, p := range append(document.Controls.Apple.Profiles, document.Controls.Windows.Profiles...) {
		path, below := strings.CutPrefix(p.Path, "./")
		if !below || strings.Contains("/"+path+"/", "/../") || len(p.Labels) != 1 {
			return nil, fmt.Errorf("%s does not lie in the folder, or is not for one label", p.Path)
		}
		all = append(all, Profile{path, p.Labels[0]})
	}
	return all, nil
}

// plain refuses what Fleet would rewrite. There is no escape but a character
// reference, which the parser of XML has resolved by then.
func plain(data []byte) error {
	if bytes.IndexByte(data, '$') >= 0 {
		return errors.New("it holds a dollar sign, and Fleet replaces what follows one")
	}
	return nil
}

// Apple returns a profile of macOS as a host gets it.
func Apple(data []byte) ([]byte, error) { return data, plain(data) }

// Setting is one custom setting of Windows.
type Setting struct{ URI, Value string }

// Windows returns the commands of a profile of Windows, in order. Commands
// other than Replace are errors.
func Windows(data []byte) ([]Setting, error) {
	if err := plain(data); err != nil {
		return nil, err
	}
	var all []Setting
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		var command struct {
			Items []struct {
				URI    string `xml:"Target>LocURI"`
				Format string `xml:"Meta>Format"`
				Data   string `xml:"Data"`
			} `xml:"Item"`
		}
		if err := d.DecodeElement(&command, &start); err != nil {
			return nil, err
		}
		if start.Name.Local != "Replace" || len(command.Items) != 1 || command.Items[0].Format != "chr" {
			return nil, fmt.Errorf("the command %s does not set one text", start.Name.Local)
		}
		all = append(all, Setting{command.Items[0].URI, command.Items[0].Data})
	}
}
