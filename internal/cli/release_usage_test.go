package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReleaseCommandLines goes through command lines that cannot be run, or can and find something. None of them may write.
func TestReleaseCommandLines(t *testing.T) {
	tests := []struct {
		name string
		line string
		code int
		want []string // in stderr or stdout
	}{
		{
			name: "an argument for release",
			line: "release v1",
			code: exitUsage,
			want: []string{"v1"},
		},
		{
			name: "a bad date",
			line: "release --at yesterday",
			code: exitUsage,
			want: []string{"--at", "yesterday"},
		},
		{
			name: "a bad format of output",
			line: "release --output yaml",
			code: exitUsage,
			want: []string{"--output", "text or json"},
		},
		{
			name: "a version that no package can have",
			line: "release --version 1-2",
			code: exitUsage,
			want: []string{`"1-2"`, "a version begins with a digit"},
		},
		{
			name: "a name with a path",
			line: "release --name ../x",
			code: exitUsage,
			want: []string{`"../x" cannot name an archive`},
		},
		{
			name: "policies that are not there",
			line: "release --policies nowhere",
			code: exitUsage,
			want: []string{"no policy folder at nowhere"},
		},
		{
			name: "dist around the policies",
			line: "release --dist .",
			code: exitUsage,
			want: []string{"lie in each other"},
		},
		{
			name: "a bad version of the client",
			line: "release --client-version newest",
			code: exitUsage,
			want: []string{`"newest" is not a version`},
		},
		{
			name: "a folder that is no release",
			line: "release --since policies/groups --version 1",
			code: exitUsage,
			want: []string{"policies/groups"},
		},
		{
			name: "a file that is no release",
			line: "release --since policies/organization.yaml",
			code: exitUsage,
			want: []string{"--since", "neither a .tar.gz nor a .zip archive"},
		},
		{
			name: "verify of a policy file",
			line: "verify policies/organization.yaml",
			code: exitFindings,
			want: []string{"wrong      it is neither a .tar.gz nor a .zip archive", "1 problem"},
		},
		{
			name: "verify with a key that is not there",
			line: "verify --key nowhere.pub policies/organization.yaml",
			code: exitUsage,
			want: []string{"--key", "nowhere.pub: no such file"},
		},
		{
			name: "verify of a folder without a manifest",
			line: "verify policies/groups",
			code: exitUsage,
			want: []string{"holds neither a release.json nor a manifest.json"},
		},
		{
			name: "verify of nothing",
			line: "verify",
			code: exitUsage,
			want: []string{"at least one file"},
		},
		{
			name: "drift without a release",
			line: "drift policies",
			code: exitUsage,
			want: []string{"drift needs --release", "name the archive of the release"},
		},
		{
			name: "drift with a bad platform",
			line: "drift --release x --platform beos y",
			code: exitUsage,
			want: []string{"--platform", "beos"},
		},
		{
			name: "drift with a release that is a policy folder",
			line: "drift --release policies policies",
			code: exitUsage,
			want: []string{"--release", "holds neither a release.json nor a manifest.json"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := acme(t)
			got := runIn(t, dir, testNow, strings.Fields(test.line)...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			for _, want := range test.want {
				if !strings.Contains(got.stderr+got.stdout, want) {
					t.Errorf("%q is not in\n%s%s", want, got.stdout, got.stderr)
				}
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 {
				t.Errorf("the folder holds %v, %v", entries, err)
			}
			if _, err := os.Stat(filepath.Join(dir, "dist")); err == nil {
				t.Error("something was written")
			}
		})
	}
}
