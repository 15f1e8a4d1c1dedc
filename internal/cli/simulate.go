package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// simulateOptions are the flags of simulate: those of effective, and the sources.
type simulateOptions struct {
	effectiveOptions
	sources []string
}

// simulateCommand describes simulate, for whoever brings policy to machines on which others do so too.
func (a *app) simulateCommand() *cobra.Command {
	var o simulateOptions
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Show which managed source wins on a machine, and what is ignored of the others",
		Long: `simulate puts the managed sources of a machine together as the client does: the first that holds a policy wins alone, unless it asks for the
sources to be merged (managedSourcesBehavior). Each source holds what is built for the audience, or the settings in a file: remote=FILE.
Two sources are always given with a file: helper=FILE is the answer of the program that policyHelper names, hkcu=FILE what a user of Windows
wrote into HKEY_CURRENT_USER\SOFTWARE\Policies\ClaudeCode.
Without delivery.gateway the remote source has the organization's policy, since a server knows no groups.

For each other source it counts its values by what becomes of them, and lists those that are lost:
  same      the settings in force hold the same
  acts      the client reads the key from every source, or merges the sources
  ignored   not in force, and only /status of the client says that the source was skipped
  unread    the client never reads the key from this source

With --user-file it also lists what a user's settings asked for and do not get. The order of the sources on macOS and Windows is that of the
client's documentation; helper and remote before file were seen on a real client.`,
		Example: `  policygen simulate --group payments --platform macos --sources remote,mdm,file
  policygen simulate --sources remote=console.json,file --user-file ~/.claude/settings.json
  policygen simulate --platform windows --output json`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.simulate(o) }),
	}
	a.whomFlags(cmd, &o.whom, policy.DefaultGroup, audienceUsage, a.completeAudiences)
	cmd.Flags().StringSliceVar(&o.sources, "sources", nil, "helper=FILE, remote, mdm, file, hkcu=FILE; the others take a settings file, too (default: delivery.sources, else file)")
	o.usersFlag(cmd, "user-file")
	_ = cmd.RegisterFlagCompletionFunc("sources", cobra.FixedCompletions([]string{"helper=", "remote", "mdm", "file", "hkcu="}, cobra.ShellCompDirectiveNoFileComp))
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// simulate works on policies that check refuses for a collision of sources: to show those is what it is for.
func (a *app) simulate(o simulateOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	group := program.Resolved.Group(o.group)
	if group == nil {
		return unknownAudience(program.Resolved, o.group)
	}
	platform, err := o.platformOf(group.Platforms)
	if err != nil {
		return err
	}
	delivered, err := a.delivered(o, program, group, platform)
	if err != nil {
		return err
	}
	layers, err := a.layers(o.effectiveOptions)
	if err != nil {
		return err
	}
	composed := effective.Compose(program.Catalog, delivered)
	state := group.States[platform]
	files := slices.ContainsFunc(delivered, func(d effective.Delivered) bool { return d.Source == effective.File })
	managed := effective.Managed{Settings: composed.Settings}
	if files {
		managed.Servers = state.Servers
	}
	r := simulation{FormatVersion: 1, Group: group.Name, Platform: platform, Winner: composed.Winner, Merged: composed.Merged, Settings: anyOf(composed.Settings),
		Leaves: []leafRow{}, Notes: simulationNotes(delivered, files, state), Refused: []refusalRow{}}
	for _, d := range delivered {
		r.Sources = append(r.Sources, d.Source)
	}
	for _, leaf := range composed.Leaves {
		r.Leaves = append(r.Leaves, leafRow{leaf.Source, leaf.Path, leaf.Value.Any(), leaf.Fate, placed(l.prefix, leaf.Value), string(value.AppendJSON(nil, leaf.Value))})
	}
	for _, refused := range effective.Merge(program.Catalog, managed, layers).Refused {
		r.Refused = append(r.Refused, refusalOf(program, refused, l.prefix))
	}
	if o.output == "json" {
		return a.json(r)
	}
	_, err = fmt.Fprint(a.env.Stdout, r.text())
	return err
}

// simulation is the document of simulate --output json.
type simulation struct {
	FormatVersion int                `json:"format_version"`
	Group         string             `json:"group"`
	Platform      string             `json:"platform"`
	Sources       []effective.Source `json:"sources"`
	Winner        effective.Source   `json:"winner"` // "" where no source holds a policy
	Merged        bool               `json:"merged"`
	Settings      any                `json:"settings"` // in force
	Leaves        []leafRow          `json:"leaves"`
	Notes         []string           `json:"notes"`
	Refused       []refusalRow       `json:"refused"` // of the user's files
}

// leafRow is a value of a source that did not win, or that it holds in vain.
type leafRow struct {
	Source effective.Source `json:"source"`
	Path   string           `json:"path"`
	Value  any              `json:"value"`
	Fate   effective.Fate   `json:"fate"`
	Place  string           `json:"place"`
	text   string
}

// placed returns where a value is written; a file that was named on the command line stands outside of the policy folder.
func placed(prefix string, n *value.Node) string {
	if strings.HasSuffix(n.Pos.File, ".json") && n.Pos.Line > 0 {
		return fmt.Sprintf("%s:%d", n.Pos.File, n.Pos.Line)
	}
	return fmt.Sprintf("%s%s:%d", prefix, n.Pos.File, n.Pos.Line)
}

// delivered returns what the sources hold, in the order in which they win.
func (a *app) delivered(o simulateOptions, program *compile.Program, group *resolve.Group, platform string) ([]effective.Delivered, error) {
	asked := map[effective.Source]string{}
	for _, text := range o.sources {
		name, file, _ := strings.Cut(text, "=")
		s := effective.Source(name)
		if !slices.Contains(effective.Sources(platform), s) {
			return nil, usageError{flag: "sources", text: fmt.Sprintf("%s has no source %q", platform, name), hint: fmt.Sprintf("it has %s", commas(effective.Sources(platform)))}
		}
		if file == "" && !s.Built() {
			return nil, usageError{flag: "sources", text: fmt.Sprintf("nothing is built for %s", s), hint: fmt.Sprintf("name the file with what it holds: %s=FILE", s)}
		}
		asked[s] = file
	}
	if len(o.sources) == 0 {
		for _, s := range compile.Reaching(program.Set, platform) {
			asked[s] = ""
		}
		if len(asked) == 0 {
			asked[effective.File] = ""
		}
	}
	sources := slices.DeleteFunc(effective.Sources(platform), func(s effective.Source) bool { _, found := asked[s]; return !found })
	delivered := program.Deliver(group, platform, sources)
	for i, d := range delivered {
		if file := asked[d.Source]; file != "" {
			n, err := a.readSettings(a.absolute(file), true)
			if err != nil {
				return nil, err
			}
			if delivered[i].Settings = n; d.Source == effective.Helper {
				delivered[i].Settings = n.Get("managedSettings") // an answer without it leaves the policy to the other sources
			}
		}
	}
	return delivered, nil
}

// commas joins the names of sources.
func commas(sources []effective.Source) string {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// simulationNotes says what does not follow the sources: files beside the settings, and guidance.
func simulationNotes(delivered []effective.Delivered, files bool, state *resolve.State) []string {
	notes := []string{}
	if files && (state.Servers != nil || len(state.Scripts) > 0 || len(state.Guidance) > 0) {
		notes = append(notes, "CLAUDE.md, managed-mcp.json and hooks/ are files and act whichever source wins")
	}
	if !files && state.Servers != nil {
		notes = append(notes, "mcp_servers do not load: only files bring managed-mcp.json")
	}
	if !files && len(state.Scripts) > 0 {
		notes = append(notes, "hook scripts are missing: only files bring hooks/")
	}
	if files && len(delivered) > 1 && len(state.Guidance) > 0 {
		notes = append(notes, "a profile or server that carries claudeMd brings the guidance a second time, beside CLAUDE.md")
	}
	return notes
}

// shortened cuts a value to what fits beside its path.
func shortened(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// shownLeaves is how many lost values of a source people get to see.
const shownLeaves = 10

// text says in a few lines who wins and what is lost.
func (r simulation) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, sources: %s\n", r.Group, r.Platform, commas(r.Sources))
	switch {
	case r.Winner == "":
		b.WriteString("no source holds a policy\n")
	case r.Merged:
		fmt.Fprintf(&b, "%s wins and merges the others below it\n", r.Winner)
	default:
		fmt.Fprintf(&b, "%s wins alone\n", r.Winner)
	}
	for _, s := range r.Sources {
		r.sourceText(&b, s)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	for _, row := range r.Refused {
		fmt.Fprintf(&b, "refused: %s from %s settings: %s (%s)\n", row.what, row.Scope, row.Reason, row.By)
	}
	return b.String()
}

// sourceText counts a source's values by their fate. Those that act are listed as well as those that are lost, since both surprise.
func (r simulation) sourceText(b *strings.Builder, s effective.Source) {
	counts := map[effective.Fate]int{}
	var told []leafRow
	for _, leaf := range r.Leaves {
		if leaf.Source != s {
			continue
		}
		counts[leaf.Fate]++
		if leaf.Fate != effective.Same {
			told = append(told, leaf)
		}
	}
	var parts []string
	for _, fate := range []effective.Fate{effective.Same, effective.Acts, effective.Ignored, effective.Unread, effective.Withheld} {
		if counts[fate] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[fate], fate))
		}
	}
	if len(parts) == 0 {
		return
	}
	fmt.Fprintf(b, "%s: %s\n", s, strings.Join(parts, ", "))
	for _, leaf := range told[:min(len(told), shownLeaves)] {
		fmt.Fprintf(b, "  %-7s  %s %s (%s)\n", leaf.Fate, leaf.Path, shortened(leaf.text), leaf.Place)
	}
	if more := len(told) - shownLeaves; more > 0 {
		fmt.Fprintf(b, "  and %d more: --output json has all of them\n", more)
	}
}
