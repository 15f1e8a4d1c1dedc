package rendertest

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// A TortureCase is a policy that some format, console or shell on its way to a machine would change. Every back end either carries it
// unchanged or says which limit it breaks.
type TortureCase struct {
	Name   string
	Bundle *ir.Bundle
}

// Torture returns the cases for a platform, made anew on each call.
func Torture(tb testing.TB, p ir.Platform) []TortureCase {
	tb.Helper()
	cases := []TortureCase{
		{"texts", Settings(NastyDocument(), p)},
		{"empty objects and lists", Settings(Parse(tb, Base, `{"permissions":{"deny":[],"allow":[[],{}]},"env":{},"hooks":{"Stop":[]},"model":""}`), p)},
		{"numbers", Settings(Parse(tb, Base, `{"list":[0,1,-1,1.5,9007199254740991,-9007199254740991,18446744073709551615,1e21,1e-7,5e-324,
			1.7976931348623157e308,true,false],"cleanupPeriodDays":2147483648}`), p)},
		{"keys that look like numbers", Settings(Parse(tb, Base, `{"env":{"10":"ten","9":"nine","01":"one","":"none"}}`), p)},
		{"one member", Settings(Parse(tb, Base, `{"model":"x"}`), p)},
		{"a megabyte of guidance", guided(strings.Repeat(strings.Join(Nasty, " ")+"\n", 1<<20/len(strings.Join(Nasty, " "))+1), p)},
	}
	return cases
}

// guided returns a bundle with guidance, as CLAUDE.md beside the settings and as claudeMd in the profile.
func guided(text string, p ir.Platform) *ir.Bundle {
	b := Settings(NastyDocument(), p)
	b.Guidance = []ir.Section{{Title: "All of it", Text: text}}
	b.Profile = ir.NewDocument(b.Settings.Node.With("claudeMd", value.Text(b.Markdown(), b.Settings.Node.Pos)))
	return b
}
