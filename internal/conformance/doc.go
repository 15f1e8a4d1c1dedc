// Package conformance is the proof that the real client makes of our artifacts what we say it does. It holds tests only, behind the build
// tag "conformance": they install the client, which takes a minute and the network the first time. Run them with
//
//	make conformance
//
// Read groups_test.go first: it builds every group of policies/ and compares the policy that the client has in force with the manifest.
// samples_test.go does the same for single documents, good and bad, property_test.go for generated ones; session_test.go runs whole
// conversations and looks at what was refused, and by whom. policies_test.go tries each native row of the lowering table, with the trials in
// trials*_test.go; agreement_test.go asks
// about a sample of the recorded permission decisions; lints_test.go shows that each lint is right about the client; agent_test.go lets a stand-in for the endpoint agent fail in every way; exceptions_test.go shows that exceptions free only
// whom they name. lab_test.go is what they share.
//
// A machine that cannot isolate the client, or lacks a program, fails the run with one message; no test is ever skipped.
package conformance
