package value

import (
	"math"
	"strconv"
	"testing"
	"testing/quick"
)

// TestFormatNumber holds what String(x) prints in JavaScript (ECMA-262, Number::toString).
func TestFormatNumber(t *testing.T) {
	tests := []struct {
		f    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {1, "1"}, {-1, "-1"}, {30, "30"}, {1.5, "1.5"}, {-1.5, "-1.5"},
		{0.1, "0.1"}, {sum(0.1, 0.2), "0.30000000000000004"}, {1.0 / 3, "0.3333333333333333"}, {123456789, "123456789"},
		{1e-6, "0.000001"}, {1.5e-6, "0.0000015"}, {1e-7, "1e-7"}, {9.99e-7, "9.99e-7"}, {-1e-7, "-1e-7"}, {1e-10, "1e-10"},
		{1e20, "100000000000000000000"}, {123456789012345680000, "123456789012345680000"}, {999999999999999900000, "999999999999999900000"},
		{1e21, "1e+21"}, {1.5e21, "1.5e+21"}, {-1e21, "-1e+21"}, {1e100, "1e+100"}, {1e22, "1e+22"},
		{5e-324, "5e-324"}, {2.2250738585072014e-308, "2.2250738585072014e-308"}, {math.MaxFloat64, "1.7976931348623157e+308"},
		{MaxInteger, "9007199254740991"}, {MaxInteger + 1, "9007199254740992"}, {4294967295, "4294967295"},
	}
	for _, test := range tests {
		if got := FormatNumber(test.f); got != test.want {
			t.Errorf("%g: got %s, want %s", test.f, got, test.want)
		}
	}
}

// sum adds at run time; constants would be added exactly.
func sum(a, b float64) float64 { return a + b }

// TestNumberRoundTrip: every finite number reads back as itself, in the shortest text.
func TestNumberRoundTrip(t *testing.T) {
	check := func(bits uint64) bool {
		f := math.Float64frombits(bits)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return true
		}
		s := FormatNumber(f)
		back, err := strconv.ParseFloat(s, 64)
		return err == nil && back == f && FormatNumber(back) == s
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 20_000}); err != nil {
		t.Error(err)
	}
}
