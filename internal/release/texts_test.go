package release_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/release"
)

func TestChanges(t *testing.T) {
	loosens := release.Change{Class: "LOOSENS", Check: "permission-removed", Path: "permissions.deny", Old: `"Bash(curl *)"`, Why: "it drops a\nrule",
		Fingerprint: "8b00041c9510cc46", Audiences: []string{"a", "b", "c", "d", "e", "f", "g"}}
	tightens := release.Change{Class: "TIGHTENS", Check: "entry-added", Path: "a`b", New: "``", Why: "x", Fingerprint: "1", Audiences: []string{"web"}}
	tests := []struct {
		name   string
		change func(m *release.Manifest)
		want   string
	}{
		{"no other release", func(*release.Manifest) {}, "# acme-claude-policy 2026.12.1\n\nPolicy revision `0123456789abcdef`. Valid until 2027-01-01T00:00:00Z; deliver a new release before then." +
			" For Claude Code 2.1.240 and later.\n\nThis release was compared with no other one.\n"},
		{"no bounds", func(m *release.Manifest) { m.ValidUntil, m.MinimumClient = nil, nil },
			"# acme-claude-policy 2026.12.1\n\nPolicy revision `0123456789abcdef`.\n\nThis release was compared with no other one.\n"},
		{"changes", func(m *release.Manifest) {
			m.ValidUntil, m.MinimumClient = nil, nil
			m.Previous, m.Summary, m.Changes = &release.Previous{Name: "v1"}, release.Summary{Loosens: 1, Tightens: 1, Neutral: 3}, []release.Change{loosens, tightens}
		}, "# acme-claude-policy 2026.12.1\n\nPolicy revision `0123456789abcdef`.\n\nSince `v1`: 0 break, 1 loosen, 1 tighten, 3 neutral.\n" +
			"\n## Loosens\n\n- `permissions.deny` - `\"Bash(curl *)\"` for `a`, `b`, `c`, `d`, `e` and 2 more (`permission-removed`, `8b00041c9510cc46`)\n  `it drops a rule`\n" +
			"\n## Tightens\n\n- `` a`b `` + ``` `` ``` for `web` (`entry-added`, `1`)\n  `x`\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := manifest()
			test.change(&m)
			r, err := release.New(m, files(), nil, date)
			must(t, err)
			got, _ := r.File(release.ChangesName)
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLongValuesAreCut(t *testing.T) {
	m := manifest()
	m.Previous, m.Changes = &release.Previous{Name: "v1"}, []release.Change{{Class: "LOOSENS", New: strings.Repeat("x", 300)}}
	r, err := release.New(m, nil, nil, date)
	must(t, err)
	got, _ := r.File(release.ChangesName)
	if !strings.Contains(string(got), strings.Repeat("x", 197)+"...`") {
		t.Errorf("got %s", got)
	}
}

// bill is as much of the bill of materials as is compared.
type bill struct {
	SPDXVersion       string
	DocumentNamespace string
	CreationInfo      struct{ Created string }
	Packages          []struct {
		SPDXID, Name, VersionInfo string
		FilesAnalyzed             bool
		HasFiles                  []string
		PackageVerificationCode   struct{ PackageVerificationCodeValue string }
	}
	Files []struct {
		SPDXID, FileName string
		Checksums        []struct{ Algorithm, ChecksumValue string }
	}
	Relationships []struct{ SPDXElementID, RelationshipType, RelatedSPDXElement string }
}

func TestBillOfMaterials(t *testing.T) {
	r := made(t)
	data, _ := r.File(release.SBOMName)
	var b bill
	must(t, json.Unmarshal(data, &b))
	if b.SPDXVersion != "SPDX-2.3" || b.CreationInfo.Created != "2026-12-01T00:00:00Z" || len(b.Relationships) != 3 {
		t.Errorf("got %+v", b)
	}
	var names []string
	sums := map[string]string{}
	for _, f := range b.Files {
		names = append(names, f.FileName)
		sums[f.SPDXID] = f.Checksums[0].ChecksumValue
		below := strings.TrimPrefix(f.FileName, "./")
		for _, e := range r.Manifest.Files {
			if e.Path == below && (f.Checksums[1].Algorithm != "SHA256" || f.Checksums[1].ChecksumValue != e.SHA256) {
				t.Errorf("%s: %v, and %s in the manifest", below, f.Checksums, e.SHA256)
			}
		}
	}
	want := []string{"./CHANGES.md", "./artifacts/manifest.json", "./artifacts/web/linux/file/hooks/check.sh", "./artifacts/web/linux/file/managed-settings.json", "./policies/a.yaml", "./policies/b.yaml"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if len(sums) != len(names) {
		t.Error("two files have one SPDXID")
	}
	for _, p := range b.Packages {
		var of []string
		for _, id := range p.HasFiles {
			of = append(of, sums[id])
		}
		slices.Sort(of)
		code := sha1.Sum([]byte(strings.Join(of, "")))
		if p.PackageVerificationCode.PackageVerificationCodeValue != hex.EncodeToString(code[:]) || p.VersionInfo != "2026.12.1" {
			t.Errorf("%s: verification code %s", p.Name, p.PackageVerificationCode.PackageVerificationCodeValue)
		}
	}
	other, err := release.New(manifest(), files(), nil, date)
	must(t, err)
	data, _ = other.File(release.SBOMName)
	was := b.DocumentNamespace
	b = bill{}
	must(t, json.Unmarshal(data, &b))
	if b.DocumentNamespace == was {
		t.Error("two bills have one namespace")
	}
	if b.Packages[1].FilesAnalyzed {
		t.Error("a package without files counts as analyzed")
	}
}
