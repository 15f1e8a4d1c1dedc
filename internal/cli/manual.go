package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra/doc"
)

// Manual writes a page for man(1) of each command into man1/ of a folder, and completion for four shells into
// completions/. The date stands at the foot of each page; nothing else depends on when it is written.
func Manual(dir string, date time.Time) error {
	root := (&app{from: map[string]string{}}).root()
	root.DisableAutoGenTag = true
	pages, shells := filepath.Join(dir, "man1"), filepath.Join(dir, "completions")
	for _, folder := range []string{pages, shells} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "policygen", Manual: "policygen"}
	if err := doc.GenManTree(root, header, pages); err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	// The names are those under which each shell looks for them in the folders of its packages.
	for name, write := range map[string]func(file string) error{
		"policygen.bash": func(file string) error { return root.GenBashCompletionFileV2(file, true) },
		"_policygen":     root.GenZshCompletionFile,
		"policygen.fish": func(file string) error { return root.GenFishCompletionFile(file, true) },
		"policygen.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		if err := write(filepath.Join(shells, name)); err != nil {
			return fmt.Errorf("write completion: %w", err)
		}
	}
	return nil
}
