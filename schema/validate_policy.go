package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A matrix is the schema's table of targets and the types each takes. The
// rules that compare two fields of a policy stand beside it: as conditions in
// the schema they would say only that some condition failed.
type matrix struct {
	targets map[string][]string // canonical target to its types, in the table's order
	aliases map[string]string
	types   []string // every type
}

// newMatrix reads the table from the decoded schema. Tests hold its shape, so
// nothing is checked here.
func newMatrix(root map[string]any) matrix {
	m := matrix{targets: map[string][]string{}, aliases: map[string]string{}}
	targets, _ := lookUp(root, []string{"x-policygen", "targets"})
	object, _ := targets.(map[string]any)
	for name, types := range object {
		m.targets[name] = texts(types)
	}
	aliases, _ := lookUp(root, []string{"x-policygen", "aliases"})
	object, _ = aliases.(map[string]any)
	for alias, name := range object {
		m.aliases[alias], _ = name.(string)
	}
	types, _ := lookUp(root, []string{"$defs", "policy", "properties", "type", "enum"})
	m.types = texts(types)
	return m
}

// checkPolicies checks the section policies of a document. What the schema
// reports already (unknown types and targets, values of the wrong type) is
// passed over in silence.
func (m matrix) checkPolicies(root map[string]any) []Violation {
	policies, _ := root["policies"].([]any)
	var found []Violation
	for i, entry := range policies {
		if policy, ok := entry.(map[string]any); ok {
			path := []string{"policies", strconv.Itoa(i)}
			found = append(found, m.checkTarget(path, policy)...)
			found = append(found, checkNative(path, policy)...)
			found = append(found, checkFields(path, policy)...)
		}
	}
	return found
}

// checkTarget refuses a pair of type and target that the table does not have,
// and for a legal pair values that the target does not take.
func (m matrix) checkTarget(path []string, policy map[string]any) []Violation {
	kind, _ := policy["type"].(string)
	target, _ := policy["target"].(string)
	name := target
	if canonical, ok := m.aliases[target]; ok {
		name = canonical
	}
	legal, known := m.targets[name]
	if !known || kind == "settings" || !slices.Contains(m.types, kind) {
		return nil
	}
	if !slices.Contains(legal, kind) {
		return []Violation{{
			Path: child(path, "target"), Kind: KindIllegalTarget,
			Message: fmt.Sprintf("type %s does not go with target %s, which takes %s", kind, target, strings.Join(legal, ", ")),
			Hint:    fmt.Sprintf("type %s goes with %s", kind, strings.Join(m.targetsOf(kind), ", ")),
		}}
	}
	if name == "mcpServers" {
		return nil
	}
	return checkPlainValues(child(path, "values"), target, policy["values"])
}

// targetsOf returns the targets that take a type, sorted.
func (m matrix) targetsOf(kind string) []string {
	var names []string
	for _, name := range sortedKeys(m.targets) {
		if slices.Contains(m.targets[name], kind) {
			names = append(names, name)
		}
	}
	return names
}

// checkPlainValues refuses the values that pin an MCP server for any other target.
func checkPlainValues(path []string, target string, values any) []Violation {
	list, _ := values.([]any)
	var found []Violation
	for i, value := range list {
		if _, ok := value.(map[string]any); ok {
			found = append(found, Violation{
				Path: child(path, strconv.Itoa(i)), Kind: KindWrongType,
				Message: fmt.Sprintf(`an entry of "values" must be a string for target %s, not a map`, target),
				Hint:    "values with name and url or command are for target mcpServers",
			})
		}
	}
	return found
}

// checkNative refuses to soften a policy that only native settings enforce:
// the client knows no warnings.
func checkNative(path []string, policy map[string]any) []Violation {
	who := ""
	switch {
	case policy["type"] == "settings":
		who = "a policy of type settings"
	case policy["enforce"] == "native":
		who = "a policy with enforce: native"
	default:
		return nil
	}
	var found []Violation
	// Without one of these fields the default holds, which is the strict value.
	refuse := func(field string, values ...string) {
		if value, _ := policy[field].(string); slices.Contains(values, value) {
			found = append(found, Violation{
				Path: child(path, field), Kind: KindPolicyFields,
				Message: fmt.Sprintf("%s cannot have %s: %s", who, field, value),
				Hint:    "native settings always block and are never only observed; only the hook can warn or record",
			})
		}
	}
	refuse("severity", "warning", "info")
	refuse("mode", "warn", "observe")
	if policy["type"] == "settings" {
		refuse("enforce", "hook")
	}
	return found
}

// checkFields checks the fields of one policy that contradict each other.
func checkFields(path []string, policy map[string]any) []Violation {
	var found []Violation
	add := func(field, message, hint string) {
		found = append(found, Violation{
			Path: child(path, field), OnKey: true, Kind: KindPolicyFields, Message: message, Hint: hint,
		})
	}
	// A mode of the wrong type is reported by the schema; it may have been meant
	// to be warn or observe.
	mode, written := policy["mode"].(string)
	if _, ok := policy["mode_until"]; ok && (mode == "enforce" || !written && policy["mode"] == nil) {
		add("mode_until", `"mode_until" needs mode: warn or mode: observe`, "the policy is enforced already")
	}
	if _, ok := policy["rollout"]; ok && mode == "enforce" {
		add("rollout", `"rollout" does not go with mode: enforce`, "write mode: warn, or no mode: a policy with rollout observes until its ring's date")
	}
	if _, ok := policy["mode_until"]; ok && policy["rollout"] != nil {
		add("mode_until", `"mode_until" does not go with rollout`, "rollout has a date for each ring")
	}
	low, hasLow := number(policy["min"])
	high, hasHigh := number(policy["max"])
	if hasLow && hasHigh && low > high {
		add("min", fmt.Sprintf(`"min" %s is larger than "max" %s`, show(policy["min"]), show(policy["max"])), "")
	}
	if _, ok := policy["per"]; ok && policy["target"] == "retentionDays" && policy["type"] == "limit" {
		add("per", `"per" does not go with target retentionDays`, "days are not counted per session or day: remove it")
	}
	return found
}

// checkRings checks that the rings of a rollout grow: each one's percentage
// includes the rings before it.
func checkRings(root map[string]any) []Violation {
	rings, _ := lookUp(root, []string{"rollout", "rings"})
	list, _ := rings.([]any)
	var found []Violation
	before := 0.0
	for i := range list {
		percent, _ := lookUp(list, []string{strconv.Itoa(i), "percent"})
		share, ok := number(percent)
		if !ok {
			continue
		}
		// Out of bounds is the schema's to report.
		if share <= before && share > 0 {
			found = append(found, Violation{
				Path: []string{"rollout", "rings", strconv.Itoa(i), "percent"}, Kind: KindInvalidValue,
				Message: fmt.Sprintf(`"percent" must be more than the %v of the ring before, not %v`, before, share),
				Hint:    "each percentage includes the rings before it: 10, 50, 100",
			})
		}
		before = max(before, share)
	}
	return found
}

// number reads a number of any type that a decoder may have chosen.
func number(value any) (float64, bool) {
	// What is left are the number types: Go's and json.Number.
	switch value.(type) {
	case nil, bool, string, []any, map[string]any:
		return 0, false
	}
	n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	return n, err == nil
}
