// Package installscript reads a script that installs files back into the
// files.
package installscript

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/readback/files"
)

// call is the one form in which a file comes: no name or mode that a shell
// would read differently, and a document in which it finds nothing.
var call = regexp.MustCompile(`^put (0644|0755) '([A-Za-z0-9._/-]+)' <<'\.'$`)

// Read returns the files in the order in which they are installed. A file that
// comes twice and a name that leads elsewhere are errors.
func Read(script []byte) ([]files.File, error) {
	var all []files.File
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
		f := files.File{Path: match[2], Exec: match[1] == "0755"}
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
		all = append(all, f)
	}
	return all, nil
}
