// Package installscript reads a script that installs files back into the files.
package installscript

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// File is one file that a script installs.
type File struct {
	Path string // below the folder of the policy
	Mode string // octal
	Data []byte
}

// call is the one form in which a file comes: no name or mode that a shell would read differently, and a document in which it finds nothing.
var call = regexp.MustCompile(`^put (0644|0755) '([A-Za-z0-9._/-]+)' <<'\.'$`)

// Read returns the files in the order in which they are installed. A file that comes twice and a name that leads elsewhere are errors.
func Read(script []byte) ([]File, error) {
	var files []File
	seen := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(script))
	lines.Buffer(nil, len(script)+1)
	for number := 1; lines.Scan(); number++ {
		match := call.FindStringSubmatch(lines.Text())
		if match == nil {
			if strings.HasPrefix(lines.Text(), "put ") {
				return nil, fmt.Errorf("line %d: %q is not how a file comes", number, lines.Text())
			}
			continue
		}
		f := File{Path: match[2], Mode: match[1]}
		if seen[f.Path] || strings.Contains("/"+f.Path+"/", "/../") || strings.HasPrefix(f.Path, "/") {
			return nil, fmt.Errorf("line %d: %s comes twice or leads elsewhere", number, f.Path)
		}
		seen[f.Path] = true
		var text strings.Builder
		for lines.Scan() && lines.Text() != "." {
			number++
			text.WriteString(lines.Text())
		}
		number++
		data, err := base64.StdEncoding.Strict().DecodeString(text.String())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		f.Data = data
		files = append(files, f)
	}
	return files, nil
}

// ReadSettings returns the settings document among the files.
func ReadSettings(script []byte) (*value.Node, error) {
	files, err := Read(script)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Path == "managed-settings.json" {
			return settings.Read(f.Data)
		}
	}
	return nil, fmt.Errorf("the script installs no managed-settings.json")
}
