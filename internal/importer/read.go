// Package importer turns what machines have now into policy files: managed settings in
// every form in which they are delivered, MCP servers and a managed CLAUDE.md.
//
// [Read] takes one file apart and [Join] several; [Compile] writes the policy file and
// proves, by compiling it, that the same settings come out. What cannot be kept is
// listed with its place and its reason; secrets are never written.
package importer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/readback/cms"
	"github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/value"
)

// The kinds of files, named as the back ends that write them.
const (
	Settings  = "managed-settings"
	Plist     = "plist"
	Profile   = "mobileconfig"
	Reg       = "reg"
	Pol       = "registry-pol"
	Servers   = "managed-mcp"
	Guidance  = "claude-md"
	mainName  = "managed-settings.json"
	mdName    = "CLAUDE.md"
	wideMark  = "\xff\xfe"
	utf8Mark  = "\xef\xbb\xbf"
	polMark   = "PReg"
	plistMark = "bplist"
)

// Piece is what one file says.
type Piece struct {
	File         string // as it is told
	Kind         string
	Settings     *value.Node // nil where the file is about something else
	Servers      *value.Node // of managed-mcp.json, by name
	Markdown     string
	Organization string   // where the file names one
	Notes        []string // what a reader should know: who signed, what was passed over
}

// Error is a file that cannot be imported, with the place and what to do.
type Error struct {
	Place string // file, file:line:col, or file with another kind of place
	Msg   string
	Hint  string // may be empty
}

// Error returns the place and the message.
func (e *Error) Error() string { return e.Place + ": " + e.Msg }

// Read finds out by its content what a file is, and reads it. Every error is an
// *[Error].
func Read(file string, data []byte) (*Piece, error) {
	p, err := read(file, data)
	var own *Error
	if err == nil || errors.As(err, &own) {
		return p, err
	}
	return nil, explain(file, err)
}

// explain gives an error of a reader its place and a hint.
func explain(file string, err error) error {
	e := &Error{Place: file, Msg: err.Error()}
	var syntax *value.SyntaxError
	if errors.As(err, &syntax) {
		e.Place, e.Msg = syntax.Pos.String(), syntax.Msg
		switch syntax.Fault {
		case value.Malformed:
			e.Hint = "claude does not start with such a file: mend it, and import it again"
		case value.Duplicate:
			e.Hint = "claude keeps the last of the two: delete the other one, and import it again"
		case value.TooDeep:
			e.Hint = "claude cuts what lies deeper: flatten the value"
		}
	}
	return e
}

// read looks at the first bytes: names are often lost on the way from a machine to a
// desk.
func read(file string, data []byte) (*Piece, error) {
	if cms.Is(data) {
		return readSigned(file, data)
	}
	switch {
	case bytes.HasPrefix(data, []byte(plistMark)):
		return readPlist(file, data)
	case bytes.HasPrefix(data, []byte(polMark)):
		return readPol(file, data)
	}
	text, err := plainText(data)
	if err != nil {
		return nil, &Error{file, err.Error(), "it takes JSON, property lists, profiles, registry files, Registry.pol and CLAUDE.md"}
	}
	begin := strings.TrimSpace(text)
	name := strings.ToLower(path.Base(file))
	switch {
	case strings.HasPrefix(begin, "Windows Registry Editor"), strings.HasPrefix(begin, "REGEDIT4"), strings.HasSuffix(name, ".reg"):
		return readReg(file, data)
	case strings.HasPrefix(begin, "<"), strings.HasSuffix(name, ".plist"), strings.HasSuffix(name, ".mobileconfig"):
		return readPlist(file, []byte(text))
	case strings.HasSuffix(name, ".pol"):
		return nil, &Error{file, "the file does not start with the signature PReg", "it may be cut: take a fresh copy"}
	case strings.HasSuffix(name, ".md"), strings.HasPrefix(begin, "# "):
		return &Piece{File: file, Kind: Guidance, Markdown: text}, nil
	}
	return readJSON(file, text)
}

// plainText returns UTF-8 or UTF-16LE text without its mark, as the client reads both
// (2.1.329).
func plainText(data []byte) (string, error) {
	if rest, wide := bytes.CutPrefix(data, []byte(wideMark)); wide {
		if len(rest)%2 != 0 {
			return "", errors.New("the last character is cut")
		}
		units := make([]uint16, 0, len(rest)/2)
		for i := 0; i < len(rest); i += 2 {
			units = append(units, binary.LittleEndian.Uint16(rest[i:]))
		}
		return string(utf16.Decode(units)), nil
	}
	data = bytes.TrimPrefix(data, []byte(utf8Mark))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return "", errors.New("the file is neither text nor of a binary kind that is known")
	}
	return string(data), nil
}

// readJSON reads managed settings, a drop-in, or managed-mcp.json. An empty file is an
// empty document, as it is to the client.
func readJSON(file, text string) (*Piece, error) {
	if strings.TrimSpace(text) == "" {
		text = "{}"
	}
	root, err := value.Parse(file, []byte(text), value.MaxDepth)
	if err != nil {
		return nil, err
	}
	if root.Kind != value.Map {
		return nil, &Error{root.Pos.String(), fmt.Sprintf("the document is an %s, not an object", root.Kind), "claude does not start with such a file: mend it, and import it again"}
	}
	if s := root.Get("mcpServers"); s != nil && len(root.Members) == 1 {
		if s.Kind != value.Map {
			return nil, &Error{s.Pos.String(), "mcpServers is not an object", "claude then loads no server at all: mend it, and import it again"}
		}
		return &Piece{File: file, Kind: Servers, Servers: s}, nil
	}
	return &Piece{File: file, Kind: Settings, Settings: root}, nil
}

// readPlist reads a property list: of settings, or a configuration profile.
func readPlist(file string, data []byte) (*Piece, error) {
	root, err := plist.Decode(data)
	if err != nil {
		return nil, &Error{file, err.Error(), "it may be cut or hold what JSON cannot say: take a fresh copy, or look with plutil -lint"}
	}
	if root.Kind != value.Map {
		return nil, &Error{file, fmt.Sprintf("the property list is an %s, not a dict", root.Kind), "name the preference file com.anthropic.claudecode.plist"}
	}
	if root.Get("PayloadContent") == nil {
		return &Piece{File: file, Kind: Plist, Settings: root}, nil
	}
	found, err := mobileconfig.Find(root)
	if err != nil {
		return nil, &Error{file, err.Error(), "export the profile that holds exactly one payload for com.anthropic.claudecode"}
	}
	p := &Piece{File: file, Kind: Profile, Settings: found.Settings, Organization: found.Organization}
	if found.Others > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%d other payloads of the profile are not about Claude Code and were passed over", found.Others))
	}
	if !found.Forced {
		p.Notes = append(p.Notes, "the profile sets the preferences once and does not force them; what policygen writes is forced")
	}
	return p, nil
}

// readSigned opens a signed file and reads what is in it.
func readSigned(file string, data []byte) (*Piece, error) {
	signed, err := cms.Open(data)
	if err != nil {
		return nil, &Error{file, err.Error(), "do not trust the file: take a fresh copy from the console"}
	}
	p, err := read(file, signed.Content)
	if err != nil {
		return nil, err
	}
	p.Notes = append(p.Notes, fmt.Sprintf("the signature of %q fits the content; whether that certificate is to be trusted was not checked", signed.Signer))
	return p, nil
}
