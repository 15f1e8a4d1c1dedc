//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak returns the largest resident set of an ended process in bytes. The kernel counts the moment of its start too, when it still was a
// copy of this program: so this program must stay small.
func peak(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss) // bytes there, KiB elsewhere (getrusage(2))
	}
	return int64(usage.Maxrss) << 10
}
