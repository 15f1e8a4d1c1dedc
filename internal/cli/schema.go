package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/schema"
)

// schemaCommand describes schema, which needs no policy folder: editors are set up before the first file is written.
func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [policy|settings|approvals|diff]",
		Short: "Print the JSON Schema of policy files, for editors",
		Long: `schema prints the JSON Schema (draft 2020-12) of a policy file, with every native settings key in it, or that of the native settings
alone, or that of the reviews which check --approvals reads, or of what diff --output json prints. Save it and point your editor at it, for example with a first line in each file:
  # yaml-language-server: $schema=../.policygen/policy.schema.json`,
		Example: `  policygen schema > .policygen/policy.schema.json
  policygen schema settings
  policygen schema approvals`,
		Args:      cobra.MatchAll(atMostOne, knownArgument),
		ValidArgs: []string{"policy", "settings", "approvals", "diff"},
		RunE: action(func(_ *cobra.Command, args []string) error {
			print := policySchema
			switch {
			case len(args) > 0 && args[0] == "settings":
				print = settingsSchema
			case len(args) > 0 && args[0] == "approvals":
				print = func() ([]byte, error) { return schema.Approvals(), nil }
			case len(args) > 0 && args[0] == "diff":
				print = func() ([]byte, error) { return schema.Diff(), nil }
			}
			text, err := print()
			if err == nil {
				_, err = a.env.Stdout.Write(text)
			}
			return err
		}),
	}
}

// settingsSchema returns the schema of native settings as the catalogue has it.
func settingsSchema() ([]byte, error) {
	cat, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	return indented(cat.JSONSchema())
}

// policySchema returns the schema of policy files with the native settings' schema in the place of its open object.
func policySchema() ([]byte, error) {
	cat, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	var document map[string]any
	if err := json.Unmarshal(schema.Policy(), &document); err != nil {
		return nil, fmt.Errorf("policy schema: %w", err)
	}
	definitions, ok := document["$defs"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("policy schema: no $defs")
	}
	settings := cat.JSONSchema()
	delete(settings, "$schema")
	settings["$id"] = "policygen-settings" // nested settings refer to their own root
	definitions["settings"] = settings
	return indented(document)
}

// indented encodes a document with two blanks a level and a line feed at the end, and leaves <, > and & as people wrote them.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	return b.Bytes(), err
}
