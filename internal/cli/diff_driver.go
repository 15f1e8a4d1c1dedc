package cli

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/source"
)

// driverFile is one side of what git gives an external diff driver (gitattributes, "Defining an external diff driver").
type driverFile struct {
	path string // from the git root
	file string // that holds its bytes; /dev/null where the side has no such file
	hash string
}

// driverFiles takes git's arguments apart: path, then file, hash and mode of both sides, and of a rename the new path and a remark.
func driverFiles(args []string) (base, head driverFile, ok bool) {
	if len(args) != 7 && len(args) != 9 {
		return base, head, false
	}
	base, head = driverFile{args[0], args[1], args[2]}, driverFile{args[0], args[4], args[5]}
	if len(args) == 9 {
		head.path = args[7]
	}
	return base, head, true
}

// diffDriver tells what the change of one file means, with all others as they are in the working tree. Git takes any exit code but 0 for a
// failure and stops, so policies with errors are told and no more.
func (a *app) diffDriver(o diffOptions, args []string) error {
	if len(args) == 1 {
		_, err := fmt.Fprintf(a.env.Stdout, "%s is not merged\n", args[0])
		return err
	}
	from, to, ok := driverFiles(args)
	if !ok {
		return usageError{flag: "git-driver", text: "git gives a driver 7 or 9 arguments", hint: "set it with `git config diff.policygen.command 'policygen diff --git-driver'`"}
	}
	at, err := a.date(o.place)
	if err != nil {
		return err
	}
	policies, _, err := a.folders(o.place)
	if err != nil {
		return err
	}
	l, err := a.open(policies)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(a.env.Stdout, "policygen diff %s\n", to.path); err != nil {
		return err
	}
	base, err := a.driverSide(l, from, to, from, at)
	if err != nil {
		return err
	}
	head, err := a.driverSide(l, from, to, to, at)
	if err != nil {
		return err
	}
	if _, err := a.toldSides(base, head); err != nil || base.side == nil || head.side == nil {
		return err
	}
	r, err := a.compared(o, base, head, nil)
	if err != nil {
		return err
	}
	return a.printDiff(o, r, head)
}

// driverSide compiles the working tree with one side's file in the place of both.
func (a *app) driverSide(l *loaded, from, to, side driverFile, at time.Time) (*diffSide, error) {
	_, folder, err := source.InRepository(l.dir)
	if err != nil {
		return nil, a.revisionUsage(err)
	}
	below := func(f driverFile) string { return strings.TrimPrefix(f.path, strings.TrimPrefix(folder+"/", "./")) }
	one := *l
	one.tree = l.tree.Without(below(from)).Without(below(to))
	one.list = slices.Clone(l.list)
	if side.file != os.DevNull && side.file != "/dev/null" {
		data, err := os.ReadFile(a.absolute(side.file))
		if err != nil {
			return nil, fmt.Errorf("read what git gave: %w", err)
		}
		if name := below(side); source.IsPolicyFile(name) {
			one.tree = one.tree.With(name, bytes.TrimPrefix(data, []byte("\ufeff")))
		}
	}
	s := &diffSide{name: fmt.Sprintf("%s (%.10s)", side.path, side.hash), loaded: one}
	return s, s.compile(at)
}
