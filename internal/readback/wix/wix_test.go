package wix_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/wix"
)

const source = `<Wix><Product Name="P"><Package Description="for web"/><MajorUpgrade/><Media/><Directory Id="TARGETDIR"><Directory Id="ProgramFiles64Folder">
<Directory Id="INSTALLDIR"><Component Id="C1"><File Name="a.json" Source="file/a.json"/></Component>
<Directory Id="D2" Name="hooks"><Component Id="C3"><File Name="b.ps1" Source="file/hooks/b.ps1"/></Component></Directory>
</Directory></Directory></Directory><Feature><ComponentRef Id="C1"/><ComponentRef Id="C3"/></Feature></Product></Wix>`

func TestRead(t *testing.T) {
	got, err := wix.Read([]byte(source))
	want := &wix.Source{Name: "P", Description: "for web", Files: []string{"a.json", "hooks/b.ps1"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ old, instead, want string }{
		{"<Wix>", "", "expected element type <Wix>"},
		{"<Media/>", `<Media/><CustomAction ExeCommand="id"/>`, "an element CustomAction, which does more"},
		{"<File Name=\"a.json\"", `<RegistryValue/><File Name="a.json"`, "an element RegistryValue"},
		{`<Directory Id="D2"`, `<Registry/><Directory Id="D2"`, "an element Registry"},
		{"ProgramFiles64Folder", "SystemFolder", `the folder is "SystemFolder", not ProgramFiles64Folder`},
		{`<Directory Id="INSTALLDIR">`, `<Component/><Directory Id="INSTALLDIR">`, "the folder ProgramFiles64Folder holds more than the client's"},
		{`Source="file/a.json"`, `Source="c:/evil"`, "a.json is not installed, or made of c:/evil"},
		{`<ComponentRef Id="C3"/>`, "", "hooks/b.ps1 is not installed"},
		{`Name="hooks"`, `Name=".."`, "../b.ps1 is not installed"},
	} {
		changed := strings.Replace(source, test.old, test.instead, 1)
		if got, err := wix.Read([]byte(changed)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}
