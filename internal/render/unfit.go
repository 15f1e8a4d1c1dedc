package render

import "strings"

// UnfitError is a policy that a target cannot express. The driver puts the target in front.
type UnfitError struct {
	Reasons []string // one for each thing, sorted, with the audience
}

// Error joins the reasons.
func (e *UnfitError) Error() string { return strings.Join(e.Reasons, "; ") }

// Bounded is implemented by back ends whose form cannot express every policy, so that a check tells it before anything is built. Their
// gatherers return a *[UnfitError].
type Bounded interface {
	PerRepository
	OnRequest
	// Bounded does nothing.
	Bounded()
}
