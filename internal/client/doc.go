// Package client runs the real Claude Code client in isolation, so that tests can compare what the compiler writes
// with what the client makes of it.
//
// Start with Install, which puts one version of the client into a cache folder, then New, which finds out how this
// machine can isolate a process. The Runner it returns asks the client about a tree of managed files (one that would
// be installed as /etc/claude-code): Effective for the policy in force, Doctor for its own complaints, ReportedSHA for
// the fingerprint it reports over OpenTelemetry, Session for a whole conversation with a scripted model.
//
// Every run has its own mount and network namespace: the tree stands at /etc/claude-code, loopback is the only network,
// and home is a temporary folder. GuardHost proves that the machine's own /etc/claude-code was not touched. Runs do not
// share anything, so they may go on at the same time.
//
// Session and ReportedSHA need a server inside the namespace, which is this program started again: a program that calls
// them must hand over to ServeScripted when HelperEnv is set, before it does anything else.
package client
