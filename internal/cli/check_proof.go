package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

// proof is what check compares the exceptions' approvals with.
type proof struct {
	base, approvals string
}

// proofFlags adds the two flags. They work alone as well: a base tells which exceptions are new, reviews tell what was approved.
func (p *proof) proofFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.base, "base", "", "git revision the change is made against: its governance decides who may approve new exceptions")
	cmd.Flags().StringVar(&p.approvals, "approvals", "", "file with the reviews of the change, as policygen schema approvals describes it")
	_ = cmd.MarkFlagFilename("approvals", "json")
}

// prove checks the approvals. A flag that is given and empty, as from an unset variable, is a mistake and not a wish for less.
func (a *app) prove(cmd *cobra.Command, p proof, policies string, program *compile.Program) (diag.List, error) {
	var list diag.List
	exceptions := program.Set.Exceptions
	if cmd.Flags().Changed("base") {
		base, found, err := a.readBase(p.base, policies, program)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
		exceptions = program.Set.NewSince(base)
	}
	if cmd.Flags().Changed("approvals") {
		approvals, err := a.readApprovals(p.approvals)
		if err != nil {
			return nil, err
		}
		list = append(list, approvals.Prove(exceptions)...)
	}
	return list, nil
}

// readBase reads the policies of the base revision and checks the exceptions against them. The base is nil where it has no policy folder.
func (a *app) readBase(rev, policies string, program *compile.Program) (*policy.Base, diag.List, error) {
	top, folder, err := source.InRepository(policies)
	if err != nil {
		return nil, nil, a.revisionProblem(err)
	}
	// The base is read from git's objects, not from a work tree: what lies uncommitted on the machine has no say.
	tree, found, err := source.Revision(top, rev, folder)
	if errors.Is(err, source.ErrNoFolder) {
		return nil, diag.List{diag.New(diag.ExceptionNoBase, diag.Pos{}, "%s has no policies yet: exceptions count by the governance of this change", rev)}, nil
	}
	if err != nil {
		return nil, nil, a.revisionProblem(err)
	}
	set, list, err := policy.Load(tree, program.Catalog)
	if err != nil {
		return nil, nil, err
	}
	base := policy.NewBase(rev, set, append(found, list...))
	return base, program.Set.Against(base), nil
}

// revisionProblem makes a revision that cannot be read wrong usage.
func (a *app) revisionProblem(err error) error {
	var revision *source.RevisionError
	if errors.As(err, &revision) {
		return usageError{flag: "base", text: revision.Text, hint: revision.Hint}
	}
	return err
}

// readApprovals reads the exported reviews. A file that cannot be read or understood is wrong usage rather than a finding: the policies may
// be right, but the pipeline did not deliver the proof.
func (a *app) readApprovals(name string) (*policy.Approvals, error) {
	data, err := os.ReadFile(a.absolute(name))
	if name == "" || err != nil {
		return nil, usageError{flag: "approvals", text: fmt.Sprintf("cannot read %q", name), hint: "name the file that the reviews were exported to"}
	}
	approvals, err := policy.ReadApprovals(a.shown(a.absolute(name)), data)
	var syntax *value.SyntaxError
	if errors.As(err, &syntax) {
		return nil, usageError{flag: "approvals", text: syntax.Error(), hint: "`policygen schema approvals` describes the file"}
	}
	return approvals, err
}
