package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/admx"
	"github.com/policygen/policygen/internal/readback/gpo"
	"github.com/policygen/policygen/internal/readback/installscript"
	"github.com/policygen/policygen/internal/readback/lgpo"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/pol"
	"github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/readback/wix"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// A reader notes what an artifact says. An error means that it is not of its
// form.
type reader func(c *checker, a out.Artifact, data []byte) error

// readers are what reads the artifacts of each target.
var readers = map[string]reader{
	importer.Settings:    (*checker).piece,
	importer.Plist:       (*checker).piece,
	importer.Profile:     (*checker).piece,
	importer.Reg:         (*checker).piece,
	importer.Servers:     (*checker).piece,
	importer.Guidance:    (*checker).piece,
	"agent":              (*checker).bundle,
	"install-script":     (*checker).installScript,
	"preference-file":    (*checker).preferenceFile,
	"registry-pol":       (*checker).registryPolicy,
	"gpo":                (*checker).policyObject,
	"lgpo":               (*checker).localPolicy,
	"admx":               (*checker).templates,
	"powershell":         (*checker).powershell,
	"intune-remediation": (*checker).remediation,
	"wix":                (*checker).installer,
	"server-managed":     (*checker).serverManaged,
	"gateway":            (*checker).gateway,
	"intune":             (*checker).intune,
	"terraform":          (*checker).terraform,
	"iru":                (*checker).iru,
	"fleet":              (*checker).fleet,
	"jamf":               (*checker).jamf,
	"compliance":         (*checker).compliance,
}

// piece reads what machines export too.
func (c *checker) piece(a out.Artifact, data []byte) error {
	piece, err := importer.Read(a.Path, data)
	if err != nil {
		return err
	}
	at := c.place(a)
	switch piece.Kind {
	// Only these two kinds have a place for the revision beside the settings.
	case importer.Profile, importer.Reg: // a CLAUDE.md was read with its tree, the others have no place for a revision
		c.revision(a.Path, at.folder, RevisionIn(piece.Kind, data))
	}
	switch {
	case piece.Settings != nil && a.Target == importer.Settings:
		c.confirmed(a.Path, a.ResolvedSHA256)
		c.settings(a.Path, at, asFiles, piece.Settings, a.ResolvedSHA256)
	case piece.Settings != nil:
		c.confirmed(a.Path, a.ResolvedSHA256)
		c.settings(a.Path, at, asProfile, piece.Settings, a.ResolvedSHA256)
	}
	return nil
}

// bundle reads the policy of the endpoint's agent.
func (c *checker) bundle(a out.Artifact, data []byte) error {
	b, err := wire.ReadBundle(data)
	if err != nil {
		return err
	}
	folder := c.folder(a.Path)
	if b.Audience != folder || b.Organization != c.Manifest.Organization {
		c.fail(a.Path, "it is the bundle of %s at %q", b.Audience, b.Organization)
	}
	c.revision(a.Path, folder, b.Revision)
	return nil
}

// installScript reads a script that carries files in base64. It is the one
// form for macOS that holds settings without guidance inside.
func (c *checker) installScript(a out.Artifact, data []byte) error {
	all, err := installscript.Read(data)
	if err != nil {
		return err
	}
	return c.installs(a.Path, c.place(a), all, a.ResolvedSHA256)
}

// preferenceFile reads the members that Intune puts into a property list of
// its own. They have no place for a revision.
func (c *checker) preferenceFile(a out.Artifact, data []byte) error {
	n, err := plist.ReadFragment(data)
	if err == nil {
		c.settings(a.Path, c.place(a), asProfile, n, a.ResolvedSHA256)
	}
	return err
}

// registryPolicy reads a Registry.pol. It sets two texts and nothing else.
func (c *checker) registryPolicy(a out.Artifact, data []byte) error {
	values, err := pol.Read(data)
	if err != nil {
		return err
	}
	revision := ""
	for _, v := range values {
		text, err := v.Text()
		switch {
		case err != nil:
			return err
		// Windows replaces %NAME% in a value of the expanding type, and the
		// client would read something else than the manifest says.
		case v.Type != pol.String:
			return fmt.Errorf("the value %s is not REG_SZ, so Windows would change it", v.Name)
		case strings.EqualFold(v.Name, "PolicyRevision"):
			revision = text
		case !strings.EqualFold(v.Name, "Settings"):
			return fmt.Errorf("it sets the value %s", v.Name)
		}
	}
	piece, err := importer.Read("Registry.pol", data)
	if err != nil {
		return err
	}
	c.revision(a.Path, c.folder(a.Path), revision)
	c.settings(a.Path, c.place(a), asProfile, piece.Settings, a.ResolvedSHA256)
	return nil
}

// policyObject reads the backup of a policy object: Registry.pol and the XML
// around it, which must be about one object.
func (c *checker) policyObject(a out.Artifact, data []byte) error {
	if strings.HasSuffix(a.Path, ".pol") {
		return c.registryPolicy(a, data)
	}
	b, err := gpo.Read(data)
	if err != nil {
		return err
	}
	at := c.place(a)
	root := path.Join(at.folder, at.platform, "gpo")
	// Backup.xml describes the parts of one backup; the other two files find
	// the backup by its folder.
	if b.ID == "" {
		if policy := path.Join(path.Dir(a.Path), b.Policy); !c.has(policy) {
			return fmt.Errorf("it names %s, which is not there", b.Policy)
		}
	} else {
		if !c.has(path.Join(root, b.ID, "Backup.xml")) {
			return fmt.Errorf("it names the backup %s, which is not there", b.ID)
		}
		c.revision(a.Path, at.folder, first(inDescription, b.Comment))
	}
	// All three files must be about the same object: importing one of them
	// under another name would make a second object that nobody maintains.
	c.says(a.Path, at, "policy object", text(b.Object+" "+b.Name), false)
	return nil
}

// has reports whether the manifest lists an artifact, whatever the case of its name:
// Windows does not tell them apart.
func (c *checker) has(name string) bool { return c.listed[strings.ToLower(name)] }

// localPolicy reads LGPO text, whose two values are those of the registry.
func (c *checker) localPolicy(a out.Artifact, data []byte) error {
	n, err := lgpo.Read(data)
	if err != nil {
		return err
	}
	values, err := lgpo.Values(data)
	c.revision(a.Path, c.folder(a.Path), values["PolicyRevision"])
	c.settings(a.Path, c.place(a), asProfile, n, a.ResolvedSHA256)
	return err
}

// templates reads administrative templates, whose text boxes hold the
// settings, and the data of an OMA-URI.
func (c *checker) templates(a out.Artifact, data []byte) error {
	// The name of the file is the folder of the audience.
	if folder, found := strings.CutPrefix(a.Path, "admx/oma-uri/"); found {
		return c.omaData(a.Path, strings.TrimSuffix(folder, ".txt"), string(data), a.ResolvedSHA256)
	}
	if !strings.HasSuffix(a.Path, ".admx") {
		return nil // read with its template
	}
	// Definitions and texts mean something together only, so the pair is read
	// once and blamed by its texts, where the settings stand.
	texts := path.Join("admx/en-US", strings.TrimSuffix(path.Base(a.Path), ".admx")+".adml")
	adml, err := c.Artifacts.Read(texts)
	if err != nil {
		return fmt.Errorf("its texts %s are missing", texts)
	}
	policies, err := admx.Read(data, adml)
	if err != nil {
		return err
	}
	for _, p := range policies {
		folder, err := unescaped(strings.TrimPrefix(p.Name, "ManagedSettings_"))
		if err != nil {
			return err
		}
		c.revision(texts, folder, p.Revision)
		c.settings(texts, place{folder, "windows"}, asProfile, p.Settings, "")
	}
	return nil
}

// omaData reads what an OMA-URI is set to.
func (c *checker) omaData(at, folder, data, want string) error {
	p, err := admx.Data([]byte(data))
	if err != nil {
		return err
	}
	c.revision(at, folder, p.Revision)
	c.settings(at, place{folder, "windows"}, asProfile, p.Settings, want)
	return nil
}

var escaped = regexp.MustCompile(`_[0-9a-f]{2}`)

// unescaped returns the folder in the name of a policy, in which every byte
// but letters and digits is _xx.
func unescaped(name string) (string, error) {
	if plain := escaped.ReplaceAllString(name, ""); strings.ContainsAny(plain, "_/.") {
		return "", fmt.Errorf("%q is no name of a policy", name)
	}
	return escaped.ReplaceAllStringFunc(name, func(code string) string {
		b, _ := hex.DecodeString(code[1:])
		return string(b)
	}), nil
}

// These repeat what the writers say on purpose: a reader that shared them
// could not notice a change.
var (
	inDescription = regexp.MustCompile(`\bRevision ([0-9a-f]{16})\.`)
	inScript      = regexp.MustCompile(`'PolicyRevision', '([0-9a-f]{16})'`)
	expected      = regexp.MustCompile(`(?m)^\$expected = '([0-9a-f]{64})'\r?$`)
)

// powershell reads the script that stands alone; it is the same as the one
// that repairs.
func (c *checker) powershell(a out.Artifact, data []byte) error {
	return c.script(a.Path, c.place(a), data, a.ResolvedSHA256)
}

// script reads the script that writes the policy on Windows.
func (c *checker) script(at string, where place, data []byte, want string) error {
	n, err := powershell.Read(data)
	if err != nil {
		return err
	}
	c.revision(at, where.folder, first(inScript, string(data)))
	c.settings(at, where, asProfile, n, want)
	// The detecting script knows the policy by the digest of exactly these
	// bytes.
	payload, err := powershell.Payload(data)
	c.says(at, where, "text on Windows", text(digest(payload)), false)
	return err
}

// remediation reads the pair of scripts.
func (c *checker) remediation(a out.Artifact, data []byte) error {
	if strings.HasPrefix(path.Base(a.Path), "Detect") {
		return c.detection(a.Path, c.place(a), data)
	}
	return c.powershell(a, data)
}

// detection reads the script that looks for the policy: it knows it by its
// digest.
func (c *checker) detection(at string, where place, data []byte) error {
	// It is not enough to find some digest: the line must be the one that the
	// script compares with.
	sum := first(expected, string(data))
	if sum == "" {
		return errors.New("it compares with no digest")
	}
	c.revision(at, where.folder, first(regexp.MustCompile(`(?m)^\$revision = '([0-9a-f]{16})'\r?$`), string(data)))
	c.says(at, where, "text on Windows", text(sum), false)
	return nil
}

// installer reads the source of a package: it names the files of the tree.
func (c *checker) installer(a out.Artifact, data []byte) error {
	source, err := wix.Read(data)
	if err != nil {
		return err
	}
	c.revision(a.Path, c.folder(a.Path), first(inDescription, source.Description))
	// The source holds no content, so all that it can get wrong is the list.
	c.names(a.Path, c.place(a), source.Files)
	return nil
}

// digest returns the SHA-256 as 64 lower-case hex digits, the form in which
// scripts, queries and bills of materials have it.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// text and flag return values that nobody wrote, and so have no place.
func text(s string) *value.Node { return &value.Node{Kind: value.String, Scalar: s} }

// flag returns a truth value.
func flag(b bool) *value.Node {
	return &value.Node{Kind: value.Bool, Scalar: strconv.FormatBool(b)}
}
