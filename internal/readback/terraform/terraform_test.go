package terraform_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/terraform"
)

const module = `terraform {}
variable "groups" { default = {} }
resource "profile" "policy_web" {
  description = "for web"
  payload     = file("${path.module}/../../../web/macos/web.mobileconfig")
  settings    = [{ value = file("${path.module}/../../../admx/a.admx") }]
  assignments = [for id in lookup(var.groups, "web", []) : { group_id = id }]
  scope {
    all = false
  }
}
`

func TestRead(t *testing.T) {
	got, err := terraform.Read([]byte(module))
	want := []terraform.Resource{{Type: "profile", Name: "policy_web", Description: "for web", Audiences: []string{"web"}, Files: []string{"admx/a.admx", "web/macos/web.mobileconfig"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ old, instead, want string }{
		{"terraform {}", "terraform {", "main.tf:"},
		{"terraform {}", `provisioner "local-exec" {}`, "a block provisioner, which no module of policygen has"},
		{"terraform {}", `data "http" "x" {}`, "a block data"},
		{"scope {", `provisioner "local-exec" {`, "resource policy_web: it has a block provisioner"},
		{`file("${path.module}/../../../web`, `file("${path.module}/../../../../web`, "does not lie in the output folder"},
		{`file("${path.module}/../../../web/macos/web.mobileconfig")`, `file("/etc/passwd")`, "does not lie in the output folder"},
		{`file("${path.module}/../../../web/macos/web.mobileconfig")`, `file("${path.root}${path.module}")`, "does not lie in the output folder"},
		{`file("${path.module}/../../../web/macos`, `file("${var.module}/../../../web/macos`, "does not lie in the output folder"},
		{`file("${path.module}/../../../web/macos`, `templatefile("${path.module}/../../../web/macos`, "it calls templatefile"},
		{`lookup(var.groups, "web", [])`, `lookup(var.groups, var.x, [])`, "the audience is no text"},
		{`lookup(var.groups, "web", [])`, `lookup(var.groups, 5, [])`, "the audience is no text"},
	} {
		changed := strings.Replace(module, test.old, test.instead, 1)
		if changed == module {
			t.Fatalf("there is no %q", test.old)
		}
		if got, err := terraform.Read([]byte(changed)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}
