package hook

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/wire"
)

// instructions observes the content of instruction files that are loaded, or that a call is about to write. Only at
// the start of a session is the list complete; a required text can be missed nowhere else. A file that is about to be
// written is judged before it can be loaded.
func (s *scene) instructions() seen {
	switch {
	case s.Name == "SessionStart" || s.Name == "InstructionsLoaded":
		if s.Instructions == nil {
			return seen{judged: true, unknown: "the instruction files could not be read"}
		}
		out := seen{judged: true, complete: s.Name == "SessionStart"}
		for _, f := range s.Instructions {
			out.list = append(out.list, observation{value: f.Path, forms: []string{f.Content}})
		}
		return out
	case isTool(s.Name):
		return s.written(isInstructions)
	}
	return seen{}
}

// isInstructions reports the files that the client reads as instructions. Capitals do not matter, as file systems of
// macOS and Windows give Claude.md where CLAUDE.md is asked for.
func isInstructions(abs string) bool {
	abs = strings.ToLower(abs)
	switch path.Base(abs) {
	case "claude.md", "claude.local.md", "agents.md":
		return true
	}
	return strings.Contains(abs, "/.claude/rules/")
}

// matchContent is for required texts, which stand somewhere in a file. It compares with regard to case and blanks: the
// text is one that the organization itself hands out.
func matchContent(_ *scene, v wire.Value, _ observation, form string) bool {
	return strings.Contains(form, v.Name)
}

// written observes what a call writes to files of a kind: the content as a form where it is the whole file, else as
// text for patterns. A guess at a path is not enough here, since content without a file cannot be judged.
func (s *scene) written(kind func(abs string) bool) seen {
	var out seen
	for _, o := range s.writePaths().list {
		if o.loose || !slices.ContainsFunc(o.forms, kind) {
			continue
		}
		out.judged = true
		// What a shell line writes is in the line somewhere, and patterns find it there.
		if line := s.shellLine(); line != nil {
			out.list = append(out.list, observation{value: o.value, texts: []string{s.input("command")}, loose: true})
			continue
		}
		// An edit shows a piece of the file: enough for a pattern, too little for a list of keys.
		w := observation{value: o.value, loose: s.Tool != "Write"}
		if s.Tool == "Write" {
			w.forms = []string{s.input("content")}
		}
		w.texts = append(w.texts, s.input("new_string"), s.input("new_source"))
		edits, _ := s.Input["edits"].([]any)
		for _, edit := range edits {
			if fields, ok := edit.(map[string]any); ok {
				text, _ := fields["new_string"].(string)
				w.texts = append(w.texts, text)
			}
		}
		out.list = append(out.list, w)
	}
	return out
}

// settings observes the keys of project and user settings: of files that changed, of all where a session starts, and
// of a file that a call is about to write. Changes of managed settings are left out: they are the organization's own,
// and the client lets no hook stop them (documentation).
func (s *scene) settings() seen {
	switch {
	case s.Name == "SessionStart", s.Name == "ConfigChange" && strings.HasSuffix(s.Source, "_settings") && s.Source != "policy_settings":
		if s.Settings == nil {
			return seen{judged: true, unknown: "the settings files could not be read"}
		}
		out := seen{judged: true, complete: s.Name == "SessionStart"}
		for _, f := range s.Settings {
			out.list = append(out.list, keys(f)...)
		}
		return out
	case isTool(s.Name):
		written := s.written(isSettings)
		out := seen{judged: written.judged}
		for _, o := range written.list {
			if len(o.forms) == 1 {
				out.list = append(out.list, keys(File{o.value, o.forms[0]})...)
			} else {
				out.list = append(out.list, o)
			}
		}
		return out
	}
	return seen{}
}

// isSettings reports the settings files of projects and people. Managed settings lie elsewhere and are not theirs to
// write. The folder counts and not the project: settings of any project may be loaded by a later session in it.
func isSettings(abs string) bool {
	abs = strings.ToLower(abs)
	return strings.HasSuffix(abs, "/.claude/settings.json") || strings.HasSuffix(abs, "/.claude/settings.local.json")
}

// maxDepth is how deep settings are looked into. Anything deeper is compared as the JSON of the whole value, so that
// nesting hides nothing from a pattern.
const maxDepth = 32

// keys observes the dotted paths of a settings file, with path=value for patterns. The list as a whole is a text for
// patterns too. Keys are visited in sorted order, because a decision names the first that breaks a policy and must
// name the same one each time.
func keys(f File) []observation {
	whole := observation{value: f.Path, texts: []string{f.Content}, loose: true}
	if strings.TrimSpace(f.Content) == "" {
		return nil // the client reads an empty file as no settings
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(strings.TrimPrefix(f.Content, "\ufeff")), &doc); err != nil {
		return []observation{whole, {value: f.Path, opaque: "the file is not valid JSON"}}
	}
	out := []observation{whole}
	var walk func(at string, v any, depth int)
	walk = func(at string, v any, depth int) {
		if object, ok := v.(map[string]any); ok && len(object) > 0 && depth < maxDepth {
			for _, key := range slices.Sorted(maps.Keys(object)) {
				walk(strings.TrimPrefix(at+"."+key, "."), object[key], depth+1)
			}
			return
		}
		// Entries of lists are texts of their own, so that a pattern may be anchored at each.
		o := named(at)
		for _, item := range append([]any{v}, items(v)...) {
			if text, ok := item.(string); ok {
				o.texts = append(o.texts, at+"="+text)
			} else if data, err := json.Marshal(item); err == nil {
				o.texts = append(o.texts, fmt.Sprintf("%s=%s", at, data))
			}
		}
		out = append(out, o)
	}
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		walk(key, doc[key], 1)
	}
	return out
}

// items returns the entries of a list, nil for anything else. It spares its caller a check for other types.
func items(v any) []any {
	list, _ := v.([]any)
	return list
}

// matchSetting compares a dotted path, which covers everything below it. A value `permissions` is also about
// permissions.allow, because a list that forbids a section means all of it.
func matchSetting(_ *scene, v wire.Value, _ observation, form string) bool {
	return glob(v.Name, form) || glob(v.Name+".*", form)
}
