package attest

import (
	"errors"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/admx"
	"github.com/policygen/policygen/internal/readback/installscript"
	"github.com/policygen/policygen/internal/readback/lgpo"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// readers read the settings of forms that no machine exports, by the target that writes them. Files
// of these targets that hold no settings, such as templates, have no resolved_sha256 and are
// compared by their digests alone.
var readers = map[string]func([]byte) (*value.Node, error){
	"install-script":     installscript.ReadSettings,
	"preference-file":    plist.ReadFragment,
	"server-managed":     settings.Read,
	"registry-pol":       registryPolicy,
	"gpo":                registryPolicy,
	"lgpo":               lgpo.Read,
	"admx":               admx.ReadData,
	"powershell":         powershell.Read,
	"intune-remediation": powershell.Read,
}

// registryPolicy reads the settings in a Registry.pol.
func registryPolicy(data []byte) (*value.Node, error) {
	piece, err := importer.Read("Registry.pol", data)
	if err != nil {
		return nil, err
	}
	if piece.Settings == nil {
		return nil, errors.New("it holds no settings")
	}
	return piece.Settings, nil
}

// other reads an artifact of one of these forms. What it holds is compared with the manifest, and
// not with other forms: some sources ignore keys, which are left out for them.
func (c *checker) other(artifact out.Artifact, data []byte) {
	read, known := readers[artifact.Target]
	if !known || artifact.ResolvedSHA256 == "" {
		c.Others[artifact.Target]++
		return
	}
	c.Report.Read++
	switch n, err := read(data); {
	case err != nil:
		c.fail(artifact.Path, "it cannot be read back: %v", err)
	case value.Digest(n) != artifact.ResolvedSHA256:
		c.fail(artifact.Path, "its settings are not those of the manifest")
	}
}
