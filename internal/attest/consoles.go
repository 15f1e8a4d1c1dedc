package attest

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/compliance"
	"github.com/policygen/policygen/internal/readback/fleet"
	"github.com/policygen/policygen/internal/readback/intune"
	"github.com/policygen/policygen/internal/readback/iru"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/readback/terraform"
	"github.com/policygen/policygen/internal/value"
)

// intune reads the body of a request, whose folder is that of its audience.
func (c *checker) intune(a out.Artifact, data []byte) error {
	r, err := intune.Read(data)
	if err != nil {
		return err
	}
	folder := path.Dir(strings.TrimPrefix(a.Path, "consoles/intune/"))
	// Consoles show the description, so the revision stands in it as well as
	// in what the request holds.
	c.revision(a.Path, folder, first(inDescription, r.Description))
	switch r.Type {
	case "macOSCustomConfiguration":
		return c.profile(a.Path, folder, r.Profile)
	case "deviceHealthScript":
		windows := place{folder, "windows"}
		// Both scripts are of one request, and both problems are worth
		// telling: a detection that always succeeds hides a repair that never
		// runs.
		return errors.Join(c.detection(a.Path, windows, r.Detect), c.script(a.Path, windows, r.Repair, ""))
	}
	for _, s := range r.Settings {
		if err := c.custom(a.Path, folder, s.URI, s.Value); err != nil {
			return err
		}
	}
	return nil
}

// profile reads a configuration profile in something else.
func (c *checker) profile(at, folder string, data []byte) error {
	piece, err := importer.Read(at, data)
	if err == nil && piece.Kind != importer.Profile {
		err = fmt.Errorf("it holds a %s and no profile", piece.Kind)
	}
	if err != nil {
		return err
	}
	c.revision(at, folder, RevisionIn(importer.Profile, data))
	c.settings(at, place{folder, "macos"}, asProfile, piece.Settings, "")
	return nil
}

var (
	installs = regexp.MustCompile(`^\./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/(\w+)/Policy/(\w+)$`)
	sets     = regexp.MustCompile(`^\./Device/Vendor/MSFT/Policy/Config/\w+~Policy~Cat_ClaudeCode/ManagedSettings_(\w+(?:-\w+)*)$`)
)

// custom reads a custom setting of Windows: a template, which is that of the
// build, or what is set in it.
func (c *checker) custom(at, folder, uri, text string) error {
	// Two settings come together: the first brings the template, the second
	// sets the policy in it.
	if m := installs.FindStringSubmatch(uri); m != nil && m[1] == m[2] {
		// Line breaks do not survive in every form, and mean nothing in a
		// template.
		if data, err := c.Artifacts.Read("admx/" + m[1] + ".admx"); err == nil && !slices.Equal(strings.Fields(string(data)), strings.Fields(text)) {
			return fmt.Errorf("its template is not admx/%s.admx", m[1])
		}
		return nil
	}
	m := sets.FindStringSubmatch(uri)
	if m == nil {
		return fmt.Errorf("it sets %s", uri)
	}
	// The audience stands in the path too. A setting of another audience in a
	// request of this one would give its machines the wrong policy.
	if whose, err := unescaped(m[1]); err != nil || whose != folder {
		return fmt.Errorf("it sets the policy of %q", whose)
	}
	return c.omaData(at, folder, text, "")
}

// refers checks that a console's form brings an audience its own artifact.
// What the artifact holds is read with it.
func (c *checker) refers(at, folder, name string) {
	switch {
	case !c.has(name):
		c.fail(at, "it brings %s to %s, which is not there", name, folder)
	case strings.HasPrefix(name, "admx/oma-uri/"):
		if name != "admx/oma-uri/"+folder+".txt" {
			c.fail(at, "it brings %s to %s", name, folder)
		}
	// The templates themselves are for everybody.
	case !strings.HasPrefix(name, "admx/") && c.folder(name) != folder:
		c.fail(at, "it brings %s to %s", name, folder)
	}
}

// terraform reads a module. The resources hold no policy themselves: what
// counts is which artifact each brings to which groups.
func (c *checker) terraform(a out.Artifact, data []byte) error {
	resources, err := terraform.Read(data)
	if err != nil {
		return err
	}
	var brought []string
	for _, r := range resources {
		brought = append(brought, r.Files...)
		if len(r.Audiences) != 1 || len(r.Files) == 0 {
			return fmt.Errorf("the resource %s brings %d files to %d audiences", r.Name, len(r.Files), len(r.Audiences))
		}
		c.revision(a.Path, r.Audiences[0], first(inDescription, r.Description))
		// The content of these files was read as artifacts of their own
		// targets, which a module needs.
		for _, f := range r.Files {
			c.refers(a.Path, r.Audiences[0], f)
		}
	}
	c.brings(a.Path, brought, strings.Contains(a.Path, "/intune/"))
	return nil
}

// brings tells of the artifacts that a form leaves out. A resource that is gone
// takes the policy away from its machines.
func (c *checker) brings(at string, brought []string, windows bool) {
	for _, a := range c.Manifest.Artifacts {
		wanted := a.Target == importer.Profile || windows && strings.HasPrefix(a.Path, "admx/oma-uri/")
		if wanted && !slices.Contains(brought, a.Path) {
			c.fail(at, "it brings %s to nobody", a.Path)
		}
	}
}

// iru reads the document of requests. As with a module, a reference to the
// profile of another audience is what could go wrong.
func (c *checker) iru(a out.Artifact, data []byte) error {
	requests, err := iru.Read(data)
	if err != nil {
		return err
	}
	var brought []string
	for _, r := range requests {
		brought = append(brought, r.File)
		c.revision(a.Path, r.Audience, r.Revision)
		c.refers(a.Path, r.Audience, r.File)
	}
	c.brings(a.Path, brought, false)
	return nil
}

// title is how an audience is called in consoles.
var title = regexp.MustCompile(`^Claude Code policy: (.+?)(?: \(ring (.+)\))?$`)

// fleet reads the list of profiles, and through it every profile that it
// brings to somebody.
func (c *checker) fleet(a out.Artifact, data []byte) error {
	const root = "consoles/fleet/"
	// The list is read once and leads to all profiles. A profile is only asked
	// whether the list knows it.
	if a.Path != root+"claude-code.yml" {
		return c.inList(root, strings.TrimPrefix(a.Path, root))
	}
	profiles, err := fleet.List(data)
	if err != nil {
		return err
	}
	if len(profiles) == 0 {
		return errors.New("it lists no profile")
	}
	served := map[place]bool{}
	for _, p := range profiles {
		m := title.FindStringSubmatch(p.Label)
		if m == nil {
			return fmt.Errorf("the label %q is that of no audience", p.Label)
		}
		// The label is what decides who gets a profile, so the audience is
		// taken from it and not from the name of the file.
		folder := m[1]
		if m[2] != "" {
			folder += "/rings/" + m[2]
		}
		platform, _, _ := strings.Cut(p.Path, "/")
		served[place{folder, platform}] = true
		at := root + p.Path
		content, err := c.Artifacts.Read(at)
		if err == nil {
			err = c.delivered(at, folder, content)
		}
		if err != nil {
			c.unreadable(at, err)
		}
	}
	c.later = append(c.later, func() { c.reaches(a.Path, served) })
	return nil
}

// reaches tells of the audiences that have settings and no profile of a console.
func (c *checker) reaches(at string, served map[place]bool) {
	for _, audience := range c.Manifest.Audiences {
		for _, platform := range []string{"macos", "windows"} {
			if where := (place{audience.Folder, platform}); c.held(where, theSettings) != nil && !served[where] {
				c.fail(at, "it has no profile for %s on %s", audience.Folder, platform)
			}
		}
	}
}

// inList reports a profile that the list does not name: nobody would get it,
// or whoever takes the folder as it is.
func (c *checker) inList(root, name string) error {
	list, err := c.Artifacts.Read(root + "claude-code.yml")
	if err != nil {
		return err
	}
	profiles, _ := fleet.List(list) // an error is told with the list
	if !slices.ContainsFunc(profiles, func(p fleet.Profile) bool { return p.Path == name }) {
		return errors.New("claude-code.yml does not name it")
	}
	return nil
}

// delivered reads one profile of Fleet.
func (c *checker) delivered(at, folder string, data []byte) error {
	if strings.HasSuffix(at, ".mobileconfig") {
		plain, err := fleet.Apple(data)
		if err != nil {
			return err
		}
		return c.profile(at, folder, plain)
	}
	all, err := fleet.Windows(data)
	for _, s := range all {
		if err := c.custom(at, folder, s.URI, s.Value); err != nil {
			return err
		}
	}
	return err
}

// jamf reads the forms of the settings, which offer keys of the catalogue and
// no other.
func (c *checker) jamf(a out.Artifact, data []byte) error {
	// A form that offers another key would let an administrator set what the
	// client does not read, and look as if it did.
	var names []string
	if strings.HasSuffix(a.Path, ".json") {
		n, err := settings.Read(data)
		if err != nil {
			return err
		}
		if properties := n.Get("properties"); properties != nil {
			for _, m := range properties.Members {
				names = append(names, m.Key)
			}
		}
	} else {
		found, err := plist.Names(data)
		if err != nil {
			return err
		}
		names = found
	}
	if len(names) == 0 {
		return errors.New("it offers no key")
	}
	for _, name := range names {
		if _, known := c.Catalog.Lookup(name); !known && !strings.HasPrefix(name, "PFC_") && !strings.HasPrefix(name, "Payload") {
			return fmt.Errorf("it offers %s, which is no key of the client", name)
		}
	}
	return nil
}

// compliance reads the checks of a fleet: they accept the revisions of this
// build.
func (c *checker) compliance(a out.Artifact, data []byte) error {
	if !strings.HasSuffix(a.Path, ".sql") {
		table, err := compliance.Script(data)
		for folder, revision := range table {
			c.revision(a.Path, folder, revision)
		}
		for _, audience := range c.Manifest.Audiences {
			if len(audience.Empty) < len(audience.Platforms) && table[audience.Folder] == "" {
				c.fail(a.Path, "it has no revision for %s", audience.Folder)
			}
		}
		return err
	}
	// An audience that gets nothing has no machine that could tell a revision.
	var want []string
	for _, audience := range c.Manifest.Audiences {
		if len(audience.Empty) < len(audience.Platforms) {
			want = append(want, audience.Revision)
		}
	}
	slices.Sort(want)
	for i, got := range compliance.Queries(data) {
		if !slices.Equal(got, slices.Compact(want)) {
			c.fail(a.Path, "query %d accepts other revisions than those of the manifest", i+1)
		}
	}
	// Files are known by their digests alone, since osquery does not read
	// them.
	c.later = append(c.later, func() { c.digests(a.Path, compliance.Digests(data)) })
	return nil
}

// digests checks that every digest is that of a file which tells a revision.
func (c *checker) digests(at string, got []string) {
	want := map[string]bool{}
	for _, audience := range c.Manifest.Audiences {
		want[digest([]byte(audience.Revision+"\n"))] = true
	}
	for _, a := range c.Manifest.Artifacts {
		if data, err := c.Artifacts.Read(a.Path); err == nil && a.Target == importer.Guidance {
			want[digest(data)] = true
		}
	}
	// A build of this target alone has no CLAUDE.md to compare with.
	guidance := slices.ContainsFunc(c.Manifest.Artifacts, func(a out.Artifact) bool { return a.Target == importer.Guidance })
	for _, sum := range got {
		if !want[sum] && guidance { // a build without the files cannot know their digests
			c.fail(at, "a query accepts the file %s, which is none of the build", sum)
		}
	}
}

// served returns what an audience gets from a server: its settings with
// guidance, without the keys that the client does not take from there.
func (c *checker) served(folder string) *value.Node {
	for _, platform := range []string{"linux", "macos", "windows"} { // those that it has get the same
		at := place{folder, platform}
		// What holds was agreed on by the other forms; a server has one
		// document for all platforms, or none was built.
		n := c.held(at, theSettings)
		if n == nil {
			continue
		}
		guide := c.held(at, profileGuide).Str()
		if file := c.held(at, theGuidance).Str(); guide == "" && file != "" { // only Linux: no form with guidance inside
			if guide = file; c.held(at, fileGuide).Str() != "" {
				guide = strings.TrimRight(c.held(at, fileGuide).Str(), "\n") + "\n\n" + file
			}
		} else if guide == "" {
			guide = c.held(at, fileGuide).Str()
		}
		if guide != "" {
			n = n.With("claudeMd", text(guide))
		}
		for _, m := range n.Members {
			if !c.Catalog.Reads("remote", m.Key, m.Value) {
				n = n.Without(m.Key)
			}
		}
		return n
	}
	return nil
}
