package installscript

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/files"
)

func TestRead(t *testing.T) {
	script := "#!/bin/sh\nput() {\n}\nput 0755 'hooks/a.sh' <<'.'\nIyEv\nYmlu\n.\nput 0644 'managed-settings.json' <<'.'\neyJtb2RlbCI6IngifQ==\n.\nput 0644 'empty' <<'.'\n.\n"
	got, err := Read([]byte(script))
	want := []files.File{{Path: "hooks/a.sh", Exec: true, Data: []byte("#!/bin")}, {Path: "managed-settings.json", Data: []byte(`{"model":"x"}`)}, {Path: "empty", Data: []byte{}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestReadErrors(t *testing.T) {
	for name, script := range map[string]string{
		"a document that expands":  "put 0644 'a' <<.\n.\n",
		"a name with a quote":      "put 0644 'a'b' <<'.'\n.\n",
		"another mode":             "put 4755 'a' <<'.'\n.\n",
		"a name that leads out":    "put 0644 'a/../../b' <<'.'\n.\n",
		"an absolute name":         "put 0644 '/b' <<'.'\n.\n",
		"a name twice":             "put 0644 'a' <<'.'\n.\nput 0644 'a' <<'.'\n.\n",
		"no base64":                "put 0644 'a' <<'.'\n???\n.\n",
		"base64 with garbage bits": "put 0644 'a' <<'.'\nQR==\n.\n",
	} {
		if got, err := Read([]byte(script)); err == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got, err := Read([]byte("put x")); err == nil {
		t.Errorf("got %v", got)
	}
}
