"""samples.py FOLDER writes good and broken artifacts, and cases.tsv with what the checks must say: status, check, file, expected file.

The good ones are made by other means than policygen (plistlib, and a .reg file by hand), so the checks are tested without it.
"""
import json
import os
import plistlib
import sys

SETTINGS = {
    "permissions": {"deny": ["Bash(curl *)", 'say "a\\b" %PATH% $HOME'], "ask": []},
    "cleanupPeriodDays": 30,
    "ratio": 1.5,
    "disable": True,
    "companyAnnouncements": ["Gr\u00fc\u00dfe \U0001f600 ]]> <b> & c"],
    "env": {},
    "claudeMd": "# One\n\ntwo\n",
}
HEAD = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode]\r\n"


def quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')


def utf16(text):
    return b"\xff\xfe" + text.encode("utf-16-le")


def registry():
    """Yields (status, name, bytes) of .reg files."""
    text = json.dumps(SETTINGS)
    good = HEAD + f'"Settings"="{quoted(text)}"\r\n\r\n'
    wide = quoted(json.dumps(SETTINGS, ensure_ascii=False))
    expand = (text + "\0").encode("utf-16-le").hex(",")
    yield 0, "good", utf16(good)
    yield 1, "utf-8", good.encode()
    yield 1, "no-mark", utf16(good)[2:]
    yield 1, "lf", utf16(good.replace("\r\n", "\n"))
    yield 1, "no-header", utf16(good[good.index("["):])
    yield 1, "regedit4", utf16(good.replace("Windows Registry Editor Version 5.00", "REGEDIT4"))
    yield 1, "user-key", utf16(good.replace("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"))
    yield 1, "other-key", utf16(good.replace("ClaudeCode]", "ClaudeCod]"))
    yield 1, "second-key", utf16(good + "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Other]\r\n")
    yield 1, "second-value", utf16(good + '"Other"="x"\r\n')
    yield 1, "other-value", utf16(good.replace('"Settings"=', '"Setting"='))
    yield 1, "expand", utf16(HEAD + f'"Settings"=hex(2):{expand}\r\n\r\n')
    yield 1, "deleted", utf16(HEAD + '"Settings"=-\r\n\r\n')
    yield 1, "unescaped", utf16(HEAD + f'"Settings"="{text}"\r\n\r\n')
    yield 1, "line-break", utf16(HEAD + f'"Settings"="{quoted(json.dumps(SETTINGS, indent=1))}"\r\n\r\n'.replace("\n", "\r\n"))
    yield 1, "not-ascii", utf16(HEAD + f'"Settings"="{wide}"\r\n\r\n')
    yield 1, "cut", utf16(good)[:-60]
    yield 1, "not-json", utf16(good.replace("true", "True"))
    yield 1, "as-number", utf16(good.replace("true", "1"))
    yield 1, "as-real", utf16(good.replace(": 30,", ": 30.0,"))
    yield 1, "key-twice", utf16(good.replace('{', '{\\"disable\\": true, ', 1))
    yield 1, "entry-lost", utf16(good.replace('\\"Bash(curl *)\\", ', ""))
    yield 1, "empty-list-lost", utf16(good.replace(', \\"ask\\": []', ""))


def preferences():
    """Yields (status, name, bytes) of preference files, and of broken profiles where the settings are broken alike."""
    good = plistlib.dumps(SETTINGS)

    def swap(old, new):
        assert old in good, old
        return good.replace(old, new, 1)

    yield 0, "good", good
    yield 1, "binary", plistlib.dumps(SETTINGS, fmt=plistlib.FMT_BINARY)
    yield 1, "byte-order-mark", b"\xef\xbb\xbf" + good
    yield 1, "fragment", good[good.index(b"<dict>"):good.rindex(b"</plist>")]
    yield 1, "cut", good[:-20]
    yield 1, "null", swap(b"<true/>", b"<null/>")
    yield 1, "as-text", swap(b"<true/>", b"<string>true</string>")
    yield 1, "as-number", swap(b"<true/>", b"<integer>1</integer>")
    yield 1, "as-real", swap(b"<integer>30</integer>", b"<real>30.0</real>")
    yield 1, "date", swap(b"<true/>", b"<date>2026-01-01T00:00:00Z</date>")
    yield 1, "data", swap(b"<true/>", b"<data>AAAA</data>")
    yield 1, "key-twice", swap(b"<key>disable</key>", b"<key>disable</key>\n<false/>\n<key>disable</key>")
    yield 1, "value-lost", swap(b"<true/>", b"")
    yield 1, "entry-lost", swap(b"<string>Bash(curl *)</string>", b"")
    yield 1, "empty-list-lost", swap(b"<key>ask</key>\n\t\t<array/>", b"")
    yield 1, "empty-dict-lost", swap(b"<key>env</key>\n\t<dict/>", b"")
    yield 1, "control-character", swap(b"Bash(curl", b"Bash(\x0bcurl")
    yield 1, "raw-ampersand", swap(b"&amp;", b"&")
    yield 1, "expanded", swap(b"$HOME", b"/root")
    yield 1, "list", plistlib.dumps([SETTINGS])
    yield 1, "too-large", plistlib.dumps({**SETTINGS, "claudeMd": "x" * 1000001})


def profile():
    return {
        "PayloadType": "Configuration", "PayloadVersion": 1, "PayloadScope": "System", "PayloadIdentifier": "a.b", "PayloadDisplayName": "x",
        "PayloadUUID": "11111111-2222-5333-8444-555555555555",
        "PayloadContent": [{
            "PayloadType": "com.apple.ManagedClient.preferences", "PayloadVersion": 1, "PayloadIdentifier": "a.b.c", "PayloadDisplayName": "x",
            "PayloadUUID": "AAAAAAAA-2222-5333-8444-555555555555",
            "PayloadContent": {"com.anthropic.claudecode": {"Forced": [{"mcx_preference_settings": SETTINGS}]}},
        }],
    }


def profiles():
    """Yields (status, name, bytes) of configuration profiles."""

    def changed(change):
        made = profile()
        payload = made["PayloadContent"][0]
        change(made, payload, payload["PayloadContent"]["com.anthropic.claudecode"])
        return plistlib.dumps(made)

    yield 0, "good", plistlib.dumps(profile())
    yield 1, "bare", plistlib.dumps(SETTINGS)
    yield 1, "user-scope", changed(lambda outer, inner, domain: outer.update(PayloadScope="User"))
    yield 1, "no-scope", changed(lambda outer, inner, domain: outer.pop("PayloadScope"))
    yield 1, "lower-case-uuid", changed(lambda outer, inner, domain: inner.update(PayloadUUID=inner["PayloadUUID"].lower()))
    yield 1, "same-uuid", changed(lambda outer, inner, domain: inner.update(PayloadUUID=outer["PayloadUUID"]))
    yield 1, "same-identifier", changed(lambda outer, inner, domain: inner.update(PayloadIdentifier=outer["PayloadIdentifier"]))
    yield 1, "version-text", changed(lambda outer, inner, domain: outer.update(PayloadVersion="1"))
    yield 1, "version-true", changed(lambda outer, inner, domain: outer.update(PayloadVersion=True))
    yield 1, "no-identifier", changed(lambda outer, inner, domain: outer.pop("PayloadIdentifier"))
    yield 1, "no-payload", changed(lambda outer, inner, domain: outer.update(PayloadContent=[]))
    yield 1, "two-payloads", changed(lambda outer, inner, domain: outer["PayloadContent"].append(dict(inner)))
    yield 1, "other-type", changed(lambda outer, inner, domain: inner.update(PayloadType="com.anthropic.claudecode"))
    yield 1, "second-domain", changed(lambda outer, inner, domain: inner["PayloadContent"].update({"com.example": {}}))
    yield 1, "set-once", changed(lambda outer, inner, domain: domain.update({"Set-Once": domain.pop("Forced")}))
    yield 1, "other-settings", changed(lambda outer, inner, domain: domain["Forced"][0]["mcx_preference_settings"].update(ratio=2.5))


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def tree(folder):
    """Writes a built tree that agrees with itself."""
    rest = {key: value for key, value in SETTINGS.items() if key != "claudeMd"}
    write(f"{folder}/manifest.json", b"{}")
    for platform in ("macos", "windows"):
        write(f"{folder}/web/{platform}/file/managed-settings.json", json.dumps(rest).encode())
        write(f"{folder}/web/{platform}/file/CLAUDE.md", SETTINGS["claudeMd"].encode())
    write(f"{folder}/web/macos/web.mobileconfig", plistlib.dumps(profile()))
    write(f"{folder}/web/macos/com.anthropic.claudecode.plist", plistlib.dumps(SETTINGS))
    write(f"{folder}/web/windows/ClaudeCode.reg", next(registry())[2])


def main():
    folder = sys.argv[1]
    before = json.dumps(SETTINGS)
    write(f"{folder}/expected.json", before.encode())
    cases = []
    for kind, samples in (("reg", registry), ("plist", preferences), ("mobileconfig", profiles)):
        for status, name, data in list(samples()):
            write(f"{folder}/{kind}/{name}.{kind}", data)
            cases.append(f"{status}\tcheck-{kind}.sh\t{kind}/{name}.{kind}\texpected.json\n")
            SETTINGS.update(json.loads(before))
    write(f"{folder}/cases.tsv", "".join(cases).encode())
    tree(f"{folder}/out")


if __name__ == "__main__":
    main()
