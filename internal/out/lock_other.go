//go:build !unix && !windows

package out

import "io"

// lockName is not used here.
const lockName = ""

// lockFolder does nothing: there is no lock that ends with the process.
func lockFolder(string) (io.Closer, error) { return io.NopCloser(nil), nil }
