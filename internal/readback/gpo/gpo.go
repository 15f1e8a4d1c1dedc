// Package gpo reads the XML around the registry policy in the backup of a
// Group Policy object: what it is called, where its parts lie and whom it is
// said to be for.
package gpo

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// Backup is what one of the XML files says.
type Backup struct {
	ID      string // of the backup, which is the name of its folder; "" in Backup.xml
	Object  string // GUID of the policy object
	Name    string // of the object, as the editor shows it
	Comment string // "" in Backup.xml
	Policy  string // place of the registry policy in the backup, in Backup.xml; slash-separated
}

// instance is what manifest.xml lists and bkupInfo.xml consists of.
type instance struct {
	Object  string `xml:"GPOGuid"`
	ID      string `xml:"ID"`
	Comment string `xml:"Comment"`
	Name    string `xml:"GPODisplayName"`
}

// Read reads manifest.xml, bkupInfo.xml or Backup.xml, by its root.
func Read(data []byte) (Backup, error) {
	var any struct{ XMLName xml.Name }
	if err := xml.Unmarshal(data, &any); err != nil {
		return Backup{}, err
	}
	switch any.XMLName.Local {
	case "Backups":
		var list struct {
			All []instance `xml:"BackupInst"`
		}
		if err := xml.Unmarshal(data, &list); err != nil || len(list.All) != 1 {
			return Backup{}, fmt.Errorf("it lists %d backups instead of one", len(list.All))
		}
		return backup(list.All[0])
	case "BackupInst":
		var one instance
		if err := xml.Unmarshal(data, &one); err != nil {
			return Backup{}, err
		}
		return backup(one)
	case "GroupPolicyBackupScheme":
		return scheme(data)
	}
	return Backup{}, fmt.Errorf("%s is the root of no file of a backup", any.XMLName.Local)
}

// backup checks that nothing is missing by which Windows finds the object.
func backup(one instance) (Backup, error) {
	if one.Object == "" || one.ID == "" || one.Name == "" {
		return Backup{}, errors.New("it lacks the identity or the name of the object")
	}
	return Backup{ID: one.ID, Object: one.Object, Name: one.Name, Comment: one.Comment}, nil
}

// scheme reads Backup.xml. An extension beside that of the registry would
// bring something else to machines.
func scheme(data []byte) (Backup, error) {
	var s struct {
		Object struct {
			Core struct {
				ID   string `xml:"ID"`
				Name string `xml:"DisplayName"`
			} `xml:"GroupPolicyCoreSettings"`
			Extensions []struct {
				Name  string `xml:"DescName,attr"`
				Files []struct {
					Location string `xml:"Location,attr"`
				} `xml:"FSObjectFile"`
			} `xml:"GroupPolicyExtension"`
		} `xml:"GroupPolicyObject"`
	}
	if err := xml.Unmarshal(data, &s); err != nil {
		return Backup{}, err
	}
	extensions := s.Object.Extensions
	if len(extensions) != 1 || extensions[0].Name != "Registry" || len(extensions[0].Files) != 1 {
		return Backup{}, errors.New("it has another extension than one registry policy")
	}
	core := s.Object.Core
	if core.ID == "" || core.Name == "" {
		return Backup{}, errors.New("it lacks the identity or the name of the object")
	}
	return Backup{Object: core.ID, Name: core.Name, Policy: strings.ReplaceAll(extensions[0].Files[0].Location, `\`, "/")}, nil
}
