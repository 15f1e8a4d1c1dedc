package lint

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForms wants a proof on the client for every way in which permission.Check finds a rule dead or misleading. Rules that the client rejects
// are errors and no lints; the conformance tests show those with the invalid samples.
func TestForms(t *testing.T) {
	code := regexp.MustCompile(`"(rule-[a-z-]+)"`)
	listed := func(file string) []string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, found := range code.FindAllStringSubmatch(string(text), -1) {
			codes = append(codes, found[1])
		}
		slices.Sort(codes)
		return slices.Compact(codes)
	}
	told := slices.DeleteFunc(listed("../permission/check.go"), func(c string) bool { return c == "rule-malformed" || c == "rule-allow-glob" })
	if diff := cmp.Diff(told, listed("../conformance/lints_forms_test.go")); diff != "" {
		t.Errorf("findings of permission.Check and proofs in internal/conformance differ (-findings +proofs):\n%s", diff)
	}
}
