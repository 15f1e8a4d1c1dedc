//go:build windows

package out

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is a file that exists while a build writes: folders cannot be locked here.
const lockName = ".policygen-lock"

// deleteOnClose is FILE_FLAG_DELETE_ON_CLOSE (CreateFileW): the file goes with its
// last handle, also when the process is killed.
const deleteOnClose = 0x04000000

// lockFolder opens the lock file so that nobody else can, without waiting. A share
// mode of 0 is what refuses everybody else; the system closes the handle when the
// process ends, however it ends.
func lockFolder(dir string) (io.Closer, error) {
	path := filepath.Join(dir, lockName)
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const alone = 0
	handle, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, alone, nil, syscall.OPEN_ALWAYS, deleteOnClose, 0)
	if err != nil {
		return nil, errLocked
	}
	return os.NewFile(uintptr(handle), path), nil
}
