package ir

import "time"

// Folder returns the slash-separated folder of the audience's artifacts below the output folder, which no other audience and ring has.
func (a Audience) Folder() string {
	if a.Ring == "" {
		return a.Name
	}
	return a.Name + "/rings/" + a.Ring
}

// Title returns the audience's name for people, with its ring.
func (a Audience) Title() string {
	if a.Ring == "" {
		return a.Name
	}
	return a.Name + " (ring " + a.Ring + ")"
}

// PolicyTitle is what administrators find the audience's policy by, in consoles and on machines.
func (a Audience) PolicyTitle() string { return "Claude Code policy: " + a.Title() }

// FileName returns the name of a file for the audience alone that may lie beside those of others.
func (a Audience) FileName(extension string) string {
	if a.Ring == "" {
		return a.Name + extension
	}
	return a.Name + ".ring-" + a.Ring + extension
}

// Describe tells an administrator in plain ASCII whom the bundle's artifacts are for until when they may be used, and of which revision
// they are.
func (b *Bundle) Describe() string {
	who := "group " + b.Audience.Group
	if b.Audience.Name != b.Audience.Group {
		who = b.Audience.Name + " of " + who
	}
	if b.Audience.Ring != "" {
		who += ", ring " + b.Audience.Ring + " of the rollout"
	}
	s := "Claude Code policy for " + who + ", made by policygen."
	if !b.Valid.Until.IsZero() {
		s += " Valid until " + b.Valid.Until.UTC().Format(time.RFC3339) + "; deliver a new release before then."
	}
	if b.Revision != "" {
		s += " Revision " + b.Revision + "."
	}
	return s
}
