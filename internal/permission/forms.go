package permission

import "strings"

// The forms of rules that came to the client one after another; schema/settings.json has the version of each. A client
// that does not know a form skips the rule or never matches it.
const (
	FormToolGlob       = "tool-glob"       // a wildcard in the tool's name
	FormMCPWildcard    = "mcp-wildcard"    // mcp__server__*
	FormParameter      = "parameter"       // Tool(param:value)
	FormDomainWildcard = "domain-wildcard" // WebFetch(domain:*.example.com)
	FormSkillPrefix    = "skill-prefix"    // Skill(name *)
	FormPathWildcard   = "path-wildcard"   // Read(secrets-*/config.json)
)

// Forms returns the names of the forms that the rule uses and that not every client knows, none for a plain one.
func (r Rule) Forms() []string {
	f := r.compiled()
	var forms []string
	switch {
	case !f.glob:
	case isMCP(r.Tool) && literalServer(r.Tool):
		forms = append(forms, FormMCPWildcard)
	default:
		forms = append(forms, FormToolGlob)
	}
	switch {
	case f.host != nil && strings.Contains(r.Content, "*"):
		forms = append(forms, FormDomainWildcard)
	case f.tool == "Skill" && strings.HasSuffix(r.Content, " *"):
		forms = append(forms, FormSkillPrefix)
	case f.path != nil && starInside(r.Content):
		forms = append(forms, FormPathWildcard)
	case f.parameter():
		forms = append(forms, FormParameter)
	}
	return forms
}

// parameter reports a rule on an input of the tool. A skill of a plugin is written with a colon too.
func (f *form) parameter() bool {
	switch {
	case f.param == "", f.host != nil, f.path != nil, f.tool == "Skill":
		return false
	case f.command != nil:
		return shellFields[f.param]
	}
	return true
}

// starInside reports a wildcard in a part of a path before the last that has other text too: such rules were rejected
// once, while a part that is * or ** alone never was.
func starInside(path string) bool {
	parts := strings.Split(path, "/")
	for _, part := range parts[:len(parts)-1] {
		if strings.Contains(part, "*") && strings.Trim(part, "*") != "" {
			return true
		}
	}
	return false
}
