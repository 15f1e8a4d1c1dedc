package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// HelperEnv is the environment variable that makes this program the helper inside the namespace. Its value goes to
// ServeScripted.
const HelperEnv = "POLICYGEN_CLIENT_HELPER"

const (
	helperMark = "policygen-helper: " // how the helper begins its own complaints
	helperExit = 98                   // how it exits after one

	// apiAddress is the same in every run, because every run has a loopback of its own.
	apiAddress = "127.0.0.1:8787"
)

// script is the order to a helper, as JSON in a file.
type script struct {
	Argv   []string   `json:"argv"`
	Env    []string   `json:"env"`
	Calls  []ToolCall `json:"calls"`
	Batch  int        `json:"batch,omitempty"`
	Prompt string     `json:"prompt,omitempty"` // see scriptedAPI
	Log    string     `json:"log"`              // file for the requests, one Request per line
	Addr   string     `json:"addr"`             // where to serve
}

// streams are the standard streams that the helper hands on to the client.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// ServeScripted is the helper inside the namespace: it serves the scripted model on loopback, runs the client as its
// child with the given streams, and returns the client's exit code. path names the script file. The helper's own complaints
// go to stderr behind a mark, with an exit code that the client does not use, so that Session can tell them from the client's.
//
// TestMain of a package that calls Session or ReportedSHA begins with
//
//	if script := os.Getenv(client.HelperEnv); script != "" {
//		os.Exit(client.ServeScripted(script, os.Stdin, os.Stdout, os.Stderr))
//	}
func ServeScripted(path string, stdin io.Reader, stdout, stderr io.Writer) int {
	exit, err := serveScripted(path, streams{stdin, stdout, stderr})
	if err != nil {
		fmt.Fprintf(stderr, "%s%v\n", helperMark, err)
		return helperExit
	}
	return exit
}

// serveScripted is ServeScripted with errors for the helper's own troubles, apart from the client's exit code.
func serveScripted(path string, s streams) (_ int, err error) {
	order, err := readScript(path)
	if err != nil {
		return 0, err
	}
	log, err := os.Create(order.Log)
	if err != nil {
		return 0, fmt.Errorf("open the request log: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	// Listening before the client starts spares a wait for the port; Go sets TCP_NODELAY on every connection.
	listener, err := net.Listen("tcp", order.Addr)
	if err != nil {
		return 0, fmt.Errorf("serve the model: %w", err)
	}
	server := &http.Server{Handler: &scriptedAPI{calls: order.Calls, batch: order.Batch, prompt: order.Prompt, log: log}, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	exit, err := runChild(order, s)
	err = errors.Join(err, server.Close())
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return exit, err
}

// readScript checks what would otherwise show as an obscure failure of the child.
func readScript(path string) (script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return script{}, fmt.Errorf("read the script: %w", err)
	}
	var order script
	if err := json.Unmarshal(text, &order); err != nil {
		return script{}, fmt.Errorf("read the script: %w", err)
	}
	if len(order.Argv) == 0 {
		return script{}, errors.New("the script names no command")
	}
	return order, nil
}

// runChild runs the client with the helper's streams. A death by signal is an error, since it has no exit code.
func runChild(order script, s streams) (int, error) {
	cmd := exec.Command(order.Argv[0], order.Argv[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = order.Env, s.in, s.out, s.err
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("start the client: %w", err)
	}
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code, nil
	}
	return 0, fmt.Errorf("the client died: %w", err)
}

// readRequests reads a request log.
func readRequests(log io.Reader) ([]Request, error) {
	var requests []Request
	decoder := json.NewDecoder(log)
	for {
		var request Request
		err := decoder.Decode(&request)
		if errors.Is(err, io.EOF) {
			return requests, nil
		}
		if err != nil {
			return requests, fmt.Errorf("read the request log: %w", err)
		}
		requests = append(requests, request)
	}
}
