package gpo_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/gpo"
)

const (
	instance = `<BackupInst xmlns="urn:x"><GPOGuid><![CDATA[{O}]]></GPOGuid><ID><![CDATA[{B}]]></ID><Comment><![CDATA[for web]]></Comment><GPODisplayName>Policy</GPODisplayName></BackupInst>`
	scheme   = `<GroupPolicyBackupScheme xmlns:bkp="urn:b" xmlns="urn:b"><GroupPolicyObject><GroupPolicyCoreSettings><ID>{O}</ID><DisplayName>Policy</DisplayName>
</GroupPolicyCoreSettings><GroupPolicyExtension bkp:DescName="Registry"><FSObjectFile bkp:Location="DomainSysvol\GPO\Machine\registry.pol"/></GroupPolicyExtension>
</GroupPolicyObject></GroupPolicyBackupScheme>`
)

func TestRead(t *testing.T) {
	info := gpo.Backup{ID: "{B}", Object: "{O}", Name: "Policy", Comment: "for web"}
	for text, want := range map[string]gpo.Backup{
		instance: info,
		`<Backups xmlns="urn:x">` + instance + `</Backups>`: info,
		scheme: {Object: "{O}", Name: "Policy", Policy: "DomainSysvol/GPO/Machine/registry.pol"},
	} {
		got, err := gpo.Read([]byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"x":          "EOF",
		"<x/>":       "x is the root of no file of a backup",
		"<Backups/>": "it lists 0 backups instead of one",
		"<Backups>" + instance + instance + "</Backups>": "it lists 2 backups",
		"<BackupInst/>": "it lacks the identity",
		strings.Replace(scheme, `"Registry"`, `"Scripts"`, 1):                                                                    "another extension",
		strings.Replace(scheme, "</GroupPolicyObject>", `<GroupPolicyExtension bkp:DescName="Scripts"/></GroupPolicyObject>`, 1): "another extension",
		strings.Replace(scheme, "<ID>{O}</ID>", "", 1):                                                                           "it lacks the identity",
	} {
		if got, err := gpo.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
}
