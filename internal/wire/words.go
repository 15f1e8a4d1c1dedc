package wire

import (
	"strconv"
	"strings"
)

// phrase is how a target is spoken of.
type phrase struct {
	verb  string // what the rule is about doing, as in "use"
	thing string // with whom or what, in the plural
}

// phrases holds every target of the policy language. Limits are spoken of by the thing alone.
var phrases = map[string]phrase{
	"mcpServers":      {"use", "MCP servers"},
	"tools":           {"use", "tools"},
	"commands":        {"run", "commands"},
	"readPath":        {"read", "files and folders"},
	"writePath":       {"write to", "files and folders"},
	"domains":         {"connect to", "domains"},
	"models":          {"use", "models"},
	"marketplaces":    {"install plugins from", "marketplaces"},
	"plugins":         {"use", "plugins"},
	"skills":          {"use", "skills"},
	"agents":          {"start", "subagents"},
	"claudeMd":        {"write into", "instruction files"},
	"projectSettings": {"set", "keys in the settings of a project or person"},
	"permissionMode":  {"work in", "permission modes"},
	"env":             {"set", "environment variables"},
	"loginOrg":        {"log in to", "organizations"},
	"httpHookUrls":    {"call", "addresses of HTTP hooks"},
	"sessionTokens":   {"spend", "tokens"},
	"sessionCost":     {"spend", "US dollars"},
	"toolCalls":       {"make", "tool calls"},
	"filesTouched":    {"change", "files"},
	"retentionDays":   {"keep transcripts for", "days"},
}

// InWords says in a sentence what a policy forbids or asks for, from its rule alone: for the model, for the reason of a
// denial, and for documentation, where the author wrote no text of his own. It is "" for a type without a rule of its
// own, such as settings. The sentence is one line of plain text and ends with a full stop. Values of variables are left
// out, as they are nobody's business but the client's.
func InWords(p Policy) string {
	about := phrases[p.Target]
	if about.thing == "" {
		about = phrase{"use", p.Target}
	}
	switch p.Type {
	case "allowlist":
		if len(p.Values) == 0 {
			return "Do not " + about.verb + " any " + about.thing + "."
		}
		return sentence(capital(about.verb)+" only these "+about.thing+":", listed(p))
	case "denylist":
		return sentence("Do not "+about.verb+" these "+about.thing+":", listed(p))
	case "pattern-deny":
		if p.Target == "claudeMd" {
			return sentence("Instruction files must not hold text that matches the pattern", oneLine(p.Pattern))
		}
		return sentence("Do not "+about.verb+" "+about.thing+" that match the pattern", oneLine(p.Pattern))
	case "require":
		if p.Target == "claudeMd" {
			return sentence("The instructions must hold:", listed(p))
		}
		return sentence("These "+about.thing+" must be there:", listed(p))
	case "limit":
		return limits(p, about)
	case "rego":
		return "A module decides which " + about.thing + " you may " + about.verb + "."
	}
	return ""
}

// sentence joins a beginning and an end that may be a sentence of its own.
func sentence(head, tail string) string { return head + " " + strings.TrimSuffix(tail, ".") + "." }

// capital begins a sentence; verbs are plain ASCII.
func capital(verb string) string { return strings.ToUpper(verb[:1]) + verb[1:] }

// mostListed bounds the values of one sentence: the model reads it in every session.
const mostListed = 20

// listed names the values, and how many more there are. An address or
// command that belongs to a name is told too, since the name alone would not do.
func listed(p Policy) string {
	var names []string
	for i, v := range p.Values {
		if i == mostListed {
			names = append(names, "and "+strconv.Itoa(len(p.Values)-i)+" more")
			break
		}
		name := oneLine(v.Name)
		if p.Target == "env" {
			name, _, _ = strings.Cut(name, "=")
		}
		if v.URL != "" {
			name += " (" + oneLine(v.URL) + ")"
		} else if len(v.Command) > 0 {
			name += " (" + oneLine(strings.Join(v.Command, " ")) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// longest bounds one value, in bytes.
const longest = 200

// oneLine keeps a value from breaking out of its line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "..."
	}
	return s
}

// limits speaks of one bound or both. A limit without a period is not counted by session or day.
func limits(p Policy, about phrase) string {
	var bounds []string
	for _, bound := range []struct {
		word  string
		value *float64
	}{{"at least ", p.Min}, {"at most ", p.Max}} {
		if bound.value != nil {
			bounds = append(bounds, bound.word+strconv.FormatFloat(*bound.value, 'f', -1, 64))
		}
	}
	if len(bounds) == 0 {
		return ""
	}
	text := capital(about.verb) + " " + strings.Join(bounds, " and ") + " " + about.thing
	if p.Per != "" {
		text += " in a " + p.Per
	}
	return text + "."
}
