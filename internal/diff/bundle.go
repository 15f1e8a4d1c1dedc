package diff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// bundle compares everything an audience gets on a platform.
func (c *comparer) bundle(old, now *ir.Bundle) {
	c.settings(root(old.Settings), root(now.Settings))
	c.servers(root(old.MCP).Get("mcpServers"), root(now.MCP).Get("mcpServers"))
	if c.base.Compiled && c.head.Compiled {
		c.guidance(old.Guidance, now.Guidance)
		c.agent(old.Agent, now.Agent)
	} else {
		c.guidance(whole(old), whole(now))
	}
	c.scripts(old.Scripts, now.Scripts)
}

func root(d *ir.Document) *value.Node {
	if d == nil {
		return nil
	}
	return d.Node
}

// whole returns guidance as the one text that artifacts show.
func whole(b *ir.Bundle) []ir.Section {
	if len(b.Guidance) == 1 && b.Guidance[0].Title == ReadBack {
		return b.Guidance
	}
	if text := b.Markdown(); text != "" {
		return []ir.Section{{Title: ReadBack, Text: text}}
	}
	return nil
}

// ReadBack is the title under which the reader of artifacts puts a whole CLAUDE.md.
const ReadBack = "CLAUDE.md"

// servers compares managed MCP servers. Having any, or an empty list of them, keeps people from adding their own.
func (c *comparer) servers(old, now *value.Node) {
	const path = "mcpServers"
	switch {
	case old == nil && now == nil:
		return
	case old == nil:
		c.add(of(serversClosed, Tightens, path, nil, now, "claude loads no other server than these"))
		return
	case now == nil:
		c.add(of(serversOpened, Loosens, path, old, nil, "people may add servers of their own"))
		return
	}
	for _, m := range old.Members {
		switch after := now.Get(m.Key); {
		case after == nil:
			c.add(of(serverRemoved, Tightens, path+"."+m.Key, m.Value, nil, "the server no longer loads"))
		case !value.Equal(m.Value, after):
			c.add(of(serverChanged, Loosens, path+"."+m.Key, m.Value, after, "nobody can say what the server does now"))
		}
	}
	for _, m := range now.Members {
		if old.Get(m.Key) == nil {
			c.add(of(serverAdded, Loosens, path+"."+m.Key, nil, m.Value, "one more server may load"))
		}
	}
}

// guidance compares the sections of CLAUDE.md by title.
func (c *comparer) guidance(old, now []ir.Section) {
	find := func(list []ir.Section, title string) *ir.Section {
		i := slices.IndexFunc(list, func(s ir.Section) bool { return strings.EqualFold(s.Title, title) })
		if i < 0 {
			return nil
		}
		return &list[i]
	}
	const why = "advice binds nobody"
	for _, s := range old {
		switch after := find(now, s.Title); {
		case after == nil:
			c.add(Change{Check: guidanceRemoved, Class: Neutral, Path: s.Title, Old: s.Text, Why: why, Base: differingPart(s, nil)})
		case after.Text != s.Text:
			c.add(Change{Check: guidanceChanged, Class: Neutral, Path: s.Title, Old: s.Text, New: after.Text, Why: why, Base: differingPart(s, after), Head: differingPart(*after, &s)})
		}
	}
	for _, s := range now {
		if find(old, s.Title) == nil {
			c.add(Change{Check: guidanceAdded, Class: Neutral, Path: s.Title, New: s.Text, Why: why, Head: differingPart(s, nil)})
		}
	}
}

// differingPart returns where the first part of a section is written that the other lacks; the first part where the other has them all, and nothing
// where nobody knows.
func differingPart(s ir.Section, other *ir.Section) diag.Pos {
	if len(s.Parts) == 0 {
		return diag.Pos{}
	}
	for _, p := range s.Parts {
		if other == nil || !slices.ContainsFunc(other.Parts, func(q ir.Part) bool { return q.Text == p.Text }) {
			return p.Pos
		}
	}
	return s.Parts[0].Pos
}

// scripts compares the scripts that hooks run by path.
func (c *comparer) scripts(old, now []ir.Script) {
	find := func(list []ir.Script, path string) *ir.Script {
		i := slices.IndexFunc(list, func(s ir.Script) bool { return s.Path == path })
		if i < 0 {
			return nil
		}
		return &list[i]
	}
	for _, s := range old {
		switch after := find(now, s.Path); {
		case after == nil:
			c.add(Change{Check: scriptRemoved, Class: Loosens, Path: s.Path, Old: digest(s.Data), Base: s.Pos, Why: "nobody can say what it stopped"})
		case !bytes.Equal(s.Data, after.Data):
			c.add(Change{Check: scriptChanged, Class: Loosens, Path: s.Path, Old: digest(s.Data), New: digest(after.Data), Base: differingLine(s, after.Data), Head: differingLine(*after, s.Data), Why: "nobody can say what it stops now"})
		}
	}
	for _, s := range now {
		if find(old, s.Path) == nil {
			c.add(Change{Check: scriptAdded, Class: Neutral, Path: s.Path, New: digest(s.Data), Head: s.Pos, Why: "the hook that runs it decides"})
		}
	}
}

// differingLine returns the place of the first line of a script that another text does not have there.
func differingLine(s ir.Script, other []byte) diag.Pos {
	at := s.Pos
	if at.Line == 0 {
		return at // of an artifact
	}
	common := 0
	for common < min(len(s.Data), len(other)) && s.Data[common] == other[common] {
		common++
	}
	at.Line += int32(bytes.Count(s.Data[:common], []byte("\n")))
	return at
}

// digest names a script's text.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])[:12]
}

// agent compares the endpoint agent's policy beside the named policies and exceptions, which are compared for themselves.
func (c *comparer) agent(old, now *wire.Bundle) {
	switch {
	case old == nil && now == nil:
	case old == nil:
		c.add(Change{Check: agentAdded, Class: Tightens, Path: "agent", New: "installed", Why: "hook calls are judged from now on"})
	case now == nil:
		c.add(Change{Check: agentRemoved, Class: Loosens, Path: "agent", Old: "installed", Why: "hook calls are no longer judged"})
	default:
		c.audit(old.Audit, now.Audit)
		if before, after := jsonOf(old.Rollout), jsonOf(now.Rollout); before != after {
			c.add(Change{Check: rolloutChanged, Class: Neutral, Path: "rollout", Old: before, New: after, Why: "everyone gets the policy in the end"})
		}
	}
}

func (c *comparer) audit(old, now *wire.Audit) {
	before, after := jsonOf(old), jsonOf(now)
	if before == after {
		return
	}
	ch := Change{Check: auditChanged, Class: Loosens, Path: "audit", Old: before, New: after, Why: "it records other events, or elsewhere"}
	on := func(a *wire.Audit) bool { return a != nil && a.Enabled }
	switch {
	case on(now) && !on(old):
		ch.Class, ch.Why = Tightens, "events are recorded from now on"
	case on(old) && !on(now):
		ch.Why = "events are no longer recorded"
	}
	c.add(ch)
}

// jsonOf returns a part of an agent's bundle as JSON, "" for none.
func jsonOf[T any](part *T) string {
	if part == nil {
		return ""
	}
	data, err := json.Marshal(part)
	if err != nil { // the shape has only texts, numbers and times
		return ""
	}
	return string(data)
}
