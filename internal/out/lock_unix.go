//go:build unix

package out

import (
	"io"
	"os"
	"syscall"
)

// lockName is not used here: a folder can be locked itself.
const lockName = ""

// lockFolder takes an exclusive lock on the folder without waiting. It ends with the
// process. flock belongs to the open file, so that a second build in the same process
// is refused as well.
func lockFolder(dir string) (io.Closer, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		folder.Close()
		return nil, errLocked
	}
	return folder, nil
}
