package compile

import (
	"fmt"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/wire"
)

// Modules says what is wrong with the modules of rego policies. check compiles them, all at once, and is not called
// where there is none. It is given rather than known: with what it needs, the compiler would be
// half again as large (25 and 40 MB on Linux), for organizations without a module too.
func (p *Program) Modules(check func(texts []string) ([]wire.RegoResult, error)) diag.List {
	var policies []*policy.Policy
	var texts []string
	for _, named := range p.Set.Policies {
		if text := p.Set.Module(named); named.Type == "rego" && text != "" {
			policies, texts = append(policies, named), append(texts, text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	results, err := check(texts)
	if err != nil {
		return diag.List{diag.New(diag.ModuleUnchecked, policies[0].Node.Get("module").Pos, "modules could not be checked: %v", err).
			WithHint("install %s of the same release beside policygen or in a folder of PATH", wire.RegoProgram)}
	}
	var list diag.List
	for i, r := range results {
		for _, problem := range r.Problems {
			list = append(list, p.problem(policies[i], problem))
		}
	}
	return list
}

// problem turns a mistake in a module into a diagnostic at its place, or at the module with its line in the text.
func (p *Program) problem(named *policy.Policy, problem wire.RegoProblem) diag.Diagnostic {
	pos, exact := p.Set.ModulePos(named, problem.Line, problem.Col)
	where := ""
	if !exact {
		where = fmt.Sprintf(", line %d", problem.Line)
	}
	return diag.New(diag.ModuleInvalid, pos, "module of %s%s: %s", named.Name, where, problem.Text).
		WithClient("the endpoint agent could not evaluate the policy, and would fail closed where its severity is error")
}
