package house

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// goreleaser is as much of its configuration as this project uses. Decoding is strict, so that a
// misspelled key fails here and not in the middle of a release.
type goreleaser struct {
	Version     int    `yaml:"version"`
	ProjectName string `yaml:"project_name"`
	Dist        string `yaml:"dist"`
	Before      struct {
		Hooks []string `yaml:"hooks"`
	} `yaml:"before"`
	Builds []struct {
		ID      string   `yaml:"id"`
		Main    string   `yaml:"main"`
		Binary  string   `yaml:"binary"`
		Env     []string `yaml:"env"`
		GOOS    []string `yaml:"goos"`
		GOARCH  []string `yaml:"goarch"`
		Flags   []string `yaml:"flags"`
		LDFlags []string `yaml:"ldflags"`
		ModTime string   `yaml:"mod_timestamp"`
	} `yaml:"builds"`
	Archives []struct {
		Formats   []string `yaml:"formats"`
		Overrides []struct {
			GOOS    string   `yaml:"goos"`
			Formats []string `yaml:"formats"`
		} `yaml:"format_overrides"`
		Name       string            `yaml:"name_template"`
		BuildsInfo map[string]string `yaml:"builds_info"`
		Files      []struct {
			Src  string            `yaml:"src"`
			Dst  string            `yaml:"dst"`
			Info map[string]string `yaml:"info"`
		} `yaml:"files"`
	} `yaml:"archives"`
	NFPMs []struct {
		ID          string   `yaml:"id"`
		PackageName string   `yaml:"package_name"`
		Formats     []string `yaml:"formats"`
		Maintainer  string   `yaml:"maintainer"`
		Homepage    string   `yaml:"homepage"`
		Description string   `yaml:"description"`
		License     string   `yaml:"license"`
		Section     string   `yaml:"section"`
		MTime       string   `yaml:"mtime"`
		Contents    []struct {
			Src  string `yaml:"src"`
			Dst  string `yaml:"dst"`
			Type string `yaml:"type"`
		} `yaml:"contents"`
	} `yaml:"nfpms"`
	Checksum struct {
		Name      string `yaml:"name_template"`
		Algorithm string `yaml:"algorithm"`
	} `yaml:"checksum"`
	SBOMs []struct {
		Artifacts string `yaml:"artifacts"`
	} `yaml:"sboms"`
	Signs []struct {
		Cmd       string   `yaml:"cmd"`
		Artifacts string   `yaml:"artifacts"`
		Signature string   `yaml:"signature"`
		Args      []string `yaml:"args"`
	} `yaml:"signs"`
	Changelog struct {
		Disable bool `yaml:"disable"`
	} `yaml:"changelog"`
}

// topFile reads a file of the repository.
func topFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func readGoreleaser(t *testing.T) goreleaser {
	t.Helper()
	var g goreleaser
	decoder := yaml.NewDecoder(strings.NewReader(topFile(t, ".goreleaser.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestPackagingIsReproducible: whatever could put a path, a clock or a name of a machine into a package is fixed.
func TestPackagingIsReproducible(t *testing.T) {
	g := readGoreleaser(t)
	if g.Version != 2 || len(g.Builds) == 0 || len(g.Archives) != 1 || len(g.NFPMs) != 1 || len(g.SBOMs) != 1 || len(g.Signs) != 1 {
		t.Fatalf("got %+v", g)
	}
	for _, b := range g.Builds {
		if !slices.Contains(b.Flags, "-trimpath") || !slices.Contains(b.Env, "CGO_ENABLED=0") || b.ModTime != "{{ .CommitTimestamp }}" || !strings.Contains(strings.Join(b.LDFlags, " "), "-buildid=") {
			t.Errorf("%s is not built the same everywhere", b.ID)
		}
		if len(b.GOOS) != 3 || len(b.GOARCH) != 2 {
			t.Errorf("%s is built for %v on %v", b.ID, b.GOOS, b.GOARCH)
		}
		if _, err := os.Stat(filepath.Join("..", "..", b.Main, "main.go")); err != nil || filepath.Base(b.Main) != b.Binary {
			t.Errorf("%s: %v", b.ID, err)
		}
	}
	for _, f := range g.Archives[0].Files {
		if f.Info["mtime"] != "{{ .CommitDate }}" {
			t.Errorf("%s has the time of the checkout", f.Src)
		}
		if !strings.HasPrefix(f.Src, ".cache/manual/") {
			topFile(t, f.Src)
		}
	}
	if g.NFPMs[0].MTime != "{{ .CommitDate }}" || g.Archives[0].BuildsInfo["mtime"] != "{{ .CommitDate }}" {
		t.Error("packages have the time of the build")
	}
	if !slices.Equal(g.NFPMs[0].Formats, []string{"deb", "rpm"}) {
		t.Errorf("packages are %v", g.NFPMs[0].Formats)
	}
}

// TestPackagingTellsOneVersion compares the places that name the version.
func TestPackagingTellsOneVersion(t *testing.T) {
	version := regexp.MustCompile(`const Version = "([^"]+)"`).FindStringSubmatch(topFile(t, "internal/compile/compile.go"))
	tag := regexp.MustCompile(`tag: "v([^"]+)"`).FindStringSubmatch(topFile(t, "packaging/homebrew/policygen.rb"))
	if version == nil || tag == nil || version[1] != tag[1] {
		t.Errorf("policygen is version %v, the formula builds %v", version, tag)
	}
	checked := regexp.MustCompile(`GORELEASER_VERSION := (\S+)`).FindStringSubmatch(topFile(t, "Makefile"))
	if checked == nil || !strings.Contains(topFile(t, ".github/workflows/release.yml"), "goreleaser/v2@"+checked[1]+"\n") {
		t.Errorf("the release is not made by goreleaser %v", checked)
	}
	golang := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(topFile(t, "go.mod"))
	if golang == nil || !strings.Contains(topFile(t, "Dockerfile"), "FROM golang:"+golang[1]+"-") {
		t.Errorf("the image is not built by go %v", golang)
	}
}

// TestPackagedProgramsAreBuiltAlike: image and formula build the programs that the archives have.
func TestPackagedProgramsAreBuiltAlike(t *testing.T) {
	image, formula := topFile(t, "Dockerfile"), topFile(t, "packaging/homebrew/policygen.rb")
	for _, b := range readGoreleaser(t).Builds {
		if !strings.Contains(image, b.Main) || !strings.Contains(image, "/bin/"+b.Binary) {
			t.Errorf("the image lacks %s", b.Binary)
		}
		if !strings.Contains(formula, b.Binary) {
			t.Errorf("the formula lacks %s", b.Binary)
		}
	}
	for name, text := range map[string]string{"Dockerfile": image, "formula": formula} {
		if !strings.Contains(text, "-trimpath") || !strings.Contains(text, "CGO_ENABLED") {
			t.Errorf("%s: not built the same everywhere", name)
		}
	}
}
