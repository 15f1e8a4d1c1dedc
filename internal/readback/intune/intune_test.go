package intune_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/readback/intune"
)

const (
	mac     = `{"@odata.type":"#microsoft.graph.macOSCustomConfiguration","displayName":"T","description":"D","deploymentChannel":"deviceChannel","payload":"eA=="}`
	windows = `{"@odata.type":"#microsoft.graph.windows10CustomConfiguration","displayName":"T","omaSettings":[{"@odata.type":"#microsoft.graph.omaSettingString","displayName":"S","omaUri":"./U","value":"V"}]}`
	script  = `{"@odata.type":"#microsoft.graph.deviceHealthScript","displayName":"T","runAsAccount":"system","detectionScriptContent":"eA==","remediationScriptContent":"eQ=="}`
)

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		mac:     `{"Type":"macOSCustomConfiguration","Title":"T","Description":"D","Profile":"eA==","Settings":null,"Detect":null,"Repair":null}`,
		windows: `{"Type":"windows10CustomConfiguration","Title":"T","Description":"","Profile":null,"Settings":[{"URI":"./U","Value":"V"}],"Detect":null,"Repair":null}`,
		script:  `{"Type":"deviceHealthScript","Title":"T","Description":"","Profile":null,"Settings":null,"Detect":"eA==","Repair":"eQ=="}`,
	} {
		got, err := intune.Read([]byte(text))
		if encoded, _ := json.Marshal(got); err != nil || string(encoded) != want {
			t.Errorf("%v\n%s", err, encoded)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ text, old, instead, want string }{
		{mac, "{", "x", "invalid character"},
		{mac, `"eA=="`, `"?"`, "a content is not base64"},
		{mac, `"displayName"`, `"extra":1,"displayName"`, `unknown field "extra"`},
		{mac, "deviceChannel", "userChannel", "is no request"},
		{mac, "#microsoft.graph.", "", "is no request"},
		{mac, `"T"`, `""`, "is no request"},
		{windows, "omaSettingString", "omaSettingInteger", "the setting ./U is a #microsoft.graph.omaSettingInteger"},
		{windows, `[{"@odata.type":"#microsoft.graph.omaSettingString","displayName":"S","omaUri":"./U","value":"V"}]`, "[]", "is no request"},
		{script, "system", "user", "is no request"},
		{script, `"runAsAccount"`, `"runAs32Bit":true,"runAsAccount"`, "is no request"},
	} {
		got, err := intune.Read([]byte(strings.Replace(test.text, test.old, test.instead, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.instead, got, err)
		}
	}
}
