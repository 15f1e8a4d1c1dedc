// Package agentbundle writes the endpoint agent's policy: one bundle.json for each audience, for all its platforms.
package agentbundle

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// Backend is the back end "agent".
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "agent".
func (Backend) Name() string { return "agent" }

// Render returns nothing: the bundle belongs to the audience, not to one platform.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// RenderAudience returns agent/bundle.json, or nothing where the agent is not installed.
func (Backend) RenderAudience(bundles []*ir.Bundle) ([]render.File, error) {
	if len(bundles) == 0 || bundles[0].Agent == nil {
		return nil, nil
	}
	agent := *bundles[0].Agent // shared with other audiences
	agent.Revision = bundles[0].Revision
	data, err := agent.Encode()
	if err != nil {
		return nil, err
	}
	return []render.File{{Path: "agent/bundle.json", Data: data}}, nil
}
