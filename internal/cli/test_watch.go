package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/source"
)

// watchEvery is how often files are looked at. Reading a folder of some hundred files takes a few milliseconds.
const watchEvery = 500 * time.Millisecond

// watch runs now, and again at each tick that finds the policy folder changed, until the context ends. What a run finds wrong is printed by
// it, and does not end the watch; a failure does.
func (a *app) watch(ctx context.Context, p place, ticks <-chan time.Time, run func() error) error {
	seen, err := a.stamp(p)
	for err == nil {
		if err = run(); errors.As(err, &findingsError{}) {
			err = nil
		}
		if err != nil {
			break
		}
		fmt.Fprintln(a.env.Stdout, "waiting for a change: interrupt to stop")
		if seen, err = a.changed(ctx, p, ticks, seen); seen == nil {
			return err
		}
		fmt.Fprintln(a.env.Stdout)
	}
	return err
}

// changed waits until the folder is not what it was and returns its new stamp; nil where the context ended first.
func (a *app) changed(ctx context.Context, p place, ticks <-chan time.Time, seen []byte) ([]byte, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-ticks:
			now, err := a.stamp(p)
			if err != nil || !bytes.Equal(now, seen) {
				return now, err
			}
		}
	}
}

// stamp is equal for equal content of the policy folder.
func (a *app) stamp(p place) ([]byte, error) {
	policies, _, err := a.folders(p)
	if err != nil {
		return nil, err
	}
	l, err := a.open(policies)
	if err != nil {
		return nil, err
	}
	return stampOf(l.tree), nil
}

// stampOf names the content of a tree.
func stampOf(tree *source.Tree) []byte {
	return []byte(compile.InputsDigest(tree, compile.Selection{}))
}
