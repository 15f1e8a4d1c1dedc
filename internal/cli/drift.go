package cli

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/attest"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/policy"
)

// driftOptions are the flags of drift as they were given.
type driftOptions struct{ release, group, platform, output string }

// driftCommand describes drift, which answers an auditor: is what was released
// what is installed?
func (a *app) driftCommand() *cobra.Command {
	var o driftOptions
	cmd := &cobra.Command{
		Use:   "drift --release RELEASE FILE|FOLDER...",
		Short: "Compare what a machine has with a release, leaf by leaf",
		Long: `drift reads what a machine has: the folder of managed files (/etc/claude-code), an exported property list or configuration profile, an
exported registry file, Registry.pol. It compares every setting, MCP server, hook script and CLAUDE.md with what the release has for the
audience, in the form in which the machine has it, and prints one line for each leaf that is missing, added or changed. Values that may be
secrets (variables of the environment, headers and arguments of servers) are told to differ and never shown.

The release is an archive, a folder into which one was unpacked, or a folder that policygen built. The audience is the one whose revision the
machine tells; where it tells none, or an older one, name it with --group.

Exit codes: 0 the machine has what was released, 1 it has something else, 2 wrong usage, 3 policygen failed.`,
		Example: `  policygen drift --release dist/acme-claude-policy-2026.12.1.tar.gz /etc/claude-code
  policygen drift --release out --group payments exported.reg
  policygen drift --release out --group web --output json com.anthropic.claudecode.plist`,
		Args: someArguments,
		RunE: action(func(_ *cobra.Command, args []string) error { return a.drift(o, args) }),
	}
	o.driftFlags(a, cmd)
	return cmd
}

// driftFlags adds what verify has too.
func (o *driftOptions) driftFlags(a *app, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.release, "release", "", "archive or folder of the release that the machine should have")
	f.StringVar(&o.group, "group", "", "the audience: a folder of the artifacts, such as payments (default: by the revision on the machine)")
	f.StringVar(&o.platform, "platform", "", "linux, macos or windows (default: by the form of the files)")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeAudiences)
	_ = cmd.RegisterFlagCompletionFunc("platform", cobra.FixedCompletions(policy.AllPlatforms(), cobra.ShellCompDirectiveNoFileComp))
	outputFlag(cmd, &o.output, "text", "json")
}

// machine is what was read from one machine.
type machine struct {
	attest.Policy
	files    bool   // it has the files of the client's folder, not a profile or the registry
	kind     string // of the first piece that says something
	revision string
}

// drift compares, and ends with 1 where something differs.
func (a *app) drift(o driftOptions, args []string) error {
	if o.platform != "" && !slices.Contains(policy.AllPlatforms(), o.platform) {
		return usageError{flag: "platform", text: fmt.Sprintf("must be %s, not %q", either(policy.AllPlatforms()), o.platform)}
	}
	// The release is opened before the machine is read: everything about the
	// machine is said in its terms.
	artifacts, name, err := a.releaseToCompare(o.release)
	if err != nil {
		return err
	}
	m, err := a.machine(artifacts, args)
	if err != nil {
		return a.notImported(err)
	}
	audience, err := driftAudience(o, artifacts, m)
	if err != nil {
		return err
	}
	platform := driftPlatform(o, audience, m)
	// A machine with a profile is compared with the profile, and one with
	// files with the files: guidance and servers are in other places.
	want, known := artifacts.Expected(audience.Folder, platform, m.files)
	if !known {
		return usageError{text: fmt.Sprintf("%s has nothing for %s on %s in that form", name, audience.Folder, platform), hint: "name another --group or --platform"}
	}
	want = comparable(want, m, slices.ContainsFunc(args, a.isFolder))
	// Settings and scripts are compared apart: a script that was changed
	// enforces nothing, though each setting is as released.
	found := append(attest.Compare(want, m.Policy), a.driftHooks(artifacts, path.Join(audience.Folder, platform, "file"), args)...)
	if err := a.printDrift(o, name, audience, platform, m, found); err != nil {
		return err
	}
	if len(found) > 0 {
		return findingsError{}
	}
	return nil
}

// comparable leaves out what cannot be compared: profiles and the registry
// hold settings alone, and of single files nobody says that they are all that
// the machine has.
func comparable(want attest.Policy, m machine, whole bool) attest.Policy {
	if whole && m.files {
		return want
	}
	if !m.files || m.Servers == nil {
		want.Servers = nil
	}
	if m.Settings == nil {
		want.Settings = nil
	}
	if m.Guidance == "" {
		want.Guidance = ""
	}
	return want
}

// isFolder reports whether an argument is a folder.
func (a *app) isFolder(arg string) bool {
	info, err := os.Stat(a.absolute(arg))
	return err == nil && info.IsDir()
}

// releaseToCompare opens what --release names. Its digests are checked first:
// comparing with a release that was changed would prove nothing.
func (a *app) releaseToCompare(name string) (attest.Artifacts, string, error) {
	if name == "" {
		return attest.Artifacts{}, "", usageError{text: "drift needs --release", hint: "name the archive of the release, or a folder that policygen built"}
	}
	path := a.absolute(name)
	if _, err := os.Stat(path); err != nil {
		return attest.Artifacts{}, "", usageError{flag: "release", text: plainReason(err)}
	}
	var v verification
	artifacts, err := a.verified(verifyOptions{}, path, &v)
	if err == nil && len(v.Problems) > 0 {
		err = fmt.Errorf("it is not as it was made: %s", v.Problems[0])
	}
	if err != nil {
		return attest.Artifacts{}, "", usageError{flag: "release", text: fmt.Sprintf("%s: %v", name, err), hint: "see `policygen verify`"}
	}
	return artifacts, v.Name, nil
}

// machine reads every file, and joins them as the client does.
func (a *app) machine(artifacts attest.Artifacts, args []string) (machine, error) {
	var m machine
	pieces, err := a.pieces(args)
	if err != nil {
		return m, err
	}
	// Drop-ins of other packages count, as they do for the client. Two sources
	// of which it would take one only are an error.
	joined, err := importer.Join(artifacts.Catalog, pieces)
	if err != nil {
		return m, err
	}
	m.Settings, m.Servers, m.Guidance, m.files = joined.Settings, joined.Servers, attest.Guidance(joined.Markdown), true
	for _, p := range pieces {
		// One profile or registry file is enough: the client then passes over
		// the files for settings.
		if p.Kind != importer.Settings && p.Kind != importer.Servers && p.Kind != importer.Guidance {
			m.files = false
		}
		if m.kind == "" || !m.files {
			m.kind = p.Kind
		}
		if data, err := os.ReadFile(a.absolute(p.File)); err == nil && m.revision == "" {
			m.revision = attest.RevisionIn(p.Kind, data)
		}
	}
	if m.revision == "" {
		m.revision = a.stamped(args)
	}
	return m, nil
}

// stamped returns the revision in the file that scripts and configuration
// management leave beside the policy, "" where there is none. The client does
// not read it, and so it is no piece of the policy.
func (a *app) stamped(args []string) string {
	for _, arg := range args {
		if data, err := os.ReadFile(filepath.Join(a.absolute(arg), ".policygen-revision")); err == nil {
			return strings.TrimSpace(string(data))
		}
	}
	return ""
}

// driftAudience finds whom the machine belongs to.
func driftAudience(o driftOptions, artifacts attest.Artifacts, m machine) (out.Audience, error) {
	// A name wins over the revision: whoever gives one wants to know how far
	// the machine is from that group.
	folder, known := o.group, o.group != ""
	if !known {
		folder, known = artifacts.Folder(m.revision)
	}
	var names []string
	for _, audience := range artifacts.Manifest.Audiences {
		if known && audience.Folder == folder {
			return audience, nil
		}
		names = append(names, audience.Folder)
	}
	text := fmt.Sprintf("no audience is called %q: there are %s", folder, strings.Join(names, ", "))
	if !known {
		text = "the files do not tell whose they are"
		if m.revision != "" {
			text = fmt.Sprintf("the machine has revision %s, which is that of no audience of the release", m.revision)
		}
	}
	return out.Audience{}, usageError{text: text, hint: "name the audience with --group"}
}

// driftPlatform takes what the form of the files says, or the first platform
// of the audience.
func driftPlatform(o driftOptions, audience out.Audience, m machine) string {
	switch {
	case o.platform != "":
		return o.platform
	case m.kind == importer.Plist || m.kind == importer.Profile:
		return "macos"
	case m.kind == importer.Reg || m.kind == importer.Pol:
		return "windows"
	}
	return audience.Platforms[0]
}

// driftHooks compares the scripts beside the settings, where a whole folder is
// compared.
func (a *app) driftHooks(artifacts attest.Artifacts, tree string, args []string) []attest.Difference {
	var found []attest.Difference
	for _, arg := range args {
		if !a.isFolder(arg) {
			continue
		}
		for _, artifact := range artifacts.Manifest.Artifacts {
			name, inside := strings.CutPrefix(artifact.Path, tree+"/")
			if !inside || artifact.Target != "hooks" {
				continue
			}
			// The digests of the release were checked when it was opened, so
			// the file is there.
			want, _ := artifacts.Read(artifact.Path)
			got, err := os.ReadFile(filepath.Join(a.absolute(arg), filepath.FromSlash(name)))
			switch {
			case err != nil:
				found = append(found, attest.Difference{Path: name, Want: "sha256 " + sha256Hex(want)})
			case !bytes.Equal(want, got):
				found = append(found, attest.Difference{Path: name, Want: "sha256 " + sha256Hex(want), Got: "sha256 " + sha256Hex(got)})
			}
		}
	}
	return found
}

// driftRow is one leaf for machines.
type driftRow struct {
	Path     string `json:"path"`
	Kind     string `json:"kind"` // missing, added, changed
	Released string `json:"released,omitempty"`
	Machine  string `json:"machine,omitempty"`
	Hidden   bool   `json:"hidden,omitempty"` // neither value is told, as they may be secrets
}

// driftRowOf returns a difference as it is told.
func driftRowOf(d attest.Difference) driftRow {
	if d.Hidden() {
		return driftRow{Path: d.Path, Kind: d.Kind(), Hidden: true}
	}
	return driftRow{Path: d.Path, Kind: d.Kind(), Released: d.Want, Machine: d.Got}
}

// String returns the row on one line.
func (r driftRow) String() string {
	text := "a value that may be a secret and is not shown"
	switch {
	case r.Hidden:
	case r.Kind == "changed":
		text = r.Machine + " instead of " + r.Released
	default:
		text = r.Released + r.Machine // one of the two
	}
	return fmt.Sprintf("%-8s %s: %s", r.Kind, r.Path, text)
}

// printDrift says what differs, with both revisions.
func (a *app) printDrift(o driftOptions, name string, audience out.Audience, platform string, m machine, found []attest.Difference) error {
	rows := make([]driftRow, len(found))
	for i, d := range found {
		rows[i] = driftRowOf(d)
	}
	if o.output == jsonFormat {
		return a.json(map[string]any{"format_version": 1, "release": name, "audience": audience.Folder, "platform": platform, "revision": audience.Revision,
			"machine_revision": m.revision, "differences": rows})
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&b, r)
	}
	if m.revision != "" && m.revision != audience.Revision {
		fmt.Fprintf(&b, "revision %s on the machine, %s in the release\n", m.revision, audience.Revision)
	}
	verdict := "the machine has what was released"
	if len(rows) > 0 {
		verdict = counted(len(rows), "difference")
	}
	fmt.Fprintf(&b, "%s for %s on %s: %s\n", name, audience.Folder, platform, verdict)
	_, err := fmt.Fprint(a.env.Stdout, b.String())
	return err
}
