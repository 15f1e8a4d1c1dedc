package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
	return 0, usageError{flag: "horizon", text: fmt.Sprintf("%q is not a length of time", text), hint: "write days or hours, such as 90d or 36h"}
}

// comingText says what changes by itself within a horizon.
func comingText(found []change, end time.Time) string {
	if len(found) == 0 {
		return fmt.Sprintf("nothing changes by itself before %s\n", dateText(end))
	}
	var b strings.Builder
	for _, c := range found {
		fmt.Fprintf(&b, "coming: %s\n", c.text())
	}
	return b.String()
}
