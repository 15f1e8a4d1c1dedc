package client

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// scripted runs the client beside the helper's server and returns what both saw. in.argv and in.env are the client's.
func (r *Runner) scripted(ctx context.Context, work workspace, in invocation, calls []ToolCall) (output, []Request, error) {
	log := filepath.Join(work.root, "requests.jsonl")
	text, err := json.Marshal(script{Argv: in.argv, Env: in.env, Calls: calls, Log: log, Addr: apiAddress})
	if err != nil {
		return output{}, nil, fmt.Errorf("write the script: a call's input is not JSON: %w", err)
	}
	path := filepath.Join(work.root, "script.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return output{}, nil, fmt.Errorf("write the script: %w", err)
	}
	in.argv, in.env, in.layer = []string{r.helper}, append(work.env(), HelperEnv+"="+path), work.layer
	out, err := r.run(ctx, in)
	if err != nil {
		return out, nil, err
	}
	file, err := os.Open(log)
	if err != nil {
		return out, nil, fmt.Errorf("the helper kept no log: the program %s must call client.ServeScripted when %s is set: %w", r.helper, HelperEnv, err)
	}
	defer file.Close()
	requests, err := readRequests(file)
	return out, requests, err
}
