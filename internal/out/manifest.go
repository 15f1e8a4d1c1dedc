package out

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// ManifestName is the name of the manifest in the output folder.
const ManifestName = "manifest.json"

// FormatVersion is the version of the manifest's shape; it grows when a field changes
// its meaning.
const FormatVersion = 1

// Manifest lists everything in an output folder. It holds no clock and no path outside
// the folder. Two builds of the same inputs give the same bytes, so that a diff of the
// output folder shows nothing but changes of policy.
type Manifest struct {
	FormatVersion int        `json:"format_version"`
	Compiler      string     `json:"compiler"` // version of policygen
	Organization  string     `json:"organization"`
	Revision      string     `json:"revision"`                 // of the policy of all audiences together; changes with the content alone
	InputsSHA256  string     `json:"inputs_sha256"`            // over paths and bytes of every file the build read, the compiler's version and the selection
	ValidFrom     *string    `json:"valid_from"`               // RFC 3339; null: no bound
	ValidUntil    *string    `json:"valid_until"`              // RFC 3339, the first moment at which the artifacts are no longer right; null: no bound
	Groups        []string   `json:"groups,omitempty"`         // the selection of a partial build; absent: every group
	Targets       []string   `json:"targets,omitempty"`        // the same for back ends; absent: those of delivery.targets
	Client        string     `json:"client_version,omitempty"` // the one client version the artifacts are for; absent: every client of the fleet
	Audiences     []Audience `json:"audiences"`                // whom the build is for, also those who get nothing; sorted by folder
	Artifacts     []Artifact `json:"artifacts"`                // sorted by path
}

// Audience is who gets the artifacts of one folder. A platform that is listed as empty
// was built, and its policies leave nothing to install: what an earlier release
// installed has to be removed.
type Audience struct {
	Folder    string   `json:"folder"` // slash-separated, below the output folder
	Group     string   `json:"group"`
	User      string   `json:"user,omitempty"`
	Rings     []string `json:"rings,omitempty"` // of the rollout, narrowest first; absent: rings do not differ
	Revision  string   `json:"revision"`        // what its artifacts and machines tell, wherever their format has a place
	Platforms []string `json:"platforms"`
	Empty     []string `json:"empty,omitempty"` // those of the platforms for which there is nothing
}

// Artifact is one file of the output folder. Those who install artifacts read group,
// platform and target here and need not take paths apart.
type Artifact struct {
	Path           string   `json:"path"` // slash-separated, below the output folder
	SHA256         string   `json:"sha256"`
	Size           int      `json:"size"` // bytes
	Group          string   `json:"group"`
	Rings          []string `json:"rings,omitempty"` // of the rollout that get it; absent: rings do not differ
	Platform       string   `json:"platform"`
	Target         string   `json:"target"`
	Executable     bool     `json:"executable,omitempty"`      // install with mode 0755 instead of 0644
	ResolvedSHA256 string   `json:"resolved_sha256,omitempty"` // the client's managed_settings.resolved_sha256 with this artifact in force
}

// Summary sums up a folder that is as its manifest says.
func (m *Manifest) Summary() Summary {
	sum := Summary{Artifacts: len(m.Artifacts)}
	for _, a := range m.Artifacts {
		sum.Bytes += a.Size
	}
	for _, a := range m.Audiences {
		if len(a.Empty) > 0 {
			sum.Empty = append(sum.Empty, a)
		}
	}
	return sum
}

// encode returns the manifest as a file: two spaces a level, final line break. It is
// indented because it stands in git beside the artifacts, and people review it.
func (m *Manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return b.Bytes(), nil
}

// ReadManifest reads the manifest of an output folder. A folder without one gives an
// error that is fs.ErrNotExist. A manifest of another format is refused, also an older
// one: its fields may mean something else.
func ReadManifest(dir string) (*Manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	defer root.Close()
	return readManifest(root)
}

// readManifest reads through an opened root, so that a link in the manifest's place
// cannot lead out of the folder. A later format that this program cannot decode is
// told apart from a file that is broken, because what to do next differs.
func readManifest(root *os.Root) (*Manifest, error) {
	data, err := root.ReadFile(ManifestName)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	return ParseManifest(data, root.Name())
}

// ParseManifest reads the manifest of an output folder that lies somewhere else, such
// as in a release. The name of the place is for errors.
func ParseManifest(data []byte, place string) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		var newer struct {
			FormatVersion int `json:"format_version"`
		}
		if json.Unmarshal(data, &newer) != nil || newer.FormatVersion == FormatVersion {
			return nil, fmt.Errorf("read manifest: %s in %s is not a manifest: %w", ManifestName, place, err)
		}
		m.FormatVersion = newer.FormatVersion // its other fields may have another shape
	}
	if m.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("read manifest: format_version %d in %s is not %d: build into another folder", m.FormatVersion, place, FormatVersion)
	}
	return &m, nil
}

// sortArtifacts puts the artifacts into the manifest's order. By bytes of the path, as
// every tool sorts that knows no language.
func (m *Manifest) sortArtifacts() {
	slices.SortFunc(m.Audiences, func(a, b Audience) int { return strings.Compare(a.Folder, b.Folder) })
	slices.SortFunc(m.Artifacts, func(a, b Artifact) int { return strings.Compare(a.Path, b.Path) })
}

// units returns the artifacts by their top-level folder. A missing manifest has none.
func (m *Manifest) units() map[string][]Artifact {
	units := map[string][]Artifact{}
	if m == nil {
		return units
	}
	for _, a := range m.Artifacts {
		top, _, _ := strings.Cut(a.Path, "/")
		units[top] = append(units[top], a)
	}
	return units
}

// notThere reports whether an error says that a file is absent. The root's own errors
// wrap those of the system, which is why they are not compared directly.
func notThere(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Has reports whether the manifest lists an artifact of that path.
func (m *Manifest) Has(path string) bool {
	_, found := slices.BinarySearchFunc(m.Artifacts, path, func(a Artifact, path string) int { return strings.Compare(a.Path, path) })
	return found
}
