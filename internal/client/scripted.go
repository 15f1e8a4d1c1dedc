package client

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// play is the part of the model: its calls, how many in a turn, and the words that begin the conversation in which it makes them ("" in each).
type play struct {
	calls  []ToolCall
	batch  int // calls in one turn; 0 means 1
	prompt string
}

// scripted runs the client beside the helper's server and returns what both saw. in.argv and in.env are the client's.
func (r *Runner) scripted(ctx context.Context, work workspace, in invocation, play play) (output, []Request, error) {
	log := filepath.Join(work.root, "requests.jsonl")
	path, err := work.writeScript(script{Argv: in.argv, Env: in.env, Calls: play.calls, Batch: play.batch, Prompt: play.prompt, Log: log, Addr: apiAddress})
	if err != nil {
		return output{}, nil, err
	}
	in.argv, in.env, in.layer = []string{r.helper}, append(work.env(), HelperEnv+"="+path), work.layer
	out, err := r.run(ctx, in)
	if err != nil {
		return out, nil, err
	}
	requests, err := r.readLog(log)
	return out, requests, err
}

// writeScript leaves the helper's order where only this user can read it: it holds the environment.
func (w workspace) writeScript(order script) (string, error) {
	text, err := json.Marshal(order)
	if err != nil {
		return "", fmt.Errorf("write the script: a call's input is not JSON: %w", err)
	}
	path := filepath.Join(w.root, "script.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("write the script: %w", err)
	}
	return path, nil
}

// readLog returns what the helper's server received. No log at all means that the program, started again, did something else.
func (r *Runner) readLog(path string) ([]Request, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the helper kept no log: the program %s must call client.ServeScripted when %s is set: %w", r.helper, HelperEnv, err)
	}
	defer file.Close()
	return readRequests(file)
}
