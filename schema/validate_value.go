package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/spell"
)

// longList is the number of allowed values from which on a message does not
// list them all.
const longList = 12

// describeValue writes the violation for a keyword about a single value.
func describeValue(f finding) Violation {
	out := Violation{Path: f.path, Kind: KindInvalidValue}
	subject := subjectOf(f)
	switch f.keyword {
	case "type":
		out.Kind = KindWrongType
		out.Message, out.Hint = describeType(f, subject)
	case "enum", "const":
		out.Message, out.Hint = describeEnum(f, subject)
	case "pattern":
		out.Kind = kindOfPattern(f)
		out.Message = fmt.Sprintf("%s %s, not %s", subject, f.schema["patternErrorMessage"], show(f.value))
	// The only values that the schema excludes are names: it says why in
	// errorMessage, which editors show too.
	case "not":
		out.Kind = kindOfPattern(f)
		out.Message = fmt.Sprintf("%s %s", subject, f.schema["errorMessage"])
	case "minLength", "minItems", "minProperties":
		out.Message = subject + " must not be empty"
	case "minimum", "maximum", "exclusiveMinimum":
		out.Message = fmt.Sprintf("%s must be %s, not %s", subject, bounds(f.schema), show(f.value))
	case "uniqueItems":
		out.Message = fmt.Sprintf("%s holds %s twice", subject, show(firstDouble(f.value)))
	default:
		out.Message = fmt.Sprintf("%s is not valid: %s", subject, f.text)
	}
	return out
}

// kindOfPattern tells the names of groups from other texts of a fixed shape.
func kindOfPattern(f finding) string {
	if len(f.path) == 3 && f.path[0] == "groups" && f.path[2] == "name" {
		return KindBadName
	}
	return KindInvalidValue
}

// subjectOf names the value that a message is about.
func subjectOf(f finding) string {
	n := len(f.path)
	switch {
	case n == 0:
		return "the file"
	case !f.inList:
		return strconv.Quote(f.path[n-1])
	case n == 1:
		return "an entry"
	}
	return fmt.Sprintf("an entry of %q", f.path[n-2])
}

// describeType says what a value must be and what it is.
func describeType(f finding, subject string) (message, hint string) {
	allowed := typesOf(f.schema)
	var names []string
	for _, t := range allowed {
		names = append(names, nameOfType(t, f.value))
	}
	actual := nameOfValue(f.value)
	if actual == "a number" && slices.Contains(allowed, "integer") {
		actual = show(f.value)
	}
	message = fmt.Sprintf("%s must be %s, not %s", subject, anyOf(names), actual)
	return message, typeHint(f, allowed)
}

// typeHint shows the way out of the usual slips of YAML: a single value where
// a list belongs, quotes too many or too few, and a key with nothing after it.
func typeHint(f finding, allowed []string) string {
	text, isText := f.value.(string)
	field := ""
	if n := len(f.path); n > 0 && !f.inList {
		field = f.path[n-1] + ": "
	}
	switch {
	case f.value == nil && slices.Contains(allowed, "array"):
		return "write [] for an empty list, or remove the key"
	case f.value == nil && slices.Contains(allowed, "object") && field != "":
		return "write {} for an empty map, or remove the key"
	case isText && slices.Contains(allowed, "array"):
		return fmt.Sprintf("write %s[%s]", field, show(text))
	case isText && looksLike(text, allowed):
		return "remove the quotes"
	case f.value != nil && slices.Contains(allowed, "string") && isScalar(f.value):
		return "put it in quotes"
	}
	return ""
}

// looksLike says whether a text is the spelling of a value of another type.
func looksLike(text string, allowed []string) bool {
	if slices.Contains(allowed, "boolean") {
		return text == "true" || text == "false"
	}
	if slices.Contains(allowed, "number") || slices.Contains(allowed, "integer") {
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	}
	return false
}

// isScalar says whether quotes can make a string of a value.
func isScalar(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// describeEnum lists the allowed values, the whole of a long list only where
// nothing similar can be proposed.
func describeEnum(f finding, subject string) (message, hint string) {
	var allowed []string
	values, _ := f.schema["enum"].([]any)
	for _, value := range values {
		// The version stands there as text and as number.
		if text := fmt.Sprint(value); !slices.Contains(allowed, text) {
			allowed = append(allowed, text)
		}
	}
	// Only words are misspelled: "2.0" is not meant to be "1.0".
	word := fmt.Sprint(f.value)
	if meant := spell.Nearest(word, allowed); meant != "" && strings.ContainsFunc(word, unicode.IsLetter) {
		hint = fmt.Sprintf("did you mean %q?", meant)
	}
	if len(allowed) < longList {
		return fmt.Sprintf("%s must be one of %s, not %s", subject, strings.Join(allowed, ", "), show(f.value)), hint
	}
	if hint == "" {
		hint = "known values are " + strings.Join(allowed, ", ")
	}
	return fmt.Sprintf("%s has the unknown value %s", subject, show(f.value)), hint
}

// bounds spells the range that a number must lie in.
func bounds(schema map[string]any) string {
	low, hasLow := schema["minimum"]
	high, hasHigh := schema["maximum"]
	above, hasAbove := schema["exclusiveMinimum"]
	switch {
	case hasAbove && hasHigh:
		return fmt.Sprintf("greater than %v and at most %v", above, high)
	case hasAbove:
		return fmt.Sprintf("greater than %v", above)
	case hasLow && hasHigh:
		return fmt.Sprintf("between %v and %v", low, high)
	case hasLow:
		return fmt.Sprintf("at least %v", low)
	}
	return fmt.Sprintf("at most %v", high)
}

// firstDouble returns the first entry of a list that stands there twice.
func firstDouble(list any) any {
	seen := map[string]bool{}
	entries, _ := list.([]any)
	for _, entry := range entries {
		text := show(entry)
		if seen[text] {
			return entry
		}
		seen[text] = true
	}
	return nil
}

// show writes a value on one line, cut to a length that fits a message.
func show(value any) string {
	const longest = 60
	bytes, err := json.Marshal(value)
	text := string(bytes)
	if err != nil {
		text = fmt.Sprint(value)
	}
	if s, ok := value.(string); ok {
		text = strconv.Quote(s) // without JSON's escapes for HTML
	}
	if utf8.RuneCountInString(text) > longest {
		text = string([]rune(text)[:longest]) + "..."
	}
	return text
}
