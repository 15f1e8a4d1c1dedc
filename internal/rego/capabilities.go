package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// allowed are the builtin functions that modules may call, by name or, with a dot at the end, by family. It is a list
// of what is let in, so that a function that a later release of Open Policy Agent adds stays out until somebody looked
// at it. All of them compute from their arguments alone.
var allowed = strings.Fields(`
	abs ceil floor round minus mul plus div rem numbers. bits.
	and or intersection union eq equal assign gt gte lt lte neq
	count max min product sort sum array. object. json. graph. walk
	concat contains endswith format_int indexof indexof_n lower replace split sprintf startswith strings. substring
	trim trim_left trim_prefix trim_right trim_space trim_suffix upper to_number type_name
	is_array is_boolean is_null is_number is_object is_set is_string
	base64. base64url. hex. urlquery. yaml. uri. glob. regex. semver. units. uuid.parse
	crypto.md5 crypto.sha1 crypto.sha256 crypto.hmac. net.
	time. print internal.member_2 internal.member_3 internal.print internal.template_string`)

// refused are members of allowed families: they reach outside, or turn a short module into much work. The schema
// functions may fetch what a schema refers to.
var refused = strings.Fields(`time.now_ns net.lookup_ip_addr net.cidr_expand strings.render_template json.match_schema json.verify_schema`)

// capabilities are what the compiler knows: a call of anything else is an error with its place.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.AllowNet = []string{} // none; nil would mean any
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return !permitted(b) })
	return c
}

// permitted reports whether modules may call a builtin.
func permitted(b *ast.Builtin) bool {
	if b.IsNondeterministic() || b.IsDeprecated() || slices.Contains(refused, b.Name) {
		return false
	}
	return slices.ContainsFunc(allowed, func(name string) bool {
		return b.Name == name || strings.HasSuffix(name, ".") && strings.HasPrefix(b.Name, name)
	})
}
