package cli

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/release"
)

// The formats of an archive.
const (
	tarFormat = "tar.gz"
	zipFormat = "zip"
)

// releaseOptions are the flags of release as they were given.
type releaseOptions struct {
	place
	dist, version, name, format string
	since, key, output          string
	maintainer                  string
	heals, force                bool
}

// releaseCommand describes release. Its help promises what a verification
// rests on.
func (a *app) releaseCommand() *cobra.Command {
	var o releaseOptions
	cmd := &cobra.Command{
		Use:   "release",
		Short: "Build everything into a versioned, signed archive",
		Long: `release builds the artifacts of every group and writes them as one archive: with a manifest of their digests, what loosens, tightens or
breaks since the previous release, and an SPDX bill of materials. The same input and date give the same bytes on any machine.

Linux packages (deb, rpm) and forms for Ansible, cloud-init, Nix and images are made for every group that has Linux.
The manifest also lies beside the archive. With --key both get a detached ed25519 signature, which policygen verify and openssl check.
--since names what to compare with: an earlier release, a git revision, a policy folder or a folder that policygen built.
An archive that is there with other content is not replaced without --force: a version is released once.`,
		Example: `  policygen release --since dist/acme-claude-policy-2026.11.2.tar.gz
  policygen release --version 2026.12.1 --since v2026.11.2 --key release.pem
  policygen release --at 2027-01-01 --format zip --dist /tmp/january`,
		Args: noArguments,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return a.release(cmd, o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	o.clientFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.dist, "dist", "", "folder for the archive (default: dist/ beside the policy folder)")
	f.StringVar(&o.version, "version", "", "version of the release (default: the date, such as 2026.12.1)")
	f.StringVar(&o.name, "name", "", "name of the releases (default: from the organization, such as acme-claude-policy)")
	f.StringVar(&o.format, "format", tarFormat, "format of the archive: tar.gz or zip")
	f.StringVar(&o.since, "since", "", "what to compare with: a release, a git revision or a folder")
	f.StringVar(&o.key, "key", "", "file with an ed25519 private key (PEM) to sign with")
	f.StringVar(&o.maintainer, "maintainer", "", "whom Linux packages name, such as \"IT <it@acme.com>\"")
	f.BoolVar(&o.heals, "self-healing", false, "let Linux packages bring their files back by systemd when somebody changes them")
	f.BoolVar(&o.force, "force", false, "replace an archive that is there")
	_ = cmd.MarkFlagDirname("dist")
	_ = cmd.MarkFlagFilename("key", "pem", "key")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{tarFormat, zipFormat}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("since", completeRevisions)
	for _, name := range []string{"version", "name", "maintainer"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// release judges the command line first, then the policies, and writes last.
func (a *app) release(cmd *cobra.Command, o releaseOptions) error {
	// The date comes first: the version follows from it, and each of the
	// checks below names it.
	at, err := a.date(o.place)
	if err != nil {
		return err
	}
	if o.version == "" {
		o.version = at.UTC().Format("2006.1.2")
	}
	key, err := a.releaseUsage(o)
	if err != nil {
		return err
	}
	// The output folder of build plays no part here: a release is built beside
	// itself, so that out/ may be at another state.
	policies, _, err := a.folders(o.place)
	if err != nil {
		return err
	}
	dist := a.absolute(o.dist)
	if o.dist == "" {
		dist = filepath.Join(filepath.Dir(policies), "dist")
	}
	if within(policies, dist) || within(dist, policies) {
		return usageError{flag: "dist", text: fmt.Sprintf("%s and the policy folder %s lie in each other", a.shown(dist), a.shown(policies)), hint: "name a folder beside the policy folder"}
	}
	l, err := a.open(policies)
	if err != nil {
		return err
	}
	program, err := l.judged(cmd.Context(), a, o.place)
	if err != nil {
		return err
	}
	list := buildList(l.list, false)
	if err := a.text(a.env.Stderr, a.env.StderrTerminal, l, list); err != nil {
		return err
	}
	if list.HasErrors() {
		fmt.Fprintf(a.env.Stderr, "policygen: %s: nothing was written\n", verdict(list))
		return findingsError{}
	}
	r, err := a.makeRelease(cmd, o, l, program, dist, at)
	if err != nil {
		return err
	}
	return a.putRelease(o, r, key, dist, day(at))
}

// releaseUsage checks the flags and reads the key before any work.
func (a *app) releaseUsage(o releaseOptions) (ed25519.PrivateKey, error) {
	if err := release.CheckVersion(o.version); err != nil {
		return nil, usageError{flag: "version", text: fmt.Sprintf("%q: %v", o.version, err)}
	}
	if o.format != tarFormat && o.format != zipFormat {
		return nil, usageError{flag: "format", text: fmt.Sprintf("must be tar.gz or zip, not %q", o.format)}
	}
	if o.name != release.Slug(o.name) {
		return nil, usageError{flag: "name", text: fmt.Sprintf("%q cannot name an archive", o.name), hint: "write lower-case letters, digits and single hyphens"}
	}
	if o.key == "" {
		return nil, nil
	}
	text, err := os.ReadFile(a.absolute(o.key))
	if err != nil {
		return nil, usageError{flag: "key", text: plainReason(err)}
	}
	key, err := release.PrivateKey(text)
	if err != nil {
		return nil, usageError{flag: "key", text: fmt.Sprintf("%s: %v", o.key, err)}
	}
	return key, nil
}

// plainReason tells what is wrong with a file without the name of the system
// call.
func plainReason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Sprintf("%s: %v", path.Path, path.Err)
	}
	return err.Error()
}

// day is the date that files of a release carry: to the day, so that two runs
// of one day agree.
func day(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// putRelease writes archive, manifest and signatures. Each file is written
// beside its place and moved, so that nobody reads a part.
func (a *app) putRelease(o releaseOptions, r *release.Release, key ed25519.PrivateKey, dist string, date time.Time) error {
	pack := r.TarGz
	if o.format == zipFormat {
		pack = r.Zip
	}
	// Everything is in memory before the first file is written, so that a full
	// disk is the only thing that can stop half-way.
	archive, err := pack(date)
	if err != nil {
		return err
	}
	base := filepath.Join(dist, r.Manifest.Title())
	type part struct {
		name string
		data []byte
	}
	parts := []part{{base + "." + o.format, archive}, {base + ".json", r.ManifestBytes()}}
	if key != nil {
		for _, p := range parts[:2] {
			parts = append(parts, part{p.name + release.SignatureSuffix, release.Sign(key, p.data)})
		}
	}
	// Equal bytes are no other release: a pipeline may run twice, and then
	// signs what is there already.
	if was, err := os.ReadFile(parts[0].name); err == nil && string(was) != string(archive) && !o.force {
		return usageError{text: fmt.Sprintf("%s is there and holds something else", a.shown(parts[0].name)), hint: "give the release another --version, or replace it with --force"}
	}
	for _, p := range parts {
		if err := replaceFile(p.name, p.data); err != nil {
			return err
		}
	}
	return a.released(o, r, parts[0].name, archive, key)
}

// replaceFile puts a file in place as a whole.
func replaceFile(name string, data []byte) error {
	// The temporary file lies in the same folder, since renaming is a step of
	// one file system only.
	file, err := os.CreateTemp(filepath.Dir(name), ".policygen-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// released says what was written.
func (a *app) released(o releaseOptions, r *release.Release, archive string, data []byte, key ed25519.PrivateKey) error {
	// The digest is printed although the signature covers it: people compare
	// it by eye, and ticket systems keep it.
	m, sum, signer := r.Manifest, sha256Hex(data), ""
	if key != nil {
		signer = release.Fingerprint(key.Public().(ed25519.PublicKey))
	}
	if o.output == jsonFormat {
		doc := map[string]any{"format_version": 1, "archive": filepath.ToSlash(a.shown(archive)), "sha256": sum, "release": m}
		if key != nil {
			doc["signed_by"] = signer
		}
		return a.json(doc)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "wrote %s: %s, %s\n", a.shown(archive), counted(len(m.Files), "file"), size(len(data)))
	fmt.Fprintf(&b, "  revision  %s\n  sha256    %s\n", m.Revision, sum)
	if key != nil {
		fmt.Fprintf(&b, "  signed    by %s\n", signer)
	} else {
		b.WriteString("  signed    no: give --key, or sign the archive yourself\n")
	}
	if m.ValidUntil != nil {
		fmt.Fprintf(&b, "  valid     until %s: release again before then\n", *m.ValidUntil)
	}
	if p := m.Previous; p != nil {
		fmt.Fprintf(&b, "  since %s: %d break, %d loosen, %d tighten, %d neutral\n", p.Name, m.Summary.Breaks, m.Summary.Loosens, m.Summary.Tightens, m.Summary.Neutral)
	}
	_, err := fmt.Fprint(a.env.Stdout, b.String())
	return err
}
