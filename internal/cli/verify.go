package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/attest"
	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/release"
)

// verifyOptions are the flags of verify as they were given.
type verifyOptions struct {
	driftOptions
	key, signature string
}

// verifyCommand describes verify, which runs before anything is delivered.
func (a *app) verifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify ARCHIVE|FOLDER|FILE...",
		Short: "Check signature and digests of a release, and read its artifacts back",
		Long: `verify takes the archive of a release, the folder into which one was unpacked, or a folder that policygen built. It checks

  the signature, with --key: the file beside the archive, or beside the folder, whose name ends in .sig
  the SHA-256 of every file, and that no file is missing or was added
  the settings in every artifact: each is read back by a reader that shares no code with its writer, and compared with the manifest and
  with the other forms of the same policy

With --release the arguments are files of a machine, which are compared with that release as policygen drift does.`,
		Example: `  policygen verify --key release.pub dist/acme-claude-policy-2026.12.1.tar.gz
  policygen verify --key release.pub --signature download/policy.sig download/policy.tar.gz
  policygen verify out
  policygen verify --release dist/acme-claude-policy-2026.12.1.tar.gz /etc/claude-code`,
		Args: someArguments,
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if o.release != "" {
				return a.drift(o.driftOptions, args)
			}
			if len(args) > 1 {
				return usageError{text: fmt.Sprintf("verify takes one release, but got %q as well", args[1]), hint: "files of a machine need --release"}
			}
			return a.verify(o, args[0])
		}),
	}
	o.driftFlags(a, cmd)
	f := cmd.Flags()
	f.StringVar(&o.key, "key", "", "file with the ed25519 public key (PEM) of whoever releases")
	f.StringVar(&o.signature, "signature", "", "file with the signature (default: the name of what is checked and .sig)")
	_ = cmd.MarkFlagFilename("key", "pem", "pub")
	_ = cmd.MarkFlagFilename("signature", "sig")
	return cmd
}

// verification is what a check of a release or a folder found.
type verification struct {
	Format    int            `json:"format_version"`
	Name      string         `json:"name"`
	Revision  string         `json:"revision"`
	Signature string         `json:"signature"` // "good", "bad", "missing", "not checked", or "none" for a folder that was built
	SignedBy  string         `json:"signed_by,omitempty"`
	Files     int            `json:"files"`
	ReadBack  int            `json:"read_back"`
	Others    map[string]int `json:"digest_only"`
	Problems  []string       `json:"problems"`
}

// verify prints everything that is wrong, and ends with 1 where anything is.
func (a *app) verify(o verifyOptions, name string) error {
	v := verification{Format: 1, Problems: []string{}}
	// A path that is not there is a slip of the command line. A file that is
	// there and cannot be read is what verify is for.
	path := a.absolute(name)
	if _, err := os.Stat(path); err != nil {
		return usageError{text: plainReason(err), hint: "name the archive of a release, or a folder"}
	}
	artifacts, err := a.verified(o, path, &v)
	var usage usageError
	switch {
	case errors.As(err, &usage):
		return err
	case err != nil:
		v.Name, v.Problems = name, append(v.Problems, err.Error())
	default:
		found := artifacts.Check()
		v.ReadBack, v.Others = found.Read, found.Others
		v.Problems = append(v.Problems, found.Problems...)
	}
	if err := a.printVerification(o, v); err != nil {
		return err
	}
	if len(v.Problems) > 0 {
		return findingsError{}
	}
	return nil
}

// verified checks signature and digests and returns the artifacts to read
// back. An error is something after which nothing can be read.
func (a *app) verified(o verifyOptions, path string, v *verification) (attest.Artifacts, error) {
	if !isRelease(path) {
		return a.verifiedOut(o, path, v)
	}
	r, err := release.Open(path)
	if err != nil {
		// Even then the signature tells whether somebody else damaged it.
		if wrong := a.signature(o, path, nil, v); wrong != nil {
			return attest.Artifacts{}, wrong
		}
		return attest.Artifacts{}, err
	}
	if err := a.signature(o, path, r, v); err != nil {
		return attest.Artifacts{}, err
	}
	v.Name, v.Revision, v.Files = r.Manifest.Title(), r.Manifest.Revision, len(r.Manifest.Files)
	// Artifacts are read back even where a digest is wrong: what the settings
	// in them say tells more about what somebody changed.
	v.Problems = append(v.Problems, r.Check()...)
	artifacts, err := a.releasedArtifacts(r)
	// Both manifests are covered by the signature, but a release that somebody
	// put together by hand has none.
	if err == nil && artifacts.Manifest.Revision != r.Manifest.Revision {
		v.Problems = append(v.Problems, fmt.Sprintf("%s: its revision is not that of its artifacts", release.ManifestName))
	}
	return artifacts, err
}

// releasedArtifacts returns the artifacts of a release.
func (a *app) releasedArtifacts(r *release.Release) (attest.Artifacts, error) {
	cat, err := catalog.Load()
	if err != nil {
		return attest.Artifacts{}, err
	}
	data, found := r.File(release.ArtifactsDir + "/" + out.ManifestName)
	if !found {
		return attest.Artifacts{}, errors.New("the release has no manifest of artifacts")
	}
	m, err := out.ParseManifest(data, r.Manifest.Title())
	if err != nil {
		return attest.Artifacts{}, err
	}
	beside := map[string][]byte{}
	for _, e := range r.Manifest.Files { // what somebody added is told with the digests
		if below, built := strings.CutPrefix(e.Path, release.ArtifactsDir+"/"); built && m.Has(below) {
			continue
		}
		if data, found := r.File(e.Path); found {
			beside[e.Path] = data
		}
	}
	return attest.Artifacts{Manifest: m, Read: releasedFiles{r}.ReadFile, Catalog: cat, Beside: beside}, nil
}

// verifiedOut compares a built folder with its manifest.
func (a *app) verifiedOut(o verifyOptions, dir string, v *verification) (attest.Artifacts, error) {
	if o.key != "" || o.signature != "" {
		return attest.Artifacts{}, usageError{text: "a folder that policygen built has no signature", hint: "leave --key and --signature out, or name a release"}
	}
	cat, err := catalog.Load()
	if err != nil {
		return attest.Artifacts{}, err
	}
	m, err := out.ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return attest.Artifacts{}, usageError{text: fmt.Sprintf("%s holds neither a %s nor a %s", a.shown(dir), release.ManifestName, out.ManifestName), hint: "name a release or a folder that policygen built; for a machine's files see `policygen drift`"}
	}
	if err != nil {
		return attest.Artifacts{}, err
	}
	v.Name, v.Revision, v.Signature, v.Files = filepath.ToSlash(a.shown(dir)), m.Revision, "none", len(m.Artifacts)
	different, err := out.Verify(dir, m)
	for _, d := range different {
		v.Problems = append(v.Problems, d.Path+": "+d.Kind)
	}
	root := os.DirFS(dir)
	return attest.Artifacts{Manifest: m, Catalog: cat, Read: func(name string) ([]byte, error) { return fs.ReadFile(root, name) }}, err
}

// signature checks the signature of an archive, or of the manifest of an
// unpacked one.
func (a *app) signature(o verifyOptions, path string, r *release.Release, v *verification) error {
	v.Signature = "not checked"
	if o.key == "" {
		return nil
	}
	text, err := os.ReadFile(a.absolute(o.key))
	if err != nil {
		return usageError{flag: "key", text: plainReason(err)}
	}
	key, err := release.PublicKey(text)
	if err != nil {
		return usageError{flag: "key", text: fmt.Sprintf("%s: %v", o.key, err)}
	}
	// An archive is signed as a whole. Of an unpacked one only the manifest
	// has a signature, and the manifest has the digests of the rest.
	name, data := path+release.SignatureSuffix, []byte(nil)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if name = path + ".json" + release.SignatureSuffix; r != nil {
			data = r.ManifestBytes()
		}
	} else if data, err = os.ReadFile(path); err != nil {
		return err
	}
	// Download pages seldom keep two names together, so the signature may have
	// another one.
	if o.signature != "" {
		name = a.absolute(o.signature)
	}
	signed, err := os.ReadFile(name)
	v.SignedBy = release.Fingerprint(key)
	switch {
	case err != nil:
		v.Signature = "missing"
		v.Problems = append(v.Problems, fmt.Sprintf("the signature %s cannot be read: name it with --signature", a.shown(name)))
	case !release.Signed(key, data, signed):
		v.Signature = "bad"
		v.Problems = append(v.Problems, fmt.Sprintf("%s is not the signature of the key %s: do not deliver the release", a.shown(name), v.SignedBy))
	default:
		v.Signature = "good"
	}
	return nil
}

// printVerification says what was checked, what was not, and what is wrong.
func (a *app) printVerification(o verifyOptions, v verification) error {
	if o.output == jsonFormat {
		return a.json(v)
	}
	var b strings.Builder
	// Problems stand first: in a pipeline the first lines are what people see.
	for _, p := range v.Problems {
		fmt.Fprintf(&b, "wrong      %s\n", p)
	}
	said := map[string]string{"good": "good, of " + v.SignedBy, "not checked": "not checked: give the public key with --key", "none": ""}
	if text := said[v.Signature]; text != "" {
		fmt.Fprintf(&b, "signature  %s\n", text)
	}
	if v.Files > 0 {
		fmt.Fprintf(&b, "digests    %s\nread back  %s", counted(v.Files, "file"), counted(v.ReadBack, "artifact"))
		var others []string
		for name, n := range v.Others {
			others = append(others, counted(n, name))
		}
		slices.Sort(others)
		if len(others) > 0 {
			fmt.Fprintf(&b, "; by digest alone, as they hold no settings: %s", strings.Join(others, ", "))
		}
		fmt.Fprintf(&b, "\nrevision   %s\n", v.Revision)
	}
	if len(v.Problems) > 0 {
		fmt.Fprintf(&b, "%s: %s\n", v.Name, counted(len(v.Problems), "problem"))
	} else {
		fmt.Fprintf(&b, "%s is as it was made\n", v.Name)
	}
	_, err := fmt.Fprint(a.env.Stdout, b.String())
	return err
}
