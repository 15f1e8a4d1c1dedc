package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/readback/cms"
	"github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/sign"
)

// signOptions are the flags of sign.
type signOptions struct{ key, certificates, to string }

// signCommand describes sign. It stands beside build, because a signature says when it was made and so is no part of what can be built again.
func (a *app) signCommand() *cobra.Command {
	var o signOptions
	cmd := &cobra.Command{
		Use:   "sign PROFILE...",
		Short: "Sign configuration profiles for macOS",
		Long: `sign writes signed copies of configuration profiles, so that a Mac shows who made them and a console leaves them as they are. The key is
not encrypted PEM; its certificate, and those that vouch for it, stand in the same file or in that of --certificates. Keep the
unsigned profiles: they are what a build gives again to the byte.`,
		Example: `  policygen sign out/payments/macos/payments.mobileconfig --key key.pem --certificates chain.pem --to signed
  policygen sign out/*/macos/*.mobileconfig --key identity.pem --to signed`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"mobileconfig"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: action(func(_ *cobra.Command, args []string) error { return a.sign(o, args) }),
	}
	cmd.Flags().StringVar(&o.key, "key", "", "PEM file with the private key")
	cmd.Flags().StringVar(&o.certificates, "certificates", "", "PEM file with the key's certificate and its chain (default: the file of the key)")
	cmd.Flags().StringVar(&o.to, "to", "", "folder for the signed copies")
	_ = cmd.MarkFlagFilename("key", "pem", "key")
	_ = cmd.MarkFlagFilename("certificates", "pem", "crt", "cer")
	_ = cmd.MarkFlagDirname("to")
	return cmd
}

// sign signs everything before it writes anything.
func (a *app) sign(o signOptions, names []string) error {
	for flag, given := range map[string]string{"key": o.key, "to": o.to} {
		if given == "" {
			return usageError{flag: flag, text: "is needed", hint: "see `policygen sign --help`"}
		}
	}
	var texts [][]byte
	for _, name := range []string{o.key, o.certificates} {
		if name == "" {
			continue
		}
		data, err := os.ReadFile(a.absolute(name))
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		texts = append(texts, data)
	}
	identity, err := sign.Load(texts...)
	if err != nil {
		return fmt.Errorf("%s: %w", o.key, err)
	}
	signed := map[string][]byte{}
	for _, name := range names {
		data, err := a.signProfile(identity, name)
		if err != nil {
			return err
		}
		base := filepath.Base(name)
		if signed[base] != nil {
			return fmt.Errorf("two profiles are called %s: sign them into different folders", base)
		}
		signed[base] = data
	}
	return a.writeSigned(o.to, names, signed)
}

// signProfile signs one file, which must be a profile as build writes them.
func (a *app) signProfile(identity *sign.Identity, name string) ([]byte, error) {
	data, err := os.ReadFile(a.absolute(name))
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	if cms.Is(data) {
		return nil, fmt.Errorf("%s is signed already: sign the profile that build wrote", name)
	}
	if _, err := mobileconfig.Read(data); err != nil {
		return nil, fmt.Errorf("%s is no profile of policygen: %w", name, err)
	}
	return identity.Profile(data)
}

// writeSigned writes the copies, never over the profiles themselves.
func (a *app) writeSigned(to string, names []string, signed map[string][]byte) error {
	dir := a.absolute(to)
	for _, name := range names {
		if filepath.Dir(a.absolute(name)) == dir {
			return fmt.Errorf("%s would be replaced by its signed copy: name another folder with --to", name)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write signed profiles: %w", err)
	}
	for _, name := range names {
		base := filepath.Base(name)
		if err := os.WriteFile(filepath.Join(dir, base), signed[base], 0o644); err != nil {
			return fmt.Errorf("write signed profiles: %w", err)
		}
		fmt.Fprintf(a.env.Stdout, "signed %s\n", filepath.Join(to, base))
	}
	return nil
}
