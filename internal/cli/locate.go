package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

// place is where a run works and at what date, from flags.
type place struct {
	policies, out, at string
	client            string // version of the client to compile for; "" for every client of the fleet
}

// policiesFlag adds --policies. An empty value searches upwards, as git does, so that commands work in any folder of the repository.
func (p *place) policiesFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.policies, "policies", "", "policy folder (default: policies/, here or in a folder above, up to the git root)")
	_ = cmd.MarkFlagDirname("policies")
}

// outFlag adds --out. The default lies beside the policies, wherever they were found, and not in the working directory.
func (p *place) outFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.out, "out", "", "output folder (default: out/ beside the policy folder)")
	_ = cmd.MarkFlagDirname("out")
}

// atFlag adds --at, with which a build of a past or future day gives the same bytes again.
func (p *place) atFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.at, "at", "", "date to compile for: 2026-12-23 or RFC 3339 (default: now)")
}

// clientFlag adds --client-version.
func (p *place) clientFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.client, "client-version", "", "compile for clients of this version, and leave out what they do not know")
	_ = cmd.RegisterFlagCompletionFunc("client-version", cobra.FixedCompletions([]string{catalog.OldestSeen, catalog.NewestSeen}, cobra.ShellCompDirectiveNoFileComp))
}

// envName returns the variable that can give a flag: POLICYGEN_FAIL_UNDER for fail-under.
func envName(flag string) string {
	return "POLICYGEN_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// date returns the date of the run.
func (a *app) date(p place) (time.Time, error) {
	if p.at == "" {
		return a.env.Now().UTC(), nil
	}
	t, err := policy.ParseDate(p.at)
	if err != nil {
		return time.Time{}, usageError{flag: "at", text: err.Error()}
	}
	return t, nil
}

// folders returns the policy folder and the output folder.
func (a *app) folders(p place) (policies, out string, err error) {
	base := a.env.Dir
	policies = a.absolute(p.policies)
	if p.policies == "" {
		if base, err = a.find("policies"); err != nil {
			return "", "", err
		}
		policies = filepath.Join(base, "policies")
	}
	if out = a.absolute(p.out); p.out == "" {
		out = filepath.Join(base, "out")
	}
	return policies, out, nil
}

// apart refuses an output folder that holds the policy folder or lies in it: artifacts would be read as policy files, or a build would
// delete its own source.
func (a *app) apart(policies, out string) error {
	if !within(policies, out) && !within(out, policies) {
		return nil
	}
	return usageError{flag: "out", text: fmt.Sprintf("%s and the policy folder %s lie in each other", a.shown(out), a.shown(policies)),
		hint: "name a folder beside the policy folder"}
}

// within reports whether a path is the folder or lies below it.
func within(folder, path string) bool {
	// Rel fails for paths on two Windows drives, which do not lie in each other.
	relative, err := filepath.Rel(folder, path)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// absolute makes a path absolute from the run's own directory, never the process's, which tests share.
func (a *app) absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(a.env.Dir, path)
}

// find returns the nearest folder, from the working directory up to the git root, that holds a folder of that name.
func (a *app) find(name string) (string, error) {
	for dir := a.env.Dir; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			return dir, nil
		}
		// The git root ends the search: what lies above belongs to another project.
		_, err := os.Stat(filepath.Join(dir, ".git"))
		if err == nil || filepath.Dir(dir) == dir {
			return "", usageError{
				text: fmt.Sprintf("no %s/ folder here or above, up to %s", name, dir),
				hint: "run `policygen init` to start a policy repository, or name the folder with --policies",
			}
		}
	}
}

// shown returns a path as people would type it: relative to the working directory where it lies below.
func (a *app) shown(path string) string {
	relative, err := filepath.Rel(a.env.Dir, path)
	if err != nil || strings.HasPrefix(relative, "..") {
		return path
	}
	return relative
}

// open reads a policy folder. A folder that is not there is wrong usage, not a failure.
func (a *app) open(dir string) (*loaded, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usageError{text: fmt.Sprintf("no policy folder at %s", a.shown(dir)), hint: fmt.Sprintf("name the folder with %s, or run `policygen init` to start one", a.source("policies"))}
	}
	tree, list, err := source.Dir(dir)
	if err != nil {
		return nil, err
	}
	return &loaded{tree: tree, list: list, prefix: filepath.ToSlash(a.shown(dir)) + "/", dir: dir}, nil
}
