//go:build conformance

package site_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// harness is a page that loads another one in a frame of a given width, as a phone or a desktop would, and writes what it sees as JSON. The
// browser prints the document when everything has settled.
const harness = `<!doctype html><iframe id="f" style="width:%dpx;height:900px;border:0" src="/%s"></iframe><pre id="seen"></pre><script>
const frame = document.getElementById("f");
frame.onload = () => {
  const d = frame.contentDocument, w = frame.contentWindow, seen = { scroll: d.documentElement.scrollWidth, title: d.title };
  const input = d.getElementById("search");
  input.value = "%s";
  input.dispatchEvent(new w.Event("input"));
  seen.results = [...d.querySelectorAll("#results a")].map((a) => a.getAttribute("href"));
  seen.shown = !d.getElementById("results").hidden;
  seen.color = w.getComputedStyle(d.querySelector("h1")).color;
  seen.small = [...d.querySelectorAll("main a, nav a")].filter((a) => { const r = a.getBoundingClientRect(); return r.width > 0 && r.height < 12; }).length;
  w.dispatchEvent(new w.Event("beforeprint"));
  seen.closed = d.querySelectorAll("details:not([open])").length;
  document.getElementById("seen").textContent = JSON.stringify(seen);
};
</script>`

// seen is what the harness writes.
type seen struct {
	Scroll  int      `json:"scroll"`
	Title   string   `json:"title"`
	Results []string `json:"results"`
	Shown   bool     `json:"shown"`
	Color   string   `json:"color"`
	Small   int      `json:"small"`
	Closed  int      `json:"closed"`
}

var written = regexp.MustCompile(`<pre id="seen">(.*?)</pre>`)

// serve returns the address of a server with the site and the harness.
func serve(t *testing.T, all map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/harness", func(w http.ResponseWriter, r *http.Request) {
		var width int
		_, _ = fmt.Sscan(r.URL.Query().Get("width"), &width)
		fmt.Fprintf(w, harness, width, r.URL.Query().Get("page"), r.URL.Query().Get("search"))
	})
	dir := t.TempDir()
	for path, data := range all {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mux.Handle("/", http.FileServer(http.Dir(dir)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// chromium runs the browser without a window and returns what it prints.
func chromium(t *testing.T, args ...string) []byte {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	// Continuous integration runs as root, where the browser's own sandbox cannot start. The pages are our own.
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir=" + t.TempDir(), "--virtual-time-budget=5000"}, args...)
	out, err := exec.CommandContext(ctx, "chromium", args...).Output()
	if err != nil {
		t.Fatalf("chromium: %v: install the package chromium", err)
	}
	return out
}

// TestBrowser looks at every kind of page in a real browser at the width of a phone and of a desktop: nothing sticks out sideways, the style
// is loaded, search finds a policy, and printing opens what is folded.
func TestBrowser(t *testing.T) {
	all := pages(t, model(t, "../../policies", acmeException))
	address := serve(t, all)
	for _, page := range []string{"index.html", "policies.html", "exceptions.html", "controls.html", "audience-payments.html"} {
		for _, width := range []int{360, 1200} {
			t.Run(fmt.Sprint(page, " ", width), func(t *testing.T) {
				dom := chromium(t, "--dump-dom", fmt.Sprintf("%s/harness?page=%s&width=%d&search=mcp+approved", address, page, width))
				match := written.FindSubmatch(dom)
				if match == nil {
					t.Fatalf("the page did not load:\n%s", dom)
				}
				var s seen
				if err := json.Unmarshal([]byte(html.UnescapeString(string(match[1]))), &s); err != nil {
					t.Fatal(err)
				}
				if s.Scroll > width {
					t.Errorf("the page is %d pixels wide", s.Scroll)
				}
				if !s.Shown || len(s.Results) == 0 || s.Results[0] != "policies.html#approved-mcp-servers" {
					t.Errorf("search shows %v", s.Results)
				}
				if s.Closed != 0 || s.Small != 0 || s.Color == "rgb(0, 0, 0)" || !strings.Contains(s.Title, "Acme") {
					t.Errorf("got %+v", s)
				}
			})
		}
	}
}

// TestFromAFolder opens a page as a file: no server, and the search still works.
func TestFromAFolder(t *testing.T) {
	dir := t.TempDir()
	for path, data := range pages(t, model(t, "../../policies")) {
		data = strings.Replace(data, "</body>", `<script src="probe.js"></script></body>`, 1)
		if err := os.WriteFile(filepath.Join(dir, path), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	probe := `document.getElementById("search").value = "sandbox"; document.getElementById("search").dispatchEvent(new Event("input"));`
	if err := os.WriteFile(filepath.Join(dir, "probe.js"), []byte(probe), 0o644); err != nil {
		t.Fatal(err)
	}
	dom := string(chromium(t, "--dump-dom", "file://"+filepath.Join(dir, "index.html")))
	if !strings.Contains(dom, `<ul id="results"><li><a href="audience-`) {
		t.Errorf("search found nothing:\n%.2000s", dom)
	}
}

// TestPrint makes a PDF.
func TestPrint(t *testing.T) {
	address := serve(t, pages(t, model(t, "../../policies")))
	file := filepath.Join(t.TempDir(), "page.pdf")
	chromium(t, "--print-to-pdf="+file, address+"/audience-payments.html")
	data, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(data), "%PDF-") || strings.Count(string(data), "/Type /Page\n") < 2 {
		t.Errorf("%v: %d bytes, begins with %.8q, %d pages", err, len(data), data, strings.Count(string(data), "/Type /Page\n"))
	}
}
