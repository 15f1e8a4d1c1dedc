package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/release"
)

// coveredUp is a release in which somebody changed a file and made all digests anew.
func coveredUp(t *testing.T, good *release.Release, change func(f *release.File) bool) []byte {
	t.Helper()
	var files []release.File
	changed := false
	for _, f := range good.Files {
		if f.Path == release.ChangesName || f.Path == release.SBOMName {
			continue // these are written anew
		}
		f.Data = slices.Clone(f.Data)
		changed = change(&f) || changed
		files = append(files, f)
	}
	if !changed {
		t.Fatal("nothing was changed")
	}
	m := good.Manifest
	m.Files = nil
	r, err := release.New(m, files, nil, testNow)
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.TarGz(testNow)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestVerifyReadsWhatIsCovered: the digests of such a release are all right, and what its files say is not.
func TestVerifyReadsWhatIsCovered(t *testing.T) {
	dir := acme(t)
	good := made(t, dir)
	replace := func(name, old, instead string) func(f *release.File) bool {
		return func(f *release.File) bool {
			if f.Path != name || !bytes.Contains(f.Data, []byte(old)) {
				return false
			}
			f.Data = bytes.ReplaceAll(f.Data, []byte(old), []byte(instead))
			return true
		}
	}
	tests := []struct {
		name   string
		change func(f *release.File) bool
		want   []string // problems, by their begin
	}{
		{
			name:   "files for configuration management",
			change: replace("linux/payments/files/managed-settings.json", "psql", "pqsl"),
			want:   []string{`linux/payments/files: it differs from payments/linux/file/managed-settings.json: missing permissions.deny: "Bash(psql *)"; added permissions.deny: "Bash(pqsl *)"`},
		},
		{
			name:   "a hook script",
			change: replace("linux/payments/files/hooks/guard.sh", "exit", "true; exit"),
			want:   []string{"linux/payments/files: it differs from payments/linux/dropins/hooks/guard.sh: changed hooks/guard.sh: "},
		},
		{
			name:   "a command for images",
			change: replace("linux/payments/Dockerfile", "USER root\n", "USER root\nRUN id\n"),
			want:   []string{`linux/payments/Dockerfile: it cannot be read back: line 5: "RUN id" is no part of the form`},
		},
		{
			name:   "the revision in a comment",
			change: replace("linux/payments/Dockerfile", ", revision ", ", version "),
			want:   []string{`linux/payments/Dockerfile: it tells revision "", the manifest "`},
		},
		{
			name: "a package of another group",
			change: func(f *release.File) bool {
				if !strings.Contains(f.Path, "policy-payments_") {
					return false
				}
				for _, other := range good.Files {
					if strings.Contains(other.Path, "policy-default_") {
						f.Data = other.Data
					}
				}
				return true
			},
			want: []string{"packages/claude-code-policy-payments_"},
		},
		{
			name: "a package that is cut",
			change: func(f *release.File) bool {
				if strings.HasSuffix(f.Path, ".rpm") {
					f.Data = f.Data[:len(f.Data)/2]
					return true
				}
				return false
			},
			want: []string{"packages/claude-code-policy-default-", "packages/claude-code-policy-engineering-", "packages/claude-code-policy-payments-"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(dir, "covered.tar.gz")
			if err := os.WriteFile(name, coveredUp(t, good, test.change), 0o644); err != nil {
				t.Fatal(err)
			}
			got := runIn(t, dir, testNow, "verify", "--output", "json", name)
			var doc struct {
				Problems []string
				Others   map[string]int `json:"digest_only"`
			}
			if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
				t.Fatalf("%v: %s", err, got.stdout)
			}
			if got.code != exitFindings || len(doc.Problems) != len(test.want) {
				t.Fatalf("exit code %d, problems %q", got.code, doc.Problems)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(doc.Problems[i], want) {
					t.Errorf("got %q, want %q", doc.Problems[i], want)
				}
			}
			for what := range doc.Others {
				if what != "hook script" && what != "text file" {
					t.Errorf("%d of %s have no reader", doc.Others[what], what)
				}
			}
		})
	}
}
