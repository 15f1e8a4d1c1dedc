// Package wix reads the source of a Windows Installer package: which files it
// installs where, and whom it says to be for.
package wix

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Source is what a package will be made of.
type Source struct {
	Name        string // of the product
	Description string
	Files       []string // below the client's folder, slash-separated, in the order of the source
}

// directory is a folder with what is in it. Elements of other kinds, such as
// registry values or actions, are collected to be refused.
type directory struct {
	ID         string      `xml:"Id,attr"`
	Name       string      `xml:"Name,attr"`
	Folders    []directory `xml:"Directory"`
	Components []component `xml:"Component"`
	Others     []other     `xml:",any"`
}

type component struct {
	ID    string `xml:"Id,attr"`
	Files []struct {
		Name   string `xml:"Name,attr"`
		Source string `xml:"Source,attr"`
	} `xml:"File"`
	Others []other `xml:",any"`
}

type other struct{ XMLName xml.Name }

// Read returns the source's content. Whatever a package could do besides
// installing files below the client's folder is an error.
func Read(data []byte) (*Source, error) {
	var document struct {
		XMLName xml.Name `xml:"Wix"`
		Product struct {
			Name    string `xml:"Name,attr"`
			Package struct {
				Description string `xml:"Description,attr"`
			} `xml:"Package"`
			Upgrade other     `xml:"MajorUpgrade"`
			Media   other     `xml:"Media"`
			Root    directory `xml:"Directory"`
			Feature struct {
				Refs []struct {
					ID string `xml:"Id,attr"`
				} `xml:"ComponentRef"`
			} `xml:"Feature"`
			Others []other `xml:",any"`
		} `xml:"Product"`
	}
	if err := xml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	product := document.Product
	r := &reader{installed: map[string]bool{}}
	for _, ref := range product.Feature.Refs {
		r.installed[ref.ID] = true
	}
	r.refuse(product.Others)
	at := product.Root
	for _, id := range []string{"TARGETDIR", "ProgramFiles64Folder", "INSTALLDIR"} {
		if at.ID != id {
			return nil, fmt.Errorf("the folder is %q, not %s", at.ID, id)
		}
		// The way to the client's folder is the only one, and nothing lies
		// beside it.
		if id != "INSTALLDIR" {
			if len(at.Folders) != 1 || len(at.Components) > 0 {
				return nil, fmt.Errorf("the folder %s holds more than the client's", id)
			}
			at = at.Folders[0]
		}
	}
	if r.folder(at, ""); r.err != nil {
		return nil, r.err
	}
	return &Source{Name: product.Name, Description: product.Package.Description, Files: r.files}, nil
}

// reader keeps the first error.
type reader struct {
	installed map[string]bool // components of the feature
	files     []string
	err       error
}

// refuse notes the first element that a package of files does not need.
func (r *reader) refuse(others []other) {
	if len(others) > 0 && r.err == nil {
		r.err = fmt.Errorf("it has an element %s, which does more than installing files", others[0].XMLName.Local)
	}
}

// folder collects the files of one folder and those below it.
func (r *reader) folder(d directory, parent string) {
	r.refuse(d.Others)
	for _, c := range d.Components {
		r.refuse(c.Others)
		for _, f := range c.Files {
			path := parent + f.Name
			if r.err == nil && (!r.installed[c.ID] || f.Source != "file/"+path || strings.Contains("/"+path+"/", "/../")) {
				r.err = fmt.Errorf("%s is not installed, or made of %s", path, f.Source)
			}
			r.files = append(r.files, path)
		}
	}
	for _, below := range d.Folders {
		r.folder(below, parent+below.Name+"/")
	}
}
