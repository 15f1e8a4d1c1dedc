package cli

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/source"
)

// comparedFolder returns the policy folder. Where it is gone, which loosens more than anything else and has to be told, it is the one that was
// named, or policies/ at the git root.
func (a *app) comparedFolder(o diffOptions) (string, error) {
	policies, _, err := a.folders(o.place)
	if err == nil {
		return policies, nil
	}
	top, _, outside := source.InRepository(a.env.Dir)
	if outside != nil {
		return "", err
	}
	return filepath.Join(top, "policies"), nil
}

// repositoryOf is [source.InRepository] of a policy folder, which may be gone.
func repositoryOf(policies string) (top, folder string, err error) {
	if _, err := os.Stat(policies); err == nil {
		return source.InRepository(policies)
	}
	top, above, err := source.InRepository(filepath.Dir(policies))
	return top, path.Join(above, filepath.Base(policies)), err
}

// workingSide compiles the policies of the working tree. Without the folder there are none, which is no mistake.
func (a *app) workingSide(policies string, at time.Time) (*diffSide, error) {
	if _, err := os.Stat(policies); err == nil {
		s, err := a.folderSide(policies, at)
		if err == nil {
			s.name, s.commits = "working tree", "HEAD"
		}
		return s, err
	}
	name := filepath.ToSlash(a.shown(policies))
	return &diffSide{name: "working tree", commits: "HEAD", loaded: loaded{prefix: name + "/", dir: policies}, side: &diff.Side{Compiled: true},
		notes: []string{fmt.Sprintf("the working tree has no folder %s: it counts as a repository without any policy", name)}}, nil
}
