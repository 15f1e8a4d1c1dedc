package attest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// audienceOf returns an audience of a build.
func audienceOf(t *testing.T, b built, folder string) out.Audience {
	t.Helper()
	i := slices.IndexFunc(b.Manifest.Audiences, func(a out.Audience) bool { return a.Folder == folder })
	if i < 0 {
		t.Fatalf("there is no %s", folder)
	}
	return b.Manifest.Audiences[i]
}

// TestTheAgentsBundle changes a policy in the bundle and gives it the digest of its new content. It has no copy to compare with.
func TestTheAgentsBundle(t *testing.T) {
	tests := []struct {
		name   string
		change func(b *wire.Bundle)
		want   string
	}{
		{
			name:   "a policy that only records",
			change: func(b *wire.Bundle) { b.Policies[0].Severity = "info" },
			want:   `web/agent/bundle.json: the files of web are those of the revision * unlike other groups: changed policies.no-nc.severity: "info" instead of "error"`,
		},
		{
			name:   "a policy that is gone",
			change: func(b *wire.Bundle) { b.Policies = nil },
			want:   `web/agent/bundle.json: the files of web are those of the revision * unlike other groups: missing policies.no-nc.`,
		},
		{
			name:   "a policy more",
			change: func(b *wire.Bundle) { b.Policies = append(b.Policies, wire.Policy{Name: "more", Severity: "info"}) },
			want:   "web: the files of web are those of the revision *: one of them was changed",
		},
		{
			name:   "the bundle of another group",
			change: func(b *wire.Bundle) { b.Audience = "default" },
			want:   `web/agent/bundle.json: it is the bundle of default at "Acme"`,
		},
		{
			name:   "another organization",
			change: func(b *wire.Bundle) { b.Organization = "Evil" },
			want:   `web/agent/bundle.json: it is the bundle of web at "Evil"`,
		},
		{
			name:   "another revision",
			change: func(b *wire.Bundle) { b.Revision = "0123456789abcdef" },
			want:   `web/agent/bundle.json: it tells revision "0123456789abcdef"`,
		},
	}
	good := complete(t, false)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := good.clone()
			b.change(t, "web/agent/bundle.json", func(data []byte) []byte {
				bundle, err := wire.ReadBundle(data)
				if err != nil {
					t.Fatal(err)
				}
				test.change(bundle)
				changed, err := bundle.Encode()
				if err != nil {
					t.Fatal(err)
				}
				return changed
			})
			if problems := b.Check().Problems; !slices.ContainsFunc(problems, func(p string) bool {
				before, behind, _ := strings.Cut(test.want, "*")
				return strings.HasPrefix(p, before) && strings.Contains(p, behind)
			}) {
				t.Errorf("problems are %q", problems)
			}
		})
	}
}

// TestEveryCopyChanged changes a rule in all forms for Linux alike, with every digest. Only the revision tells, which machines report.
func TestEveryCopyChanged(t *testing.T) {
	b := complete(t, false)
	web, curl := audienceOf(t, b, "web"), replacing("curl", "curr")
	for i, a := range b.Manifest.Artifacts {
		if !strings.HasPrefix(a.Path, "web/linux/") || !strings.Contains(string(b.files[a.Path]), "curl") {
			continue
		}
		b.change(t, a.Path, curl)
		if a.Target == importer.Settings {
			piece, err := importer.Read(a.Path, b.files[a.Path])
			if err != nil {
				t.Fatal(err)
			}
			for j, other := range b.Manifest.Artifacts { // the drop-ins give the same document
				if strings.HasPrefix(other.Path, "web/linux/") && other.ResolvedSHA256 == b.Manifest.Artifacts[i].ResolvedSHA256 && j != i {
					b.Manifest.Artifacts[j].ResolvedSHA256 = value.Digest(piece.Settings)
				}
			}
			b.Manifest.Artifacts[i].ResolvedSHA256 = value.Digest(piece.Settings)
		}
	}
	b.pack(t, web, nil)
	b.bill(t)
	problems := b.Check().Problems
	if len(problems) != 1 || !strings.HasPrefix(problems[0], "web: the files of web are those of the revision ") || !strings.HasSuffix(problems[0], "and they tell "+web.Revision+": one of them was changed") {
		t.Errorf("problems are %q", problems)
	}
}

// TestWithoutATargetNothingIsComputed: what a build leaves out cannot be judged.
func TestWithoutATargetNothingIsComputed(t *testing.T) {
	b := complete(t, false)
	b.Manifest.Artifacts = slices.DeleteFunc(b.Manifest.Artifacts, func(a out.Artifact) bool { return a.Target == "agent" || a.Target == importer.Servers })
	for _, p := range b.Check().Problems {
		if strings.Contains(p, "are those of the revision") {
			t.Errorf("problem %q", p)
		}
	}
}

// TestTheBundleIsNotBlamedForAFile: a group has a policy of its own, which is no fault, and somebody changed a file.
func TestTheBundleIsNotBlamedForAFile(t *testing.T) {
	b := complete(t, false)
	b.change(t, "web/linux/file/managed-settings.json", replacing("curl", "curr"))
	b.change(t, "default/agent/bundle.json", func(data []byte) []byte { // right in itself, and unlike that of web
		bundle, err := wire.ReadBundle(data)
		if err != nil {
			t.Fatal(err)
		}
		bundle.Policies[0].Severity = "info"
		data, err = bundle.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	})
	for _, p := range b.Check().Problems {
		if strings.HasPrefix(p, "web/agent/bundle.json") {
			t.Errorf("problem %q", p)
		}
	}
}
