package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// counted returns "1 more rule" or "2 more rules".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// openModel finds a model that nothing keeps people from changing.
func openModel(s *scene) {
	if model := s.settings.Get("model"); model != nil && s.settings.Get("availableModels") == nil {
		s.add(diag.New(diag.ModelNotLocked, model.Pos, "the model is only where a session begins").
			WithClient("--model, ANTHROPIC_MODEL and /model override a managed model").WithHint("list the approved models in availableModels, with enforceAvailableModels"))
	}
}

// locks are switches that are of no use without a list, since an unset list means everything (2.1.329). Other locks close by themselves.
var locks = []struct{ lock, list string }{
	{"allowManagedMcpServersOnly", "allowedMcpServers"},
	{"enforceAvailableModels", "availableModels"},
}

// emptyLocks finds locks without their list. With managed servers, no others load anyhow.
func emptyLocks(s *scene) {
	for _, l := range locks {
		lock := s.settings.Get(l.lock)
		if !lock.True() || s.settings.Get(l.list) != nil || l.list == "allowedMcpServers" && s.state.Servers != nil {
			continue
		}
		s.add(diag.New(diag.LockWithoutList, lock.Pos, "%s locks nothing without %s", l.lock, l.list).
			WithClient("a list that is not set allows everything").WithHint("write %s, or remove the lock", l.list))
	}
}

const telemetrySwitch = "CLAUDE_CODE_ENABLE_TELEMETRY"

// signals are what the client exports (client documentation, "Monitoring").
var signals = []string{"METRICS", "LOGS", "TRACES"}

// telemetry finds environment variables of telemetry that miss their fellows. A switch that is off is meant.
func telemetry(s *scene) {
	env := s.settings.Get("env")
	enabled := env.Get(telemetrySwitch)
	exporters := 0
	for _, signal := range signals {
		exporter := env.Member("OTEL_" + signal + "_EXPORTER")
		if exporter == nil {
			continue
		}
		exporters++
		switch {
		case enabled == nil:
			s.incomplete(exporter.KeyPos, exporter.Key, telemetrySwitch)
		case truthy(enabled) && strings.Contains(exporter.Value.Str(), "otlp"):
			// A protocol is not needed: 2.1.329 sends without one.
			if env.Get("OTEL_EXPORTER_OTLP_ENDPOINT") == nil && env.Get("OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT") == nil {
				s.incomplete(exporter.KeyPos, exporter.Key, "OTEL_EXPORTER_OTLP_ENDPOINT")
			}
		}
	}
	if endpoint := env.Member("OTEL_EXPORTER_OTLP_ENDPOINT"); exporters == 0 && endpoint != nil && enabled == nil {
		s.incomplete(endpoint.KeyPos, endpoint.Key, telemetrySwitch)
	}
	if truthy(enabled) && exporters == 0 {
		s.incomplete(enabled.Pos, telemetrySwitch, "OTEL_METRICS_EXPORTER or OTEL_LOGS_EXPORTER")
	}
}

// incomplete words what is missing beside a variable.
func (s *scene) incomplete(pos diag.Pos, has, lacks string) {
	client := "claude sends nothing, and tells nobody"
	if strings.HasSuffix(lacks, "_ENDPOINT") {
		client = "OpenTelemetry's default is a collector on the machine itself"
	}
	s.add(diag.New(diag.TelemetryIncomplete, pos, "%s does nothing without %s", has, lacks).WithClient(client).WithHint("set env.%s", lacks))
}

// truthy reports whether a variable is on, as the client reads it.
func truthy(n *value.Node) bool {
	return n != nil && slices.Contains([]string{"1", "true", "yes", "on"}, strings.ToLower(n.Scalar))
}

// nearLimit finds settings of more than four fifths of what the client reads.
func nearLimit(s *scene) {
	const share = 80
	size := s.state.Size()
	if size > resolve.MaxDocument || size <= resolve.MaxDocument/100*share {
		return
	}
	last := s.state.Files[len(s.state.Files)-1]
	s.add(diag.New(diag.NearLimit, diag.Pos{File: last, Line: 1, Col: 1}, "the settings that this file adds to are more than %d %% of the limit of %d bytes", share, resolve.MaxDocument).
		WithClient("claude does not read a larger document; if it is the only one, no session starts").WithHint("say the same with fewer rules"))
}
