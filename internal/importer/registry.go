package importer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/readback/pol"
	"github.com/policygen/policygen/internal/readback/reg"
	"github.com/policygen/policygen/internal/value"
)

// Where the client looks (client documentation, "Settings files").
const (
	machineHive = `HKEY_LOCAL_MACHINE\`
	userHive    = `HKEY_CURRENT_USER\`
	registryKey = `SOFTWARE\Policies\ClaudeCode`
	valueName   = "Settings"
)

// readReg reads a registry file. The machine's value counts before the user's, as it
// does to the client.
func readReg(file string, data []byte) (*Piece, error) {
	entries, err := reg.Values(data)
	if err != nil {
		var line *reg.LineError
		if errors.As(err, &line) {
			return nil, &Error{fmt.Sprintf("%s:%d", file, line.Line), line.Msg, "export the key again with regedit"}
		}
		return nil, &Error{file, err.Error(), "export the key again with regedit"}
	}
	var machine, user *reg.Entry
	for i, e := range entries {
		hive, key := hiveOf(e.Key)
		if !strings.EqualFold(key, registryKey) || e.Type != "delete" && !strings.EqualFold(e.Name, valueName) {
			continue
		}
		at := fmt.Sprintf("%s:%d", file, e.Line)
		into := &machine
		if hive == userHive {
			into = &user
		}
		switch {
		case e.Type == "delete" && e.Name == "" || e.Type == "delete" && strings.EqualFold(e.Name, valueName):
			*into = nil // regedit works from top to bottom
		case e.Type == "sz" || e.Type == "expand_sz":
			if *into != nil {
				return nil, &Error{at, fmt.Sprintf("the value %s stands there twice, first on line %d", valueName, (*into).Line), "keep one of them: Windows takes the last"}
			}
			*into = &entries[i]
		default:
			return nil, &Error{at, fmt.Sprintf("the value %s is no text", valueName), "claude reads REG_SZ and REG_EXPAND_SZ only"}
		}
	}
	return regPiece(file, machine, user)
}

// hiveOf parts a key into the hive, with its long name, and the rest.
func hiveOf(key string) (hive, rest string) {
	root, rest, _ := strings.Cut(key, `\`)
	switch strings.ToUpper(root) {
	case "HKEY_LOCAL_MACHINE", "HKLM":
		return machineHive, rest
	case "HKEY_CURRENT_USER", "HKCU":
		return userHive, rest
	}
	return "", rest
}

// regPiece chooses between the hives.
func regPiece(file string, machine, user *reg.Entry) (*Piece, error) {
	if machine == nil && user == nil {
		return nil, &Error{file, fmt.Sprintf("no value %s below %s%s", valueName, machineHive, registryKey), "export that key: claude reads no other"}
	}
	chosen, notes := machine, []string(nil)
	switch {
	case machine == nil:
		chosen = user
		notes = append(notes, "the value stands in HKEY_CURRENT_USER, which users can change; policygen writes it to HKEY_LOCAL_MACHINE")
	case user != nil:
		notes = append(notes, fmt.Sprintf("line %d sets a value in HKEY_CURRENT_USER too; claude ignores it beside the machine's, and so does the import", user.Line))
	}
	if chosen.Type == "expand_sz" && strings.Contains(chosen.Text, "%") {
		notes = append(notes, "the value is REG_EXPAND_SZ: Windows replaces %NAME% in it, and the import keeps it as written")
	}
	return registryPiece(file, Reg, chosen.Text, notes)
}

// registryPiece reads the JSON in a value. Places in it count from its own begin.
func registryPiece(file, kind, text string, notes []string) (*Piece, error) {
	p, err := readJSON(file+" (value "+valueName+")", text)
	if err != nil {
		return nil, err
	}
	if p.Settings == nil {
		return nil, &Error{file, "the value holds MCP servers, not settings", "claude reads those from managed-mcp.json only"}
	}
	p.File, p.Kind, p.Notes = file, kind, notes
	return p, nil
}

// readPol reads the Registry.pol of the machine's part of a policy. The file does not
// say to which part it belongs.
func readPol(file string, data []byte) (*Piece, error) {
	values, err := pol.Read(data)
	if err != nil {
		return nil, &Error{file, err.Error(), "take a fresh copy of the policy's Registry.pol"}
	}
	var found *pol.Value
	for i, v := range values {
		if !strings.EqualFold(v.Key, registryKey) || !strings.EqualFold(v.Name, valueName) {
			continue
		}
		if found != nil {
			return nil, &Error{fmt.Sprintf("%s: offset %d", file, v.Offset), "the value " + valueName + " stands there twice", "keep one of them"}
		}
		found = &values[i]
	}
	if found == nil {
		return nil, &Error{file, fmt.Sprintf("no value %s below %s in %d records", valueName, registryKey, len(values)), "take the Registry.pol below Machine of the policy for Claude Code"}
	}
	text, err := found.Text()
	if err != nil {
		return nil, &Error{file, err.Error(), "claude reads REG_SZ and REG_EXPAND_SZ only"}
	}
	var notes []string
	if found.Type == pol.ExpandString && strings.Contains(text, "%") {
		notes = append(notes, "the value is REG_EXPAND_SZ: Windows replaces %NAME% in it, and the import keeps it as written")
	}
	return registryPiece(file, Pol, text, notes)
}

// sameSettings reports whether two pieces say the same.
func sameSettings(a, b *Piece) bool { return value.Equal(a.Settings, b.Settings) }
