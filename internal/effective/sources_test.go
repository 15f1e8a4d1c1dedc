package effective_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/value"
)

// machine writes sources in their order; an empty text is a source that holds nothing.
func machine(t *testing.T, remote, mdm, file string) []effective.Delivered {
	t.Helper()
	return []effective.Delivered{{Source: effective.Remote, Settings: node(t, "remote", remote)}, {Source: effective.MDM, Settings: node(t, "mdm", mdm)},
		{Source: effective.File, Settings: node(t, "file", file)}}
}

// told writes an outcome in lines.
func told(c effective.Composed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", c.Winner)
	if c.Merged {
		b.WriteString(" merged")
	}
	fmt.Fprintf(&b, " %s\n", shown(c.Settings))
	for _, l := range c.Leaves {
		fmt.Fprintf(&b, "%s %s %s %s\n", l.Fate, l.Source, l.Path, shown(l.Value))
	}
	return b.String()
}

func TestCompose(t *testing.T) {
	tests := []struct {
		name, remote, mdm, file, want string
	}{
		{"nothing", "", "", "", " \n"},
		{"an empty document is no policy", "{}", "", `{"model":"x"}`, "file {\"model\":\"x\"}\n"},
		{"nor is one that only steers", `{"managedSourcesBehavior":"merge"}`, "", `{"model":"x"}`, "file {\"model\":\"x\"}\n"},
		{"an unknown key is one", `{"brandNew":1}`, "", `{"model":"x"}`, "remote {\"brandNew\":1}\nignored file model \"x\"\n"},
		{"the first wins alone", `{"model":"a","permissions":{"deny":["Bash(a)"]}}`, `{"permissions":{"deny":["Bash(a)","Bash(b)"]}}`, `{"model":"b"}`,
			`remote {"model":"a","permissions":{"deny":["Bash(a)"]}}
same mdm permissions.deny "Bash(a)"
ignored mdm permissions.deny "Bash(b)"
ignored file model "b"
`},
		{"no readable rule in a source", `{"permissions":{"deny":["bash(x)"],"allow":["Bash(a)"],"defaultMode":"plan"}}`, "", `{"permissions":{"deny":["Bash(y)"],"allow":["Bash(a)"]}}`,
			`remote {"permissions":{"deny":["bash(x)"]}}
withheld remote permissions.allow ["Bash(a)"]
withheld remote permissions.defaultMode "plan"
ignored file permissions.allow "Bash(a)"
ignored file permissions.deny "Bash(y)"
`},
		{"a helper in the console", `{"policyHelper":{"path":"/x"},"model":"a"}`, "", `{"policyHelper":{"path":"/x"}}`,
			"remote {\"model\":\"a\"}\nunread remote policyHelper {\"path\":\"/x\"}\nignored file policyHelper.path \"/x\"\n"},
		{"a console that holds nothing else", `{"policyHelper":{"path":"/x"}}`, "", `{"model":"b"}`, "file {\"model\":\"b\"}\nunread remote policyHelper {\"path\":\"/x\"}\n"},
		{"a gateway that the server names", `{"forceLoginMethod":"gateway","model":"a"}`, "", "", "remote {\"model\":\"a\"}\nunread remote forceLoginMethod \"gateway\"\n"},
		{"variables from every source", "", `{"env":{"A":"1"}}`, `{"env":{"A":"2","B":"3"}}`,
			"mdm {\"env\":{\"A\":\"1\",\"B\":\"3\"}}\nignored file env.A \"2\"\nacts file env.B \"3\"\n"},
		{"a lock in any source", `{"sandbox":{"network":{"allowManagedDomainsOnly":false,"allowedDomains":["a"]}}}`, "",
			`{"permissions":{"allow":["Bash(x)","WebFetch(domain:y)"]},"sandbox":{"network":{"allowManagedDomainsOnly":true,"allowedDomains":["b"],"deniedDomains":["c"]}}}`,
			`remote {"permissions":{"allow":["WebFetch(domain:y)"]},"sandbox":{"network":{"allowManagedDomainsOnly":true,"allowedDomains":["b","a"]}}}
ignored file permissions.allow "Bash(x)"
acts file permissions.allow "WebFetch(domain:y)"
acts file sandbox.network.allowManagedDomainsOnly true
acts file sandbox.network.allowedDomains "b"
ignored file sandbox.network.deniedDomains "c"
`},
		{"no lock, no joining", `{"model":"a"}`, "", `{"sandbox":{"network":{"allowedDomains":["b"]}}}`, "remote {\"model\":\"a\"}\nignored file sandbox.network.allowedDomains \"b\"\n"},
		{"false anywhere", `{"useAutoModeDuringPlan":true}`, "", `{"useAutoModeDuringPlan":false}`, "remote {\"useAutoModeDuringPlan\":false}\nacts file useAutoModeDuringPlan false\n"},
		{"the machine's login pin", `{"forceLoginOrgUUID":"a","model":"x"}`, `{"forceLoginOrgUUID":"b"}`, `{"forceLoginOrgUUID":"c","forceLoginMethod":"claudeai"}`,
			"remote {\"forceLoginMethod\":\"claudeai\",\"forceLoginOrgUUID\":\"b\",\"model\":\"x\"}\nacts mdm forceLoginOrgUUID \"b\"\nacts file forceLoginMethod \"claudeai\"\nignored file forceLoginOrgUUID \"c\"\n"},
		{"merged", `{"managedSourcesBehavior":"merge","permissions":{"deny":["Bash(a)"],"defaultMode":"plan"},"allowedMcpServers":[],"allowManagedHooksOnly":false}`, "",
			`{"allowManagedHooksOnly":true,"allowedMcpServers":[{"serverName":"x"}],"apiKeyHelper":"/x","availableModels":["m"],"cleanupPeriodDays":9,"permissions":{"defaultMode":"default","deny":["Bash(b)"]}}`,
			`remote merged {"allowManagedHooksOnly":true,"allowedMcpServers":[],"availableModels":["m"],"cleanupPeriodDays":9,"permissions":{"defaultMode":"plan","deny":["Bash(b)","Bash(a)"]}}
acts file allowManagedHooksOnly true
ignored file allowedMcpServers {"serverName":"x"}
ignored file apiKeyHelper "/x"
acts file availableModels "m"
acts file cleanupPeriodDays 9
ignored file permissions.defaultMode "default"
acts file permissions.deny "Bash(b)"
`},
		{"only the winner can ask for merging", `{"model":"a"}`, "", `{"managedSourcesBehavior":"merge","language":"de"}`, "remote {\"model\":\"a\"}\nignored file language \"de\"\n"},
	}
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(effective.Compose(cat, machine(t, tt.remote, tt.mdm, tt.file)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestComposeLocal: a helper's answer is the only policy, even an empty one; what a user wrote into the registry counts where nothing else does.
func TestComposeLocal(t *testing.T) {
	t.Parallel()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	const admin = `{"managedSourcesBehavior":"merge","permissions":{"deny":["Bash(a)"]},"env":{"A":"1"}}`
	tests := []struct {
		name, helper, file, hkcu, want string
	}{
		{"a helper alone", `{"model":"h"}`, "", "", "helper {\"model\":\"h\"}\n"},
		{"nothing acts beside a helper", `{"managedSourcesBehavior":"merge","model":"h"}`, admin, `{"model":"u"}`,
			"helper {\"model\":\"h\"}\nignored file env.A \"1\"\nignored file permissions.deny \"Bash(a)\"\nignored hkcu model \"u\"\n"},
		{"an empty answer", "{}", admin, "", "helper {}\nignored file env.A \"1\"\nignored file permissions.deny \"Bash(a)\"\n"},
		{"a helper that names a helper", `{"policyHelper":{"path":"/x"}}`, "", "", "helper {}\nunread helper policyHelper {\"path\":\"/x\"}\n"},
		{"no answer", "", `{"model":"f"}`, "", "file {\"model\":\"f\"}\n"},
		{"a user alone", "", "", `{"model":"u"}`, "hkcu {\"model\":\"u\"}\n"},
		{"a user beside files", "", admin, `{"env":{"B":"2"},"permissions":{"deny":["Bash(a)"]},"allowManagedHooksOnly":true}`,
			"file {\"env\":{\"A\":\"1\"},\"permissions\":{\"deny\":[\"Bash(a)\"]}}\nignored hkcu allowManagedHooksOnly true\nignored hkcu env.B \"2\"\nsame hkcu permissions.deny \"Bash(a)\"\n"},
		{"a user's lock", "", `{"sandbox":{"network":{"allowedDomains":["a"]}}}`, `{"sandbox":{"network":{"allowManagedDomainsOnly":true,"allowedDomains":["b"]}}}`,
			"file {\"sandbox\":{\"network\":{\"allowedDomains\":[\"a\"]}}}\nignored hkcu sandbox.network.allowManagedDomainsOnly true\nignored hkcu sandbox.network.allowedDomains \"b\"\n"},
	}
	for _, tt := range tests {
		delivered := []effective.Delivered{{Source: effective.Helper, Settings: node(t, "helper", tt.helper)},
			{Source: effective.File, Settings: node(t, "file", tt.file)}, {Source: effective.HKCU, Settings: node(t, "hkcu", tt.hkcu)}}
		if diff := cmp.Diff(tt.want, told(effective.Compose(cat, delivered))); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// TestComposeProperties: a source alone is in force as it is; equal sources lose nothing; the winner's own leaves stay, apart from switches that a
// lower source makes stricter.
func TestComposeProperties(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	parts := []string{`"model":"a"`, `"cleanupPeriodDays":9`, `"permissions":{"deny":["Bash(a)","Bash(b)"]}`, `"env":{"A":"1"}`, `"allowedMcpServers":[{"serverName":"x"}]`,
		`"sandbox":{"enabled":true,"network":{"allowedDomains":["a"]}}`, `"availableModels":["m"]`}
	document := func() string {
		var kept []string
		for _, p := range parts {
			if r.IntN(2) == 0 {
				kept = append(kept, p)
			}
		}
		return "{" + strings.Join(append(kept, `"language":"de"`), ",") + "}"
	}
	for range 200 {
		own, other := document(), document()
		if got := effective.Compose(cat, machine(t, "", own, "")); !value.Equal(got.Settings, node(t, "x", own)) || len(got.Leaves) > 0 {
			t.Fatalf("%s alone gives %s", own, told(got))
		}
		for _, l := range effective.Compose(cat, machine(t, own, own, own)).Leaves {
			if l.Fate != effective.Same {
				t.Fatalf("%s three times: %s is %s", own, l.Path, l.Fate)
			}
		}
		got := effective.Compose(cat, machine(t, own, "", other))
		for _, m := range node(t, "x", own).Members {
			if m.Value.Kind != value.Map && !value.Equal(got.Settings.Get(m.Key), m.Value) {
				t.Fatalf("%s over %s: %s", own, other, told(got))
			}
		}
	}
}

func TestSources(t *testing.T) {
	for platform, want := range map[string]string{"linux": "[helper remote file]", "macos": "[helper remote mdm file]", "windows": "[helper remote mdm file hkcu]"} {
		if got := fmt.Sprint(effective.Sources(platform)); got != want {
			t.Errorf("%s: %s", platform, got)
		}
	}
}
