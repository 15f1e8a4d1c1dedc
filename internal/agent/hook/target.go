package hook

import "github.com/policygen/policygen/internal/wire"

// target is a row of the table: what of an event policies on it look at, and how a value is compared. A row has either
// observe and match, or measure, or nothing where the client alone enforces it.
type target struct {
	observe func(*scene) seen
	match   func(s *scene, v wire.Value, o observation, form string) bool
	measure func(s *scene, t *Totals) float64 // for limits
}

// targets returns the table. Targets without a form here are enforced by the client alone.
func targets() map[string]target {
	return map[string]target{
		"mcpServers":      {observe: (*scene).servers, match: matchServer},
		"tools":           {observe: (*scene).tools, match: matchTool},
		"commands":        {observe: (*scene).commands, match: matchCommand},
		"readPath":        {observe: (*scene).readPaths, match: matchPath},
		"writePath":       {observe: (*scene).writePaths, match: matchPath},
		"domains":         {observe: (*scene).domains, match: matchDomain},
		"models":          {observe: (*scene).models, match: matchModel},
		"plugins":         {observe: (*scene).plugins, match: matchPlugin},
		"skills":          {observe: (*scene).skills, match: matchSkill},
		"agents":          {observe: (*scene).agents, match: matchName},
		"claudeMd":        {observe: (*scene).instructions, match: matchContent},
		"projectSettings": {observe: (*scene).settings, match: matchSetting},
		"permissionMode":  {observe: (*scene).mode, match: matchMode},
		"sessionTokens":   {measure: func(_ *scene, t *Totals) float64 { return t.Tokens }},
		"sessionCost":     {measure: func(_ *scene, t *Totals) float64 { return t.Cost }},
		"toolCalls":       {measure: (*scene).countCalls},
		"filesTouched":    {measure: (*scene).countFiles},
		"marketplaces":    {},
		"env":             {},
		"loginOrg":        {},
		"httpHookUrls":    {},
		"retentionDays":   {},
	}
}

// seen is what an event shows of a target. The zero value says that the event has nothing to do with it. The
// difference between judged and an empty list matters to audit: it tells "looked and found nothing" from "not about
// this".
type seen struct {
	judged   bool          // the event concerns the target
	complete bool          // the list is all there is, so that a missing value is known to be missing
	unknown  string        // why nothing can be said about it, although the event concerns it
	list     []observation // in the order of the event
}

// observation is one thing that policies judge. An observation without forms can only be met by patterns, or break
// lists by being opaque or blind.
type observation struct {
	value string   // as people read it
	forms []string // what lists are compared with: an allowlist needs one of them to match, or every one where all is set
	all   bool
	wide  []string // further readings that only a denylist or pattern is compared with
	texts []string // further texts that only a pattern is compared with

	loose  bool   // a guess, which an allowlist passes over
	opaque string // why an allowlist cannot approve it, whatever matches
	blind  bool   // nothing is known about it: it breaks every list and pattern

	server *Server // of target mcpServers, where its address or command is known
}

// named returns an observation of one text. It is the usual case: names of tools, modes, models, skills and agents
// have one spelling.
func named(value string) observation { return observation{value: value, forms: []string{value}} }

// names returns a complete list of texts; nil ones could not be read. An empty list is complete as well, and breaks
// every policy that requires something.
func names(values []string, what string) seen {
	if values == nil {
		return seen{judged: true, unknown: what + " could not be read"}
	}
	out := seen{judged: true, complete: true}
	for _, value := range values {
		out.list = append(out.list, named(value))
	}
	return out
}
