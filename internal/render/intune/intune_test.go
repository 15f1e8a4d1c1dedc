package intune_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	readadmx "github.com/policygen/policygen/internal/readback/admx"
	readprofile "github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/intune"
	"github.com/policygen/policygen/internal/render/mobileconfig"
	"github.com/policygen/policygen/internal/render/remediation"
	"github.com/policygen/policygen/internal/value"
)

func gather(t *testing.T, bundles ...*ir.Bundle) (map[string][]byte, error) {
	t.Helper()
	g := intune.New(console.Sources{Profile: mobileconfig.New(), Templates: admx.New()}, remediation.New()).Gather()
	if err := g.Add(bundles); err != nil {
		return nil, err
	}
	files, err := g.Files()
	found := map[string][]byte{}
	for _, f := range files {
		found[f.Path] = f.Data
	}
	return found, err
}

// body decodes a request.
func body(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&m); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return m
}

func decoded(t *testing.T, text any) []byte {
	t.Helper()
	s, _ := text.(string)
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(data) == 0 {
		t.Fatalf("%v: %v", text, err)
	}
	return data
}

// TestRequests reads the settings back out of every request, for texts that break things too.
func TestRequests(t *testing.T) {
	mac, windows := rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.Windows)
	nasty, nastyToo := rendertest.Settings(rendertest.NastyDocument(), ir.MacOS), rendertest.Settings(rendertest.NastyDocument(), ir.Windows)
	for _, bundles := range [][]*ir.Bundle{{mac, windows}, {nasty, nastyToo}} {
		files, err := gather(t, bundles...)
		if err != nil || len(files) != 4 {
			t.Fatalf("got %d files, %v", len(files), err)
		}
		folder, want := "intune/"+bundles[0].Audience.Folder()+"/", bundles[0].Profile.Node
		profile := body(t, files[folder+"macos.json"])
		p, err := readprofile.Read(decoded(t, profile["payload"]))
		if err != nil || !value.Equal(p.Settings, want) {
			t.Errorf("macos.json: %v", err)
		}
		if profile["@odata.type"] != "#microsoft.graph.macOSCustomConfiguration" || profile["deploymentChannel"] != "deviceChannel" || profile["payloadFileName"] == "" {
			t.Errorf("macos.json has %v %v", profile["@odata.type"], profile["deploymentChannel"])
		}
		settings := body(t, files[folder+"windows.json"])["omaSettings"].([]any)
		last := settings[1].(map[string]any)
		set, err := readadmx.Data([]byte(last["value"].(string)))
		if len(settings) != 2 || err != nil || !value.Equal(set.Settings, want) {
			t.Errorf("windows.json: %d settings, %v", len(settings), err)
		}
		if first := settings[0].(map[string]any); !strings.Contains(first["omaUri"].(string), "/ADMXInstall/") || !strings.Contains(first["value"].(string), "<policyDefinitions") {
			t.Errorf("the first setting is no template: %v", first["omaUri"])
		}
		scripts := body(t, files[folder+"windows-remediation.json"])
		n, err := powershell.Read(decoded(t, scripts["remediationScriptContent"]))
		if err != nil || !value.Equal(n, want) || scripts["runAsAccount"] != "system" || scripts["runAs32Bit"] != false {
			t.Errorf("windows-remediation.json: %v", err)
		}
		decoded(t, scripts["detectionScriptContent"])
	}
}

func TestNothing(t *testing.T) {
	if files, err := gather(t, rendertest.Bundle(t, ir.Linux), &ir.Bundle{Platform: ir.MacOS}, &ir.Bundle{Platform: ir.Windows}); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestLimit(t *testing.T) {
	pos := diag.Pos{File: "f"}
	large := value.Object(pos, value.Member{Key: "claudeMd", Value: value.Text(strings.Repeat("x", 1_000_000), pos)})
	_, err := gather(t, rendertest.Settings(large, ir.MacOS))
	var limit *render.LimitError
	if !errors.As(err, &limit) || limit.Artifact != "default.mobileconfig" || limit.Limit != 1_000_000 {
		t.Errorf("got %v", err)
	}
}
