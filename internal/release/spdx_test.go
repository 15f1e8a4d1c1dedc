package release_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdxlib"
	"github.com/spdx/tools-golang/utils"

	"github.com/policygen/policygen/internal/release"
)

// TestSPDXReads gives the bill of materials to the reader of the SPDX project: its references have aims, its packages are described, and the
// codes and digests are those of the files.
func TestSPDXReads(t *testing.T) {
	r := made(t)
	data, _ := r.File(release.SBOMName)
	doc, err := spdxjson.Read(bytes.NewReader(data))
	must(t, err)
	must(t, spdxlib.ValidateDocument(doc))
	described, err := spdxlib.GetDescribedPackageIDs(doc)
	must(t, err)
	if doc.SPDXVersion != "SPDX-2.3" || doc.DataLicense != "CC0-1.0" || len(described) != 2 || len(doc.Packages) != 2 {
		t.Errorf("got %s, %s, packages %v", doc.SPDXVersion, doc.DataLicense, described)
	}
	contents := map[string][]byte{"./policies/a.yaml": []byte("a"), "./policies/b.yaml": []byte("b")}
	for _, f := range r.Files {
		if f.Path != release.SBOMName {
			contents["./"+f.Path] = f.Data
		}
	}
	for _, f := range doc.Files {
		sum := sha256.Sum256(contents[f.FileName])
		if f.Checksums[1].Value != hex.EncodeToString(sum[:]) {
			t.Errorf("%s has another digest", f.FileName)
		}
		delete(contents, f.FileName)
	}
	if len(contents) > 0 {
		t.Errorf("not in the bill: %v", contents)
	}
	for _, p := range doc.Packages {
		files := filesOf(doc, p)
		code, err := utils.GetVerificationCode(files, "")
		must(t, err)
		if len(files) == 0 || p.PackageVerificationCode == nil || code.Value != p.PackageVerificationCode.Value {
			t.Errorf("%s: %d files, code %v instead of %s", p.PackageName, len(files), p.PackageVerificationCode, code.Value)
		}
	}
}

// filesOf returns the files that a package has. The reader turns hasFiles into relationships.
func filesOf(doc *spdx.Document, p *spdx.Package) []*spdx.File {
	var found []*spdx.File
	for _, f := range doc.Files {
		if slices.ContainsFunc(doc.Relationships, func(r *spdx.Relationship) bool {
			return r.Relationship == "CONTAINS" && r.RefA.ElementRefID == p.PackageSPDXIdentifier && r.RefB.ElementRefID == f.FileSPDXIdentifier
		}) {
			found = append(found, f)
		}
	}
	return found
}

// TestSPDXReaderFindsProblems spoils the bill, so that the reader is known to look.
func TestSPDXReaderFindsProblems(t *testing.T) {
	data, _ := made(t).File(release.SBOMName)
	for _, test := range []struct{ name, old, instead string }{
		{"version", `"SPDX-2.3"`, `"SPDX-9"`},
		{"identity", `"SPDXRef-File-1"`, `"File-1"`},
		{"aim", `"relatedSpdxElement": "SPDXRef-Policies"`, `"relatedSpdxElement": "SPDXRef-Nothing"`},
		{"creator", `"Tool: `, `"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.Replace(string(data), test.old, test.instead, 1)
			if changed == string(data) {
				t.Fatal("nothing was changed")
			}
			doc, err := spdxjson.Read(strings.NewReader(changed))
			if err == nil {
				err = spdxlib.ValidateDocument(doc)
			}
			if err == nil {
				t.Error("it is taken")
			}
		})
	}
}
