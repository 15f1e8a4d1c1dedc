package render

import "fmt"

// LimitError is an artifact larger than what has to take it. The driver puts the audience in front.
type LimitError struct {
	Artifact string // its file name
	Taker    string // whose limit it is, such as "Intune"
	Size     int    // in bytes, as Limit
	Limit    int
}

// Error names the limit and what to do.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s would have %d bytes, and %s takes %d: shorten the guidance or the lists, or leave the target out of delivery.targets",
		e.Artifact, e.Size, e.Taker, e.Limit)
}
