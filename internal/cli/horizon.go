package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/resolve"
)

// horizonOf reads a length of time: days such as 90d, or what Go writes, such as 36h. Empty is none.
func horizonOf(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, usageError{flag: "horizon", text: fmt.Sprintf("%q is not a length of time: write 90d or 36h", text)}
}

// coming prints the changes that come by themselves within a horizon.
func (a *app) coming(r *resolve.Result, at time.Time, horizon time.Duration) error {
	found := changes(r, at, at.Add(horizon))
	if len(found) == 0 {
		_, err := fmt.Fprintf(a.env.Stdout, "nothing changes by itself before %s\n", at.Add(horizon).Format(time.DateOnly))
		return err
	}
	for _, c := range found {
		if _, err := fmt.Fprintf(a.env.Stdout, "coming: %s\n", c.text()); err != nil {
			return err
		}
	}
	return nil
}
