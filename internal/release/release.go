// Package release is the form in which built policy leaves the repository: one
// archive with everything that machines and consoles take, a manifest with the
// digest of each file, a list of the changes that matter, and an SPDX bill of
// materials. The same input gives the same bytes; signatures lie beside the
// archive, so that it does not depend on who signs.
//
// [New] puts a release together, [Release.TarGz] and [Release.Zip] write it,
// [Open] reads any form of it and [Release.Check] compares the files with the
// manifest.
package release

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The names of a release's own files. Artifacts lie below [ArtifactsDir] as in
// the output folder.
const (
	ManifestName = "release.json"
	ChangesName  = "CHANGES.md"
	SBOMName     = "sbom.spdx.json"
	ArtifactsDir = "artifacts"
)

// FormatVersion is the version of the manifest's shape; it grows when a field
// changes its meaning.
const FormatVersion = 1

// Manifest is what a release says of itself.
type Manifest struct {
	FormatVersion int        `json:"format_version"`
	Name          string     `json:"name"`    // of the series, such as acme-claude-policy
	Version       string     `json:"version"` // such as 2026.12.1
	Organization  string     `json:"organization"`
	Revision      string     `json:"revision"` // of the policy of all audiences together
	Compiler      string     `json:"compiler"` // version of policygen
	MinimumClient *string    `json:"minimum_client_version"`
	ValidFrom     *string    `json:"valid_from"`  // RFC 3339; null: no bound
	ValidUntil    *string    `json:"valid_until"` // RFC 3339, the first moment at which another release is needed; null: no bound
	Previous      *Previous  `json:"previous"`    // what the changes are counted from; null: nothing
	Summary       Summary    `json:"summary"`
	Changes       []Change   `json:"changes"`   // those that loosen, tighten or break, the worst first
	Audiences     []Audience `json:"audiences"` // sorted by folder
	Files         []Entry    `json:"files"`     // sorted by path; all but the manifest itself
}

// Previous names what a release was compared with.
type Previous struct {
	Name     string `json:"name"`               // as it was given: a release, a revision of git
	Revision string `json:"revision,omitempty"` // of its policy, where it is known
}

// Summary counts changes by class.
type Summary struct {
	Breaks   int `json:"breaks"`
	Loosens  int `json:"loosens"`
	Tightens int `json:"tightens"`
	Neutral  int `json:"neutral"`
}

// Change is one change of policy, as `policygen diff` classes it.
type Change struct {
	Class       string   `json:"class"` // BREAKS, LOOSENS, TIGHTENS
	Check       string   `json:"check"`
	Path        string   `json:"path"`
	Old         string   `json:"old,omitempty"` // JSON or plain text
	New         string   `json:"new,omitempty"`
	Why         string   `json:"why"`
	Fingerprint string   `json:"fingerprint"`
	Audiences   []string `json:"audiences"`
}

// Audience is who gets the artifacts of a folder.
type Audience struct {
	Folder   string `json:"folder"`
	Group    string `json:"group"`
	User     string `json:"user,omitempty"`
	Revision string `json:"revision"`
}

// Entry is one file.
type Entry struct {
	Path       string `json:"path"` // slash-separated, below the release
	SHA256     string `json:"sha256"`
	Size       int    `json:"size"`                 // bytes
	Executable bool   `json:"executable,omitempty"` // mode 0755 instead of 0644
}

// File is one file with its content.
type File struct {
	Path string // slash-separated, below the release
	Data []byte
	Exec bool
}

// Release is a manifest and its files.
type Release struct {
	Manifest Manifest
	Files    []File // sorted by path, without the manifest
	encoded  []byte // the manifest as it is written or was read
}

// New completes a manifest with the list of files. The bill of materials and
// the list of changes are made here; they belong to each release. The date is
// that of the build, to the day.
func New(m Manifest, files []File, sources []Source, date time.Time) (*Release, error) {
	m.FormatVersion = FormatVersion
	m.Changes, m.Audiences = append([]Change{}, m.Changes...), append([]Audience{}, m.Audiences...)
	files = append(slices.Clone(files), File{Path: ChangesName, Data: []byte(m.changesText())})
	bill, err := sbom(m, files, sources, date)
	if err != nil {
		return nil, err
	}
	files = append(files, File{Path: SBOMName, Data: bill})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	// The list is made from what is there, never taken over: a manifest that
	// was read may list what is gone.
	m.Files = nil
	for i, f := range files {
		if i > 0 && files[i-1].Path == f.Path {
			return nil, fmt.Errorf("two files of the release are called %s", f.Path)
		}
		m.Files = append(m.Files, Entry{Path: f.Path, SHA256: digest(f.Data), Size: len(f.Data), Executable: f.Exec})
	}
	encoded, err := encode(m)
	return &Release{Manifest: m, Files: files, encoded: encoded}, err
}

// ManifestBytes returns the manifest as it stands in the release, which is
// what is signed for those who unpack it. Do not change the bytes.
func (r *Release) ManifestBytes() []byte { return r.encoded }

// Title returns name and version as file names begin with them.
func (m Manifest) Title() string { return m.Name + "-" + m.Version }

// File returns the content of a file, and whether it is there.
func (r *Release) File(path string) ([]byte, bool) {
	i, found := slices.BinarySearchFunc(r.Files, path, func(f File, path string) int { return cmp.Compare(f.Path, path) })
	if !found {
		return nil, false
	}
	return r.Files[i].Data, true
}

// Check compares the files with the manifest. It returns one line for each
// difference, sorted by path; none where all is as it was made.
func (r *Release) Check() []string {
	var found []string
	// Both directions are compared. A file that was added could be picked up
	// by whoever installs a whole folder.
	want := make(map[string]Entry, len(r.Manifest.Files))
	for _, e := range r.Manifest.Files {
		want[e.Path] = e
		if _, there := r.File(e.Path); !there {
			found = append(found, e.Path+": missing")
		}
	}
	for _, f := range r.Files {
		switch e, listed := want[f.Path]; {
		case !listed:
			found = append(found, f.Path+": not part of the release")
		case e.SHA256 != digest(f.Data):
			found = append(found, f.Path+": changed: its SHA-256 is another than the manifest's")
		case e.Executable != f.Exec:
			found = append(found, f.Path+": its execute bit is another than the manifest's")
		}
	}
	slices.Sort(found)
	return found
}

// digest returns the SHA-256 as 64 lower-case hex digits.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// encode writes JSON as people read it, with a final line break.
func encode(document any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document)
	return b.Bytes(), err
}

// decode reads a manifest.
func decode(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%s is not valid JSON: %w", ManifestName, err)
	}
	if m.FormatVersion != FormatVersion {
		return m, fmt.Errorf("format_version of %s is %d, this program reads %d: use the policygen that made it", ManifestName, m.FormatVersion, FormatVersion)
	}
	return m, nil
}

// versionRunes may stand in a version behind its first digit: what both dpkg
// and rpm take, so that packages can have it.
const versionRunes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+~"

// CheckVersion refuses a version that a package cannot have.
func CheckVersion(v string) error {
	if v == "" || v[0] < '0' || v[0] > '9' || strings.Trim(v, versionRunes) != "" || len(v) > 64 {
		return errors.New("a version begins with a digit and has letters, digits, '.', '+' and '~'")
	}
	return nil
}

// Slug returns a text as it can stand in file names and names of packages:
// lower-case letters, digits and single hyphens.
func Slug(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}
