package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// reportedAttribute carries the fingerprint in the event claude_code.managed_settings_resolved of claude 2.1.329.
const reportedAttribute = "managed_settings.resolved_sha256"

// otelEnv makes the client send its events to the helper. The client obeys none of it where the tree sets the same
// things in its env.
func otelEnv() []string {
	return []string{
		"CLAUDE_CODE_ENABLE_TELEMETRY=1",
		"OTEL_LOG_MANAGED_SETTINGS=1",
		"OTEL_LOGS_EXPORTER=otlp",
		"OTEL_METRICS_EXPORTER=none", // the receiver keeps every request in a file
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + apiAddress,
		"OTEL_LOGS_EXPORT_INTERVAL=100", // milliseconds: the session is over in half a second
	}
}

// ReportedSHA starts the client on tree and returns the fingerprint of the policy in force that the client itself sends
// as telemetry. It needs a program that calls ServeScripted.
//
// A tree whose env directs telemetry elsewhere cannot be asked: its managed endpoint wins, and the error says so.
func (r *Runner) ReportedSHA(ctx context.Context, tree string) (_ string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	work, err := newWorkspace()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	out, requests, err := r.scripted(ctx, work, invocation{
		tree: tree, dir: work.project,
		env:   append(work.env(), otelEnv()...),
		argv:  append([]string{r.client.Bin}, streamArgs()...),
		stdin: controlRequests(askSettings),
	}, play{})
	if err != nil {
		return "", err
	}
	if sha := reportedSHA(requests); sha != "" {
		return sha, nil
	}
	if _, started := controlResponses(out.stdout)[askSettings]; !started {
		return "", &RefusedError{ExitCode: out.exit, Stderr: out.stderr}
	}
	return "", fmt.Errorf("the client reported no %s to the receiver: either no managed policy is in force, or its env directs telemetry elsewhere; take OTEL_* and CLAUDE_CODE_ENABLE_TELEMETRY out of a copy of the tree. the client said: %s",
		reportedAttribute, lastLines(out.stderr))
}

// otlpLogs is the part of an OTLP/HTTP logs request in JSON that holds attributes.
type otlpLogs struct {
	ResourceLogs []struct {
		ScopeLogs []struct {
			LogRecords []struct {
				Attributes []struct {
					Key   string `json:"key"`
					Value struct {
						StringValue string `json:"stringValue"`
					} `json:"value"`
				} `json:"attributes"`
			} `json:"logRecords"`
		} `json:"scopeLogs"`
	} `json:"resourceLogs"`
}

// values returns every string value of the attribute key.
func (l otlpLogs) values(key string) []string {
	var values []string
	for _, resource := range l.ResourceLogs {
		for _, scope := range resource.ScopeLogs {
			for _, record := range scope.LogRecords {
				for _, attribute := range record.Attributes {
					if attribute.Key == key {
						values = append(values, attribute.Value.StringValue)
					}
				}
			}
		}
	}
	return values
}

// reportedSHA returns the last fingerprint in the requests, "" if there is none.
func reportedSHA(requests []Request) string {
	last := ""
	for _, request := range requests {
		var logs otlpLogs
		if !strings.HasSuffix(request.Path, "/v1/logs") || json.Unmarshal(request.Body, &logs) != nil {
			continue
		}
		for _, value := range logs.values(reportedAttribute) {
			last = value
		}
	}
	return last
}
