package compile

import (
	"time"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
)

// Vary returns a program resolved for another moment, after a change of its set, and does not change the program itself; the change gets a
// shallow copy. What resolving finds wrong is left out: it is for looking at calls, and a build tells of problems.
func (p *Program) Vary(at time.Time, change func(*policy.Set)) *Program {
	copied, set := *p, *p.Set
	change(&set)
	copied.Set = &set
	copied.Resolved, _ = resolve.Resolve(&set, p.Catalog, at)
	return &copied
}
