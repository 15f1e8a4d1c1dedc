package compile

import (
	"time"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
)

// Vary returns a program resolved for another moment and with other exceptions, and does not change the program itself. What
// resolving finds wrong is left out: it is for looking at calls, and a build tells of problems.
func (p *Program) Vary(at time.Time, exceptions []*policy.Exception) *Program {
	copied, set := *p, *p.Set
	set.Exceptions = exceptions
	copied.Set = &set
	copied.Resolved, _ = resolve.Resolve(&set, p.Catalog, at)
	return &copied
}
