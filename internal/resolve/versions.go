package resolve

import (
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/gate"
)

// leaveOut removes from a state what the client of a build for one version does not know, and tells of each such thing once, wherever it came
// from: a file, a policy, or client.enforce.
func (r *resolver) leaveOut(s *State) {
	version := r.set.Client.Build
	if version == "" {
		return
	}
	kept, left := gate.LeaveOut(r.catalog, s.Settings, version)
	s.Settings = kept
	for _, u := range left {
		if key := u.String() + u.Pos.String(); !r.leftOut[key] {
			r.leftOut[key] = true
			r.add(diag.New(diag.LeftOut, u.Pos, "%s is left out for claude %s: %s", u, version, u.Since).
				WithClient("clients of that version work without it").WithHint("what it enforced does not hold there"))
		}
	}
}
