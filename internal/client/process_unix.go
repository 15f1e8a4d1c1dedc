//go:build unix

package client

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes cmd the head of a process group of its own and ends that group, and nothing else, when cmd's context does.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}
