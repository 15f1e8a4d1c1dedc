package client

import (
	"context"
	_ "embed" // isolate.sh
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed isolate.sh
var isolateScript string

const (
	isolateMark = "policygen-isolation: " // how isolate.sh begins its own complaints
	isolateExit = 97                      // how it exits after one
)

// Mode is a way to get the privilege for new namespaces.
type Mode string

// The ways that Probe tries, in this order.
const (
	ModeRoot Mode = "root"            // we are root and use unshare directly
	ModeUser Mode = "user namespaces" // the kernel lets anyone be root in a namespace of his own
	ModeSudo Mode = "sudo"            // sudo -n works; the command itself runs as the calling user again
)

// Isolation builds commands that see a folder as /etc/claude-code and no network but loopback.
type Isolation struct{ Mode Mode }

// Probe tries each way to isolate a command on this machine and returns the first that works. The error tells why each
// one failed and what to install or permit.
func Probe(ctx context.Context) (Isolation, error) {
	modes := []Mode{ModeUser, ModeSudo}
	if os.Geteuid() == 0 {
		modes = []Mode{ModeRoot, ModeUser}
	}
	var reasons []error
	for _, mode := range modes {
		isolation := Isolation{Mode: mode}
		err := isolation.try(ctx)
		if err == nil {
			return isolation, nil
		}
		reasons = append(reasons, fmt.Errorf("  %s: %w", mode, err))
	}
	return Isolation{}, fmt.Errorf("the client cannot be isolated on this machine: install util-linux and iproute2, "+
		"and run as root, or permit unprivileged user namespaces, or permit sudo without a password\n%w", errors.Join(reasons...))
}

// try runs one command that checks what Isolation promises.
func (i Isolation) try(ctx context.Context) (err error) {
	const check = `test "$(cat /etc/claude-code/probe)" = policygen && ` +
		`test "$(ip -o link show up | wc -l)" = 1 && ! ip -o link show up | grep -qv " lo:" && test -e /etc/passwd`
	work, err := newWorkspace()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	if err := os.WriteFile(filepath.Join(work.home, "probe"), []byte("policygen\n"), 0o644); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	said, err := i.Command(ctx, work.home, work.layer, work.env(), "sh", "-c", check).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w %s", err, strings.TrimSpace(string(said)))
	}
	return nil
}

// Command returns a command that runs argv with tree at /etc/claude-code, loopback as the only network, and env as its
// whole environment. layer is an empty folder, private to this run, to mount over.
//
// The machine's own /etc is not written: the command sees a copy-on-write layer. When the command or ctx ends, all its
// children are killed, those that left its process group too, because they share a process namespace.
func (i Isolation) Command(ctx context.Context, tree, layer string, env []string, argv ...string) *exec.Cmd {
	args := append(i.enter(), "sh", "-c", isolateScript, "isolate.sh", tree, layer)
	args = append(args, i.drop()...)
	args = append(append(args, "env", "-i"), env...)
	args = append(args, argv...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	ownGroup(cmd)
	cmd.WaitDelay = 5 * time.Second // a grandchild outside the group may hold our pipes
	return cmd
}

// enter is the command that makes the namespaces.
func (i Isolation) enter() []string {
	unshare := []string{"unshare", "--mount", "--net", "--propagation", "private", "--pid", "--fork", "--kill-child"}
	switch i.Mode {
	case ModeUser:
		return append(unshare, "--user", "--map-root-user")
	case ModeSudo:
		return append([]string{"sudo", "-n"}, unshare...)
	default:
		return unshare
	}
}

// drop gives up what sudo gave, so that files of the run belong to the user who has to remove them. That user cannot
// kill sudo itself when the time is over, so the command also ends on its own.
func (i Isolation) drop() []string {
	if i.Mode != ModeSudo {
		return nil
	}
	limit := strconv.Itoa(int((sessionTimeout + 10*time.Second).Seconds()))
	return []string{
		"setpriv", "--reuid=" + strconv.Itoa(os.Geteuid()), "--regid=" + strconv.Itoa(os.Getegid()), "--clear-groups",
		"timeout", "--signal=KILL", limit,
	}
}
