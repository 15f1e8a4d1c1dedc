package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// findUnfit looks for what the JSON Schema library must not see, so that a
// document with one of them is not checked further: numbers that are not
// finite (it fails), exponents of a million digits (it expands them), keys
// that are not strings, and empty keys (jsonschema v5.3.1 leaves them out of
// the places it reports). The section settings is passed over: the schema says
// nothing about its inside, and it is most of the input.
func findUnfit(doc any) []Violation {
	root, ok := doc.(map[string]any)
	if !ok {
		return unfitIn(nil, nil, doc)
	}
	var found []Violation
	for key, value := range root {
		if key == "" {
			found = append(found, emptyKey(nil))
		}
		if key != "settings" {
			found = unfitIn(found, []string{key}, value)
		}
	}
	return found
}

// unfitIn appends what is unfit in the value at path. It goes as deep as the
// document does: the loader bounds that.
func unfitIn(found []Violation, path []string, value any) []Violation {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if key == "" {
				found = append(found, emptyKey(path))
			}
			// Most values are strings: no path is made for those.
			if _, fit := inner.(string); !fit {
				found = unfitIn(found, child(path, key), inner)
			}
		}
	case []any:
		for i, inner := range value {
			if _, fit := inner.(string); !fit {
				found = unfitIn(found, child(path, strconv.Itoa(i)), inner)
			}
		}
	default:
		if message := unfitScalar(value); message != "" {
			found = append(found, Violation{Path: path, Kind: KindWrongType, Message: message})
		}
	}
	return found
}

// emptyKey reports an entry without a name in the map at path.
func emptyKey(path []string) Violation {
	return Violation{
		Path: child(path, ""), OnKey: true, Kind: KindInvalidValue,
		Message: "a name must not be empty",
	}
}

// unfitScalar says why a value that is no map and no list cannot be used, or
// returns "".
func unfitScalar(value any) string {
	switch value := value.(type) {
	case nil, bool, string, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return ""
	case float32:
		return unfitFloat(float64(value))
	case float64:
		return unfitFloat(value)
	case json.Number:
		n, err := value.Float64()
		if err != nil {
			return "a number is too large to be used"
		}
		// 1e-999999999 is zero for a float, but not for the library's rationals.
		mantissa, _, _ := strings.Cut(strings.ToLower(value.String()), "e")
		if n == 0 && strings.ContainsAny(mantissa, "123456789") {
			return "a number is too small to be used"
		}
		return unfitFloat(n)
	case map[any]any:
		return "the keys of a map must be strings"
	}
	return fmt.Sprintf("a value of type %T cannot be used", value)
}

// unfitFloat refuses YAML's .nan and .inf.
func unfitFloat(n float64) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "a number must be finite"
	}
	return ""
}
