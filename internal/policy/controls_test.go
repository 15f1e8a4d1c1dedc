package policy

import "testing"

func TestControlProblem(t *testing.T) {
	for _, known := range []string{"SOC2:CC6.1", "SOC2:CC6.8", "SOC2:A1.3", "SOC2:P6.7", "HIPAA:164.312(a)(1)", "HIPAA:164.308", "ISO27001:A.5.15", "NIST80053:AC-6(10)"} {
		if problem := controlProblem(known); problem != "" {
			t.Errorf("%s: %s", known, problem)
		}
	}
	for unknown, want := range map[string]string{
		"SOC2:CC6.9":      `SOC2 has no control "CC6.9"`,
		"SOC2:CC6.01":     `SOC2 has no control "CC6.01"`,
		"SOC2:CC6":        `SOC2 has no control "CC6"`,
		"HIPAA:164.999":   `HIPAA has no control "164.999"`,
		"ISO27001:A.9.1":  `ISO27001 has no control "A.9.1"`,
		"NIST80053:AC6":   `NIST80053 has no control "AC6"`,
		"CC6.1":           `"CC6.1" names no framework that is known: write FRAMEWORK:CONTROL with one of HIPAA, ISO27001, NIST80053, SOC2`,
		"SOX:404":         `"SOX:404" names no framework that is known: write FRAMEWORK:CONTROL with one of HIPAA, ISO27001, NIST80053, SOC2`,
		"soc2:CC6.1":      `"soc2:CC6.1" names no framework that is known: write FRAMEWORK:CONTROL with one of HIPAA, ISO27001, NIST80053, SOC2`,
		"SOC2:CC6.1 (AC)": `SOC2 has no control "CC6.1 (AC)"`,
	} {
		if got := controlProblem(unknown); got != want {
			t.Errorf("%s: got %s, want %s", unknown, got, want)
		}
	}
}
