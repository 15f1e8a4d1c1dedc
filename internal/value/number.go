package value

import (
	"math"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/diag"
)

// MaxInteger is the largest whole number that JavaScript, and so the client, keeps exactly.
const MaxInteger = 1<<53 - 1

// Num returns a number node. The float must be finite: JSON has no other.
func Num(f float64, pos diag.Pos) *Node {
	return &Node{Kind: Number, Scalar: FormatNumber(f), Pos: pos}
}

// Float returns the number of a Number node, and 0 for anything else.
func (n *Node) Float() float64 {
	if n == nil || n.Kind != Number {
		return 0
	}
	f, _ := strconv.ParseFloat(n.Scalar, 64)
	return f
}

// FormatNumber prints a finite number as JavaScript does (ECMA-262, Number::toString): 30, 1.5, 1e-7, 1e+21.
func FormatNumber(f float64) string {
	if f == 0 {
		return "0" // -0 too
	}
	abs := math.Abs(f)
	if abs >= 1e-6 && abs < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	// Go writes an exponent with at least two digits (1e-07), JavaScript with as few as it needs.
	text := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}
