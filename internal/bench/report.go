package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/policygen/policygen/internal/bench/corpus"
)

// table prints one line for each measured step.
type table struct{ w *tabwriter.Writer }

// line adds a step. What is not known shows as a dash, so that it is not taken for zero.
func (t table) line(step string, s sample, ratio, goal string) {
	cpu, memory := "-", "-"
	if s.cpu > 0 {
		cpu = rounded(s.cpu)
	}
	if s.peak > 0 {
		memory = fmt.Sprintf("%.0fMB", float64(s.peak)/1e6)
	}
	fmt.Fprintf(t.w, "%s\t%s\t%s\t%s\t%s\t%s\n", step, rounded(s.wall), cpu, memory, ratio, goal)
}

// rounded prints milliseconds with one place: anything finer changes from run to run.
func rounded(d time.Duration) string {
	return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
}

// goal returns a ratio and what is wanted of it, with the verdict. The format holds one number. A missed goal is only
// told, because the machine is unknown.
func goal(ratio, limit float64, format string, atMost bool) (got, want string) {
	word, met := "at most", ratio <= limit
	if !atMost {
		word, met = "at least", ratio >= limit
	}
	verdict := map[bool]string{true: "met", false: "missed"}[met]
	return fmt.Sprintf(format, ratio), fmt.Sprintf("%s %g: %s", word, limit, verdict)
}

// ratio compares elapsed time: processor time would hide waiting for the disk, which is most of a build.
func ratio(a, b sample) float64 { return float64(a.wall) / float64(b.wall) }

// report measures everything and prints the table. Steps that take longest come last, so that an impatient reader has
// the ratios first.
func (b *bench) report(w io.Writer) error {
	fmt.Fprintf(w, "%d groups below %d departments and %d divisions; median of %d runs; a run is the whole process from start to end\n\n",
		b.groups, corpus.Departments, corpus.Divisions, b.repeat)
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(t.w, "step\ttime\tcpu\tmemory\tratio\tgoal")
	if err := b.decisions(t); err != nil {
		return err
	}
	policies, err := b.corpus(b.groups)
	if err != nil {
		return err
	}
	settings, err := b.settings(t, policies)
	if err != nil {
		return err
	}
	everything, out, err := b.everything(t, policies)
	if err != nil {
		return err
	}
	if err := errors.Join(b.rebuilds(t, policies, out, everything), b.diffs(t, everything), b.growth(t, settings, everything)); err != nil {
		return err
	}
	return t.w.Flush()
}

// anew measures a build into a new folder, and returns the folder of the last one. Each repetition gets a folder of
// its own, since a folder that is there makes another, shorter build.
func (b *bench) anew(policies string, targets ...string) (built sample, out string, err error) {
	built, err = b.median(func() (sample, error) {
		out = b.unused()
		return b.policygen(policies, out, targets...)
	})
	return built, out, err
}

// writing measures writing the content of a folder. It is the unit in which builds are measured: a figure in its terms
// can be compared between machines.
func (b *bench) writing(t table, what, out string) (sample, error) {
	files, bytes, err := total(out)
	if err != nil {
		return sample{}, err
	}
	raw, err := b.median(func() (sample, error) { return b.raw(out, b.unused()) })
	t.line(fmt.Sprintf("write %d files of %s, %.1f MB", files, what, float64(bytes)/1e6), raw, "1.0 of the writing", "")
	return raw, err
}

// settings measures --target managed-settings, and the peers, which do less than that. Peers write one document and
// check nothing, so that this target is the fair one to compare with them.
func (b *bench) settings(t table, policies string) (sample, error) {
	built, out, err := b.anew(policies, "managed-settings")
	if err != nil {
		return built, err
	}
	raw, err := b.writing(t, "managed-settings", out)
	if err != nil {
		return built, err
	}
	got, want := goal(ratio(built, raw), 9, "%.1f of the writing", true)
	t.line("build --target managed-settings", built, got, want)
	for _, command := range b.peers {
		s, err := b.peer(command)
		if err != nil {
			return built, err
		}
		name, _, _ := strings.Cut(command, " ")
		t.line("peer "+filepath.Base(name), s, fmt.Sprintf("%.1f of the writing", ratio(s, raw)), "")
	}
	return built, nil
}

// everything measures a build of all targets and returns its folder for the rebuilds. The memory goal is absolute, as
// it decides on which machines of a build farm it can run.
func (b *bench) everything(t table, policies string) (sample, string, error) {
	built, out, err := b.anew(policies)
	if err != nil {
		return built, out, err
	}
	raw, err := b.writing(t, "all targets", out)
	if err != nil {
		return built, out, err
	}
	got, want := goal(ratio(built, raw), 5, "%.1f of the writing", true)
	t.line("build", built, got, want)
	if built.peak > 0 {
		got, want = goal(float64(built.peak)/1e6, 300, "%.0f MB of memory", true)
		fmt.Fprintf(t.w, "\t\t\t%s\t%s\n", got, want)
	}
	return built, out, nil
}

// rebuilds measures builds into a folder that is there: with nothing changed, and with one group changed. The second
// is the everyday case: one team changes its file and everything is built again.
func (b *bench) rebuilds(t table, policies, out string, full sample) error {
	unchanged, err := b.median(func() (sample, error) { return b.policygen(policies, out) })
	if err != nil {
		return err
	}
	got, want := goal(ratio(full, unchanged), 5, "%.1f times as fast as a build", false)
	t.line("build again, nothing changed", unchanged, got, want)
	changed, err := b.median(func() (sample, error) {
		if err := touch(policies); err != nil {
			return sample{}, err
		}
		return b.policygen(policies, out)
	})
	if err != nil {
		return err
	}
	t.line("build again, one group changed", changed, fmt.Sprintf("%.1f times as fast as a build", ratio(full, changed)), "")
	return nil
}

// touch adds a rule to one leaf's overlay. The length of the file is in the rule, so that each repetition changes it
// again.
func touch(policies string) error {
	name := filepath.Join(policies, filepath.FromSlash(corpus.LeafPath(1)))
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, fmt.Appendf(data, "      - \"Bash(added-rule-%d *)\"\n", len(data)), 0o644)
}

// growth measures a tenth of the groups and, on demand, ten times as many. The large step builds one target only,
// because all of them would fill a disk.
func (b *bench) growth(t table, settings, everything sample) error {
	if err := b.grown(t, b.groups/10, everything); err != nil || !b.large {
		return err
	}
	return b.grown(t, b.groups*10, settings, "managed-settings")
}

// growthLimit allows for the fixed cost and for the disk; a quadratic step would show as a factor of ten.
const growthLimit = 1.5

// grown measures another number of groups and compares the time for each group. The two samples are a factor of ten
// apart either way, so that dividing by it gives 1 for linear growth.
func (b *bench) grown(t table, groups int, reference sample, targets ...string) error {
	policies, err := b.corpus(groups)
	if err != nil {
		return err
	}
	s, _, err := b.anew(policies, targets...)
	if err != nil {
		return err
	}
	step := strings.Join(append([]string{fmt.Sprintf("build of %d groups", groups)}, targets...), " --target ")
	larger, smaller := reference, s
	if groups > b.groups {
		larger, smaller = s, reference
	}
	got, want := goal(ratio(larger, smaller)/10, growthLimit, "%.2f of linear growth", true)
	t.line(step, s, got, want)
	return nil
}
