// Package plist reads an XML property list back into a JSON document.
//
// The values come from howett.net/plist, a parser that nobody here wrote. It
// forgives much, as all property-list parsers do: it takes the last of two
// equal keys and passes over what it does not expect. So a stricter scan goes
// first, and refuses whatever two parsers could read differently, and
// everything that has no JSON form.
package plist

import (
	"errors"
	"fmt"
	"math"

	howett "howett.net/plist"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Error is a place in the file at which it is not what it should be.
type Error struct {
	Offset int64 // in bytes, behind the element in question
	Msg    string
}

// Error returns the offset and the message.
func (e *Error) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg) }

// Read returns the property list as a document whose parts have no places.
// What the format forbids, or JSON cannot say, is an *[Error].
func Read(data []byte) (*value.Node, error) {
	if err := scan(data); err != nil {
		return nil, err
	}
	var content any
	format, err := howett.Unmarshal(data, &content)
	if err != nil {
		return nil, fmt.Errorf("howett.net/plist: %w", err)
	}
	if format != howett.XMLFormat {
		return nil, errors.New("howett.net/plist takes the file for another format than XML")
	}
	return convert(content)
}

// convert covers the types that the parser returns for an XML property list.
// Numbers become what JavaScript would read.
func convert(content any) (*value.Node, error) {
	var nowhere diag.Pos
	switch c := content.(type) {
	case string:
		return value.Text(c, nowhere), nil
	case bool:
		return value.Flag(c, nowhere), nil
	case uint64:
		return value.Num(float64(c), nowhere), nil
	case int64:
		return value.Num(float64(c), nowhere), nil
	case float64:
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return nil, errors.New("a number that is not finite has no JSON form")
		}
		return value.Num(c, nowhere), nil
	case howett.UID: // the parser's reading of {"CF$UID": number}
		uid := value.Num(float64(c), nowhere)
		return value.Object(nowhere, value.Member{Key: "CF$UID", Value: uid}), nil
	case []any:
		return convertList(c)
	case map[string]any:
		return convertMap(c)
	}
	return nil, fmt.Errorf("howett.net/plist returns a %T, which has no JSON form", content)
}

func convertList(content []any) (*value.Node, error) {
	n := value.Array(diag.Pos{})
	for _, c := range content {
		item, err := convert(c)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, item)
	}
	return n, nil
}

func convertMap(content map[string]any) (*value.Node, error) {
	members := make([]value.Member, 0, len(content))
	for key, c := range content {
		v, err := convert(c)
		if err != nil {
			return nil, err
		}
		members = append(members, value.Member{Key: key, Value: v})
	}
	return value.Object(diag.Pos{}, members...), nil
}
