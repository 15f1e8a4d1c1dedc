package release

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // SPDX 2.3 wants it beside a better one; it proves nothing
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Source is a policy file that a release was made from.
type Source struct {
	Path string // slash-separated, below the policy folder
	Data []byte
}

// The bill of materials is SPDX 2.3 in its JSON form
// (https://spdx.github.io/spdx-spec/v2.3/): one package, the files in it, and
// the policy files that they were made from.
type (
	document struct {
		SPDXVersion   string         `json:"spdxVersion"`
		DataLicense   string         `json:"dataLicense"`
		SPDXID        string         `json:"SPDXID"`
		Name          string         `json:"name"`
		Namespace     string         `json:"documentNamespace"`
		Creation      creation       `json:"creationInfo"`
		Describes     []string       `json:"documentDescribes"`
		Packages      []pack         `json:"packages"`
		Files         []billed       `json:"files"`
		Relationships []relationship `json:"relationships"`
	}
	creation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	pack struct {
		SPDXID       string   `json:"SPDXID"`
		Name         string   `json:"name"`
		Version      string   `json:"versionInfo"`
		Download     string   `json:"downloadLocation"`
		Analyzed     bool     `json:"filesAnalyzed"`
		Verification *proof   `json:"packageVerificationCode,omitempty"`
		Concluded    string   `json:"licenseConcluded"`
		Declared     string   `json:"licenseDeclared"`
		InFiles      []string `json:"licenseInfoFromFiles,omitempty"`
		Copyright    string   `json:"copyrightText"`
		Supplier     string   `json:"supplier,omitempty"`
		Comment      string   `json:"comment,omitempty"`
		HasFiles     []string `json:"hasFiles,omitempty"`
	}
	proof struct { // SHA-1 over the sorted SHA-1 of the files
		Value string `json:"packageVerificationCodeValue"`
	}
	billed struct {
		SPDXID    string     `json:"SPDXID"`
		Name      string     `json:"fileName"`
		Checksums []checksum `json:"checksums"`
		Concluded string     `json:"licenseConcluded"`
		InFile    []string   `json:"licenseInfoInFiles"`
		Copyright string     `json:"copyrightText"`
	}
	checksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	relationship struct {
		From string `json:"spdxElementId"`
		Type string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	}
)

const noAssertion = "NOASSERTION"

// sbom returns the bill of materials. Its identity comes from the content, so
// that the same release has the same bill.
func sbom(m Manifest, files []File, sources []Source, date time.Time) ([]byte, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	sources = slices.Clone(sources)
	slices.SortFunc(sources, func(a, b Source) int { return cmp.Compare(a.Path, b.Path) })
	d := document{
		SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", Name: m.Title(), Describes: []string{"SPDXRef-Release", "SPDXRef-Policies"},
		Creation: creation{Created: date.UTC().Format(time.RFC3339), Creators: []string{"Tool: policygen-" + m.Compiler}},
	}
	release := packageOf("SPDXRef-Release", m.Name, m)
	release.Comment = "artifacts of policy revision " + m.Revision
	for i, f := range files {
		d.Files = append(d.Files, bill(fmt.Sprintf("SPDXRef-File-%d", i+1), "./"+f.Path, f.Data))
	}
	contains(&release, d.Files)
	policies := packageOf("SPDXRef-Policies", m.Name+"-source", m)
	policies.Comment = "policy files that the artifacts were made from"
	for i, s := range sources {
		d.Files = append(d.Files, bill(fmt.Sprintf("SPDXRef-Source-%d", i+1), "./policies/"+s.Path, s.Data))
	}
	contains(&policies, d.Files[len(files):])
	d.Packages = []pack{release, policies}
	d.Relationships = []relationship{
		{d.SPDXID, "DESCRIBES", release.SPDXID}, {d.SPDXID, "DESCRIBES", policies.SPDXID}, {release.SPDXID, "GENERATED_FROM", policies.SPDXID},
	}
	// The namespace must be unique for each document. A digest of the rest is,
	// and needs neither clock nor chance.
	content, err := encode(d)
	if err != nil {
		return nil, err
	}
	d.Namespace = "https://github.com/policygen/policygen/spdx/" + m.Title() + "-" + digest(content)[:32]
	return encode(d)
}

// packageOf returns a package of which nobody has said under which licence it
// is.
func packageOf(id, name string, m Manifest) pack {
	p := pack{SPDXID: id, Name: name, Version: m.Version, Download: noAssertion, Concluded: noAssertion, Declared: noAssertion, Copyright: noAssertion}
	if m.Organization != "" {
		p.Supplier = "Organization: " + m.Organization
	}
	return p
}

// bill returns the entry of one file. The licence of a policy is a matter of
// the organization, and no file says it, so nothing is asserted.
func bill(id, name string, data []byte) billed {
	old := sha1.Sum(data) //nolint:gosec // see above
	return billed{SPDXID: id, Name: name, Concluded: noAssertion, InFile: []string{noAssertion}, Copyright: noAssertion,
		Checksums: []checksum{{"SHA1", hex.EncodeToString(old[:])}, {"SHA256", digest(data)}}}
}

// contains lists the files of a package and adds its verification code.
func contains(p *pack, files []billed) {
	if len(files) == 0 {
		return // a package without files is not analyzed
	}
	var sums []string
	for _, f := range files {
		p.HasFiles = append(p.HasFiles, f.SPDXID)
		sums = append(sums, f.Checksums[0].Value)
	}
	slices.Sort(sums)
	hash := sha1.New() //nolint:gosec // see above
	for _, s := range sums {
		hash.Write([]byte(s))
	}
	p.Analyzed, p.InFiles, p.Verification = true, []string{noAssertion}, &proof{hex.EncodeToString(hash.Sum(nil))}
}
