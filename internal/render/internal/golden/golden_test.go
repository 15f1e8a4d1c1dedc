package golden

import "testing"

func TestCheck(t *testing.T) {
	Check(t, "hello.txt", []byte("hello\n"))
}

func TestWrite(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "testdata/deep/new.txt", []byte("new\n"))
	Check(t, "deep/new.txt", []byte("new\n"))
}
