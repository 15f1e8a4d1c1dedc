package cli

import (
	"fmt"
	"sync"
	"time"

	"github.com/policygen/policygen/internal/compile"
)

// quiet is how long a run may take before it shows progress, and how often it does then.
const (
	quiet  = 2 * time.Second
	redraw = 200 * time.Millisecond
)

// progress returns a callback that shows progress on a terminal once a run takes long.
func (a *app) progress(noun string) compile.Progress {
	if !a.env.StderrTerminal {
		return nil
	}
	var mu sync.Mutex
	started := a.env.Now()
	drawn := started.Add(quiet - redraw)
	shown := false
	return func(done, all int) {
		mu.Lock()
		defer mu.Unlock()
		now := a.env.Now()
		switch {
		case done == all && shown:
			fmt.Fprint(a.env.Stderr, "\r\x1b[K")
		case done < all && now.Sub(drawn) >= redraw:
			drawn, shown = now, true
			fmt.Fprintf(a.env.Stderr, "\r%d of %d %s\x1b[K", done, all, noun)
		}
	}
}
