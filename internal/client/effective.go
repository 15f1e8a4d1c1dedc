package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Effective is the policy that the client has in force.
type Effective struct {
	Policy  json.RawMessage // merged and repaired settings of all managed sources; nil when there is none
	SHA256  string          // of Policy, as the client itself reports it; "" when there is none
	Source  string          // such as "Enterprise managed settings (file + drop-ins)"; "" when there is none
	Rules   json.RawMessage // the answer to list_permission_rules
	Hooks   json.RawMessage // the answer to get_hooks_listing
	Invalid []Notice        // entries that the client complained about at start
	Stderr  string          // all that the client said there
}

// The control requests that Effective sends; the subtype serves as the request's id too.
const (
	askSettings = "get_settings"
	askRules    = "list_permission_rules"
	askHooks    = "get_hooks_listing"
	askStatus   = "get_status"
)

// Effective starts the client on tree and asks it which policy is in force. It does so without a key, since login pins
// refuse a session that has one, and sends nothing to a model.
//
// Invalid is not complete: claude 2.1.329 drops some keys without a word. Only comparing Policy, or SHA256, with what
// was meant shows everything. The error is a *RefusedError when the client would not start.
func (r *Runner) Effective(ctx context.Context, tree string, setup Setup) (_ Effective, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	work, err := newWorkspace()
	if err != nil {
		return Effective{}, err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	if err := setup.write(work); err != nil {
		return Effective{}, err
	}
	out, err := r.run(ctx, invocation{
		tree: tree, dir: work.project, layer: work.layer,
		env:   append(work.env(), setup.Env...),
		argv:  append([]string{r.client.Bin}, streamArgs()...),
		stdin: controlRequests(askSettings, askRules, askHooks, askStatus),
	})
	if err != nil {
		return Effective{}, err
	}
	return readEffective(out)
}

// streamArgs makes the client read requests from standard input and answer in lines of JSON.
func streamArgs() []string {
	return []string{"-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"}
}

// controlRequests spells one request per line; the end of input then tells the client to leave.
func controlRequests(subtypes ...string) string {
	var text strings.Builder
	for _, subtype := range subtypes {
		fmt.Fprintf(&text, `{"type":"control_request","request_id":%q,"request":{"subtype":%q}}`+"\n", subtype, subtype)
	}
	return text.String()
}

// readEffective puts the answers together. Without an answer about settings the client did not start.
func readEffective(out output) (Effective, error) {
	answers := controlResponses(out.stdout)
	settings, ok := answers[askSettings]
	if !ok {
		return Effective{}, &RefusedError{ExitCode: out.exit, Stderr: out.stderr}
	}
	got := Effective{
		Rules: answers[askRules], Hooks: answers[askHooks],
		Stderr: out.stderr, Invalid: parseNotices(out.stderr),
	}
	var err, statusErr error
	got.Policy, err = managedPolicy(settings)
	got.Source, statusErr = statusRow(answers[askStatus], "Setting sources")
	if err := errors.Join(err, statusErr); err != nil || got.Policy == nil {
		return got, err
	}
	got.SHA256, err = SHA256(got.Policy)
	return got, err
}

// managedPolicy picks the managed source out of the answer to get_settings.
func managedPolicy(answer json.RawMessage) (json.RawMessage, error) {
	var settings struct {
		Sources []struct {
			Source   string          `json:"source"`
			Settings json.RawMessage `json:"settings"`
		} `json:"sources"`
	}
	if err := json.Unmarshal(answer, &settings); err != nil {
		return nil, fmt.Errorf("read the client's answer to %s: %w", askSettings, err)
	}
	for _, source := range settings.Sources {
		if source.Source == "policySettings" {
			return source.Settings, nil
		}
	}
	return nil, nil
}

// statusRow picks a row out of the answer to get_status, which may be missing.
func statusRow(answer json.RawMessage, label string) (string, error) {
	if answer == nil {
		return "", nil
	}
	var status struct {
		Sections []struct {
			Rows []struct {
				Label string          `json:"label"`
				Value json.RawMessage `json:"value"`
			} `json:"rows"`
		} `json:"sections"`
	}
	if err := json.Unmarshal(answer, &status); err != nil {
		return "", fmt.Errorf("read the client's answer to %s: %w", askStatus, err)
	}
	for _, section := range status.Sections {
		for _, row := range section.Rows {
			var value string
			if row.Label == label && json.Unmarshal(row.Value, &value) == nil {
				return value, nil
			}
		}
	}
	return "", nil
}
