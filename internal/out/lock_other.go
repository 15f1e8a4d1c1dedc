//go:build !unix

package out

import "os"

// lockFile does nothing where folders cannot be locked; the stage folder is then the only guard.
func lockFile(*os.File) error { return nil }
