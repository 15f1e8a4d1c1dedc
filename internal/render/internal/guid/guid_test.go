package guid

import "testing"

// These are on machines: another value would install a second artifact beside the first.
func TestFixed(t *testing.T) {
	if got, want := Of("Acme & Söhne", "web", "profile"), "D8049D71-9E4C-51F3-BEEC-F9AEF01FCBD5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	seen := map[string]bool{Organization("Acme"): true}
	for _, id := range []string{Of("Acme", "web", "gpo"), Of("Acme", "web", "backup"), Of("acme", "web", "gpo"), Of("Acme", "sre", "gpo")} {
		if seen[id] {
			t.Errorf("%s comes twice", id)
		}
		seen[id] = true
	}
}
