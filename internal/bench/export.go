package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/policygen/policygen/internal/bench/corpus"
)

// peers are the commands of -peer. A list of them can be given, by repeating the flag, as comparing several is the
// point of it.
type peers []string

// String is for the flag package. It is shown as the default value in the usage.
func (p *peers) String() string { return strings.Join(*p, "; ") }

// Set adds a command.
func (p *peers) Set(command string) error {
	*p = append(*p, command)
	return nil
}

// The same work for other programs: unite the documents of each leaf group, later ones over earlier ones. None of them has the client's
// merge rules, and none checks anything.
const (
	regoProgram = `package bench

resolved[name] := object.union_n(array.concat([data.base], [data.groups[above] | some above in data.chains[name]])) if some name, _ in data.chains
`
	jqProgram = `. as $all | .chains | map_values(reduce .[] as $name ($all.base; . * $all.groups[$name]))
`
)

// export writes the repository as YAML and as one document with all layers, and the programs that unite them. The same
// documents are given to every program, so that what differs is only how they are united.
func export(dir string, groups int) error {
	if err := corpus.Write(filepath.Join(dir, "policies"), groups); err != nil {
		return err
	}
	data, err := json.Marshal(corpus.Layers(groups))
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"data.json": data, "union.rego": []byte(regoProgram), "union.jq": []byte(jqProgram)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

// peer measures another program on the exported documents. The place {dir} is filled in before the shell sees the
// line; names of temporary folders need no quotes.
func (b *bench) peer(command string) (sample, error) {
	dir := b.path("export")
	if err := export(dir, b.groups); err != nil {
		return sample{}, err
	}
	args := inShell(strings.ReplaceAll(command, "{dir}", dir))
	return b.median(func() (sample, error) { return b.timed(exec.CommandContext(b.ctx, args[0], args[1:]...)) })
}

// inShell returns the words that run a command line, so that a peer may be a pipe. The start of the shell counts against the peer; it is small
// beside the work.
func inShell(command string) []string {
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/c", command}
	}
	return []string{"sh", "-c", command}
}
