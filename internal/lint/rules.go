package lint

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

// families are programs that serve the same end. A family holds only what does the whole of what its fellows do, so that denying one of them
// is nearly always meant for all.
var families = [][]string{
	{"curl", "wget"},
	{"ssh", "scp", "sftp"},
	{"nc", "ncat", "netcat", "socat"},
	{"sudo", "su", "doas"},
	{"docker", "podman"},
}

// openSiblings finds families of which some members are denied and others not even asked for.
func openSiblings(s *scene) {
	deny := s.rules("deny")
	decided := append(slices.Clone(deny), s.rules("ask")...)
	denied := map[string]*rule{} // by the program that a rule stands for
	for i := range slices.Backward(deny) {
		denied[program(deny[i])] = &deny[i]
	}
	for _, family := range families {
		i := slices.IndexFunc(family, func(name string) bool { return denied[name] != nil })
		if i < 0 {
			continue
		}
		first := denied[family[i]]
		open := slices.DeleteFunc(slices.Clone(family), func(name string) bool { return covered(decided, "Bash("+name+" *)") })
		if len(open) > 0 {
			s.add(diag.New(diag.OpenSibling, first.at.Pos, "%q is denied, and %s for the same end is not", first.at.Scalar, strings.Join(open, ", ")).
				WithClient("claude stops the program that a rule names, and no other").WithHint("deny Bash(%s *) too, or put it under ask", open[0]))
		}
	}
	for _, pair := range toolPairs(s.platform) {
		i := slices.IndexFunc(deny, func(r rule) bool { return r.Tool == pair[0] && !r.HasContent })
		if i >= 0 && !covered(decided, pair[1]) {
			s.add(diag.New(diag.OpenSibling, deny[i].at.Pos, "%q is denied, and %s for the same end is not", deny[i].at.Scalar, pair[1]).
				WithClient("a tool that is denied is gone, and no other").WithHint("deny %s too", pair[1]))
		}
	}
}

// toolPairs are tools of which the second does what the first is denied for. Denied as a whole, Edit and Write say nothing of each other
// (2.1.329), as Edit(path) does. Only on Windows does the model have two shells.
func toolPairs(platform string) [][2]string {
	pairs := [][2]string{{"Edit", "Write"}, {"Write", "Edit"}}
	if platform == policy.Windows {
		pairs = append(pairs, [2]string{"Bash", "PowerShell"})
	}
	return pairs
}

// program returns the name of the program that a Bash rule stands for as a whole, or "".
func program(r rule) string {
	if r.Tool != "Bash" || !r.HasContent {
		return ""
	}
	name := strings.TrimSuffix(strings.TrimSuffix(r.Content, ":*"), " *")
	if name == r.Content || strings.ContainsAny(name, " *") { // without a star the rule is for the bare command
		return ""
	}
	return name
}

// lateOptions finds deny rules on an option that hold only where the option comes first.
func lateOptions(s *scene) {
	deny := s.rules("deny")
	for _, r := range deny {
		words := strings.Fields(strings.TrimSuffix(r.Content, ":*"))
		i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") })
		if r.Tool != "Bash" || i < 1 || strings.Contains(strings.Join(words[:i], " "), "*") {
			continue
		}
		anywhere := strings.Join(words[:i], " ") + " * " + words[i]
		if slices.ContainsFunc(deny, func(o rule) bool { return o.Tool == "Bash" && strings.HasPrefix(o.Content, anywhere) }) {
			continue
		}
		s.add(diag.New(diag.BashArguments, r.at.Pos, "the rule holds only where %s is the first argument", words[i]).
			WithClient("claude compares the command as text").WithHint("add Bash(%s) and Bash(%s *), and mind other spellings of the option", anywhere, anywhere))
	}
}

// unmirroredReads finds Read denies where no sandbox keeps other programs from the file. A sandbox takes them over by itself (2.1.329).
func unmirroredReads(s *scene) {
	deny := s.rules("deny")
	if s.platform == policy.Windows || s.settings.At("sandbox.enabled").True() || covered(deny, "Bash") {
		return
	}
	var reads []rule
	for _, r := range deny {
		if r.Tool == "Read" && r.HasContent && !strings.HasPrefix(r.Content, "!") {
			reads = append(reads, r)
		}
	}
	if len(reads) == 0 {
		return
	}
	d := diag.New(diag.ReadNotMirrored, reads[0].at.Pos, "%q keeps no other program from the file, since the sandbox is not on", reads[0].at.Scalar)
	if more := len(reads) - 1; more > 0 {
		d.Message += ", and so with " + counted(more, "more rule")
	}
	s.add(d.WithClient("claude denies the Read tool and programs like cat; python opens the file").WithHint("set sandbox.enabled, or deny Bash"))
}
