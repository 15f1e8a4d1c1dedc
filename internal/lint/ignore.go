package lint

import (
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

// Ignores are the comments of a repository that ignore lints, at a date.
type Ignores struct {
	comments []*policy.Ignore
	used     map[*policy.Ignore]bool
	at       time.Time
}

// NewIgnores returns the comments of a set.
func NewIgnores(set *policy.Set, at time.Time) *Ignores {
	return &Ignores{comments: set.Ignores, used: map[*policy.Ignore]bool{}, at: at}
}

// Apply marks what the comments ignore, in place. A finding whose comment has ended is told as before, and says so.
func (i *Ignores) Apply(list diag.List) diag.List {
	for n, d := range list {
		for _, c := range i.comments {
			if !c.Covers(d) {
				continue
			}
			i.used[c] = true
			if i.at.Before(c.Until) {
				list[n].Ignored = &diag.Ignored{Until: c.Until, Reason: c.About, Pos: c.Pos}
			} else {
				list[n] = d.WithRelated(c.Pos, "this comment ignored it until %s, which has passed", c.Until.Format(time.RFC3339))
			}
		}
	}
	return list
}

// Unused tells of comments that ignored nothing. It is asked once everything else is told.
func (i *Ignores) Unused() diag.List {
	var list diag.List
	for _, c := range i.comments {
		if !i.used[c] {
			list = append(list, diag.New(diag.IgnoreUnused, c.Pos, "there is no %s here to ignore", c.Code).
				WithHint("remove the comment; it stands on the line of the finding, or directly above it"))
		}
	}
	return list
}
