package rego

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// How much of a module's answer is kept. Reasons are shown to a person, and the first of them are enough.
const (
	maxReasons     = 20
	maxReasonBytes = 1000
)

// Evaluate judges an input. It allows where the rule allow, if the module has one, is true, and the rule deny, if it
// has one, is empty, false or undefined. The reasons are what deny holds. Any error of a builtin ends the evaluation:
// the usual "undefined" would make a deny rule that fails look like one that found nothing.
func (m *Module) Evaluate(ctx context.Context, input map[string]any) (allow bool, reasons []string, err error) {
	value, err := ast.InterfaceToValue(input)
	if err != nil {
		return false, nil, fmt.Errorf("input: %w", err)
	}
	allow = true
	if m.deny {
		found, err := m.query(ctx, "deny", ast.NewTerm(value))
		if err != nil {
			return false, nil, err
		}
		if allow, reasons, err = denied(found); err != nil {
			return false, nil, err
		}
	}
	if m.allow {
		found, err := m.query(ctx, "allow", ast.NewTerm(value))
		if err != nil {
			return false, nil, err
		}
		ok, isBool := found.(bool)
		if found != nil && !isBool {
			return false, nil, errors.New("allow is neither true nor false")
		}
		allow = allow && ok
	}
	return allow, reasons, nil
}

// query returns the value of a rule as JSON knows it, sets as lists; nil where it is undefined.
func (m *Module) query(ctx context.Context, rule string, input *ast.Term) (any, error) {
	body, err := m.compiler.QueryCompiler().Compile(ast.MustParseBody(m.path + "." + rule + " = answer"))
	if err != nil {
		return nil, err
	}
	store := inmem.New()
	txn, err := store.NewTransaction(ctx, storage.TransactionParams{})
	if err != nil {
		return nil, err
	}
	cancel := topdown.NewCancel()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	results, err := topdown.NewQuery(body).WithCompiler(m.compiler).WithStore(store).WithTransaction(txn).WithInput(input).
		WithCancel(cancel).WithStrictBuiltinErrors(true).Run(ctx)
	if err != nil {
		return nil, errors.New(oneLine(err.Error()))
	}
	if len(results) == 0 {
		return nil, nil
	}
	return ast.JSON(results[0][ast.Var("answer")].Value)
}

// denied reads the value of a rule deny.
func denied(found any) (allow bool, reasons []string, err error) {
	switch v := found.(type) {
	case nil:
		return true, nil, nil
	case bool:
		return !v, nil, nil
	case string:
		return false, []string{short(v)}, nil
	case []any:
		for i, item := range v {
			if i == maxReasons {
				return false, append(reasons, fmt.Sprintf("and %d more", len(v)-i)), nil
			}
			reason, ok := reasonOf(item)
			if !ok {
				return false, nil, fmt.Errorf("deny holds %s, which is neither a text nor an object with a text msg", short(compact(item)))
			}
			reasons = append(reasons, short(reason))
		}
		return len(v) == 0, reasons, nil
	}
	return false, nil, errors.New("deny is neither a set of messages nor true or false")
}

// reasonOf returns the message of an entry of deny: a text, or an object with a text msg as Gatekeeper's modules have.
func reasonOf(item any) (string, bool) {
	if object, ok := item.(map[string]any); ok {
		item = object["msg"]
	}
	text, ok := item.(string)
	return text, ok
}

// compact shows a value in a message. What came out of the evaluator can be encoded.
func compact(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// short cuts a text that is too long to be shown, at a whole character.
func short(text string) string {
	if len(text) <= maxReasonBytes {
		return text
	}
	cut := maxReasonBytes
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strings.Clone(text[:cut]) + "..."
}
