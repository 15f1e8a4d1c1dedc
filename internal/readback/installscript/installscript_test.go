package installscript

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	script := "#!/bin/sh\nput() {\n}\nput 0755 'hooks/a.sh' <<'.'\nIyEv\nYmlu\n.\nput 0644 'managed-settings.json' <<'.'\neyJtb2RlbCI6IngifQ==\n.\nput 0644 'empty' <<'.'\n.\n"
	got, err := Read([]byte(script))
	want := []File{{"hooks/a.sh", "0755", []byte("#!/bin")}, {"managed-settings.json", "0644", []byte(`{"model":"x"}`)}, {"empty", "0644", []byte{}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	n, err := ReadSettings([]byte(script))
	if err != nil || n.Get("model").Str() != "x" {
		t.Errorf("got %v, %v", n, err)
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
		if files, err := Read([]byte(script)); err == nil {
			t.Errorf("%s: got %v", name, files)
		}
	}
	for _, script := range []string{"", "put x", "put 0644 'managed-settings.json' <<'.'\ne30\n.\n"} {
		if n, err := ReadSettings([]byte(script)); err == nil {
			t.Errorf("%q: got %v", script, n)
		}
	}
}
