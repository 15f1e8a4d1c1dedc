package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

const organization = "organization: Acme Corporation\ngroups: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}]\n"

// codesAt lists what is told, as "file:line code message".
func codesAt(list diag.List) []string {
	var lines []string
	for _, d := range list {
		lines = append(lines, fmt.Sprintf("%s:%d %s %s", d.Pos.File, d.Pos.Line, d.Code, d.Message))
	}
	return lines
}

// TestAudiences: what layers make together is told once, where it is written, with the audiences for which it holds.
func TestAudiences(t *testing.T) {
	group := func(name, settings string) string { return "group: " + name + "\nsettings: {" + settings + "}\n" }
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a lock of the base, a list of everybody's own", map[string]string{
			"base.yaml": "settings: {allowManagedMcpServersOnly: true}\n",
			"a.yaml":    group("a", "allowedMcpServers: [{serverName: x}]"), "b.yaml": group("b", "allowedMcpServers: [{serverName: x}]"),
		}, []string{"base.yaml:1 lock-without-list allowManagedMcpServersOnly locks nothing without allowedMcpServers (for default, c, d and 1 more)"}},
		{"a list of the base, a lock of a group", map[string]string{
			"base.yaml": "settings: {allowedMcpServers: [{serverName: x}]}\n", "a.yaml": group("a", "allowManagedMcpServersOnly: true"),
		}, nil},
		{"everybody", map[string]string{"base.yaml": "settings: {model: sonnet}\n"}, []string{"base.yaml:1 model-not-locked the model is only where a session begins"}},
		{"all but one", map[string]string{
			"base.yaml": "settings: {permissions: {deny: ['Bash(curl *)']}}\n", "a.yaml": group("a", "permissions: {deny: ['Bash(wget *)']}"),
			"b.yaml": group("b", "permissions: {ask: ['Bash(wget *)']}"), "c.yaml": group("c", "permissions: {deny: [Bash, PowerShell]}"),
		}, []string{`base.yaml:1 open-sibling "Bash(curl *)" is denied, and wget for the same end is not (for default, d, e)`}},
		{"one", map[string]string{
			"base.yaml": "settings: {permissions: {deny: ['Bash(wget *)', 'Bash(curl *)']}}\n", "a.yaml": group("a", "permissions: {deny: ['Bash(ssh *)']}"),
		}, []string{`a.yaml:2 open-sibling "Bash(ssh *)" is denied, and scp, sftp for the same end is not (for a)`}},
		{"telemetry of two layers", map[string]string{
			"base.yaml": "settings: {env: {CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_EXPORTER_OTLP_PROTOCOL: http/json, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.acme.com'}}\n",
			"a.yaml":    group("a", "env: {OTEL_LOGS_EXPORTER: otlp}"),
		}, []string{"base.yaml:1 telemetry-incomplete CLAUDE_CODE_ENABLE_TELEMETRY does nothing without OTEL_METRICS_EXPORTER or OTEL_LOGS_EXPORTER (for default, b, c and 2 more)"}},
		{"an allow of the base and a deny of a group", map[string]string{
			"base.yaml": "settings: {permissions: {allow: ['Bash(make test)']}}\n", "a.yaml": group("a", "permissions: {deny: ['Bash(make *)']}"),
		}, []string{`base.yaml:1 shadowed-rule "Bash(make test)" has no effect from group a down: the deny rule "Bash(make *)" covers it`}},
		{"a named policy", map[string]string{
			"base.yaml": "policies:\n  - {name: p, type: denylist, target: commands, values: [curl], severity: error}\n",
		}, []string{
			`base.yaml:2 policy-partial policy "p" is enforced in part: programs that other programs start are not seen (bash -c, find -exec)`,
			`base.yaml:2 open-sibling "Bash(curl *)" is denied, and wget for the same end is not`,
		}},
		{"an exempted policy", map[string]string{
			"base.yaml": "policies:\n  - {name: p, type: settings, settings: {model: sonnet}}\nexceptions:\n  - {team: a, exempt_from: [p], approved_by: x@acme.com, reason: r, expires: 2027-01-01}\n",
		}, []string{
			"base.yaml:2 model-not-locked the model is only where a session begins (for default, b, c and 2 more)",
			`base.yaml:4 exception-ends-with-redelivery the exception from "p" ends on machines only when artifacts built at or after 2027-01-02T00:00:00Z arrive`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.files["organization.yaml"] = organization
			_, list := checked(t, day, tt.files)
			if diff := cmp.Diff(tt.want, codesAt(list)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNearLimit: the size of the whole policy counts, and only close to the limit; behind it the error is enough.
func TestNearLimit(t *testing.T) {
	rules := func(n int) string {
		var b strings.Builder
		b.WriteString("settings:\n  permissions:\n    deny:\n")
		for i := range n {
			fmt.Fprintf(&b, "      - Edit(//srv/customers/%06d/%s/**)\n", i, strings.Repeat("x", 40))
		}
		return b.String()
	}
	for n, want := range map[int]string{1000: "", 24000: "near-limit", 32000: "document-too-large"} {
		text := rules(n)
		cut := strings.Index(text, "/012000/")
		files := map[string]string{"organization.yaml": "organization: Acme Corporation\n", "a.yaml": text}
		if cut > 0 { // two files, for one may not be as large as both
			cut = strings.LastIndex(text[:cut], "\n") + 1
			files["a.yaml"], files["b.yaml"] = text[:cut], rules(0)+text[cut:]
		}
		_, list := checked(t, day, files)
		codes := []string{""}
		for _, d := range list {
			codes = append(codes, string(d.Code))
		}
		if len(codes) > 2 || !slices.Contains(codes, want) || (want == "") != (len(codes) == 1) {
			t.Errorf("%d rules: %v, want %q", n, codes[1:], want)
		}
	}
}
