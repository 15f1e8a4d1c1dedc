// Package rego evaluates Rego modules with Open Policy Agent's own compiler and evaluator, without network, files, clock, random numbers
// and environment. Only cmd/policygen-rego links it; everything else starts that program through internal/rego/client.
//
// [Serve] answers one request. [Compile] and [Module.Evaluate] are its two halves.
package rego

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/metrics"
	"time"

	"github.com/policygen/policygen/internal/wire"
)

// maxMemory is how many bytes of the heap one request may use before it is given up. A module of a policy needs some
// megabytes; the bound stands against one that builds texts without end.
const maxMemory = 256 << 20

// watch is how often the memory is looked at.
const watch = 5 * time.Millisecond

// Serve reads one request, answers it, and returns an error where it could not. After an error because of time or
// memory the evaluation may still run: the caller is to end the process.
func Serve(in io.Reader, out io.Writer) error {
	data, err := io.ReadAll(io.LimitReader(in, wire.RegoLimit+1))
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	if len(data) > wire.RegoLimit {
		return fmt.Errorf("read request: larger than %d bytes", wire.RegoLimit)
	}
	request, err := wire.ReadRegoRequest(data)
	if err != nil {
		return err
	}
	response, err := bounded(request)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(response)
}

// bounded answers a request within its time and memory. The limits are watched from outside of the evaluator, because
// some builtins run long or allocate much without looking whether they were cancelled.
func bounded(request *wire.RegoRequest) (*wire.RegoResponse, error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Duration(request.Milliseconds)*time.Millisecond)
	defer stop()
	done := make(chan *wire.RegoResponse, 1)
	go func() { done <- answer(ctx, request) }()
	ticker := time.NewTicker(watch)
	defer ticker.Stop()
	for {
		select {
		case response := <-done:
			// A module that was cancelled has an error of its own, and that of the whole request says more.
			if ctx.Err() == nil {
				return response, nil
			}
			return nil, errTime(request)
		case <-ctx.Done():
			return nil, errTime(request)
		case <-ticker.C:
			if heap() > maxMemory {
				return nil, errors.New("used too much memory")
			}
		}
	}
}

// errTime says how much time there was.
func errTime(request *wire.RegoRequest) error {
	return fmt.Errorf("took longer than %d ms", request.Milliseconds)
}

// heap returns how many bytes objects take, dead ones that are not collected yet included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// answer judges each module by itself: a mistake in one must not hide what another says.
func answer(ctx context.Context, request *wire.RegoRequest) *wire.RegoResponse {
	response := &wire.RegoResponse{FormatVersion: wire.RegoVersion, Results: make([]wire.RegoResult, len(request.Modules))}
	for i, text := range request.Modules {
		response.Results[i] = judge(ctx, text, request.Input)
	}
	return response
}

// judge checks one module, and evaluates it where there is an input.
func judge(ctx context.Context, text string, input map[string]any) wire.RegoResult {
	module, problems := Compile(text, input == nil)
	if problems != nil || input == nil {
		return wire.RegoResult{Problems: problems}
	}
	allow, reasons, err := module.Evaluate(ctx, input)
	if err != nil {
		return wire.RegoResult{Error: err.Error()}
	}
	return wire.RegoResult{Allow: allow, Reasons: reasons}
}
