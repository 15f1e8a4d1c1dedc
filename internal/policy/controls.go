package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/diag"
)

// trustCriteria is how many criteria each series of the SOC 2 Trust Services Criteria has (AICPA, 2017, points of focus 2022).
var trustCriteria = map[string]int{"CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2, "A1": 3, "C1": 2,
	"PI1": 5, "P1": 1, "P2": 1, "P3": 2, "P4": 3, "P5": 2, "P6": 7, "P7": 1, "P8": 1}

// controlForms are the shapes of control names by framework; SOC 2 is counted instead.
var controlForms = map[string]*regexp.Regexp{
	"HIPAA":     regexp.MustCompile(`^164\.(306|308|310|312|314|316)(\([a-z0-9]+\))*$`), // 45 CFR part 164, subpart C
	"ISO27001":  regexp.MustCompile(`^A\.[5-8]\.\d{1,2}$`),                              // annex A of the 2022 edition
	"NIST80053": regexp.MustCompile(`^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$`),
}

// controlProblem tells why a text names no control, or returns "".
func controlProblem(control string) string {
	framework, name, ok := strings.Cut(control, ":")
	form := controlForms[framework]
	switch {
	case !ok || form == nil && framework != "SOC2":
		known := []string{"SOC2"}
		for framework := range controlForms {
			known = append(known, framework)
		}
		slices.Sort(known)
		return fmt.Sprintf("%q names no framework that is known: write FRAMEWORK:CONTROL with one of %s", control, strings.Join(known, ", "))
	case framework == "SOC2" && !criterion(name), form != nil && !form.MatchString(name):
		return fmt.Sprintf("%s has no control %q", framework, name)
	}
	return ""
}

// criterion reports whether SOC 2 has a criterion such as CC6.1.
func criterion(name string) bool {
	series, number, _ := strings.Cut(name, ".")
	n, err := strconv.Atoi(number)
	// A leading zero would name the same criterion twice.
	return err == nil && n >= 1 && n <= trustCriteria[series] && number[0] != '0'
}

// controls checks the controls that a policy names: auditors look them up.
func (l *loader) controls(p *Policy) {
	for _, n := range items(p.Node.Get("controls")) {
		if problem := controlProblem(n.Str()); n.Str() != "" && problem != "" {
			l.add(diag.New(diag.UnknownControl, n.Pos, "%s", problem).WithHint("for example SOC2:CC6.1 or HIPAA:164.312(a)(1)"))
		}
	}
}
