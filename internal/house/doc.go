// Package house keeps the rules of this repository as tests: who may import whom, what is documented, which calls belong in main only,
// how long files and functions may get. It exports nothing.
//
// When a test here fails, its message says what to change. To allow a new import edge, package or shared dependency, edit the tables in
// rules_test.go in the same change that needs it, so that a reviewer sees both. For the figures of the whole repository:
//
//	go test -v -run Figures ./internal/house
//
// The tests read the sources with go/parser: a test that asked the go command would be answered from the test cache.
package house
