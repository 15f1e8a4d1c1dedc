"""everywhere.py RELEASE EXPECTED [artifacts]: reads every target of an unpacked release with parsers of others, and compares what it holds with what was
written: EXPECTED is JSON with the settings, a text of the guidance, the servers, and scripts in base64, none of which policygen has touched.

With a third argument the packages and forms for Linux are left out. The forms for Windows alone are windows.py's. Prints how many artifacts of each target were read, and each that is wrong. Exit 0 if none is, 1
otherwise.
"""
import base64
import collections
import hashlib
import json
import os
import plistlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import yaml

import expected
import plistvalue
import strictjson

CHECK_REG = os.path.join(os.path.dirname(os.path.realpath(strictjson.__file__)), "check-reg.sh")


class Wrong(Exception):
    """An artifact is not what it has to be."""


def want(condition, text):
    if not condition:
        raise Wrong(text)


def same(got, wanted):
    found = strictjson.difference(got, wanted)
    want(not found, found)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)
    want(done.returncode == 0, f"{command[0]}: {done.stdout.decode('utf-8', 'replace')[-300:]}")
    return done.stdout


def files(folder):
    """The files below a folder: data by slash-separated path."""
    return {os.path.relpath(os.path.join(at, name), folder): read(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names}


class Release:
    """What was released, and what it was made from."""

    def __init__(self, folder, written):
        self.folder, self.written = folder, written
        self.artifacts = os.path.join(folder, "artifacts")
        self.manifest = strictjson.load(os.path.join(self.artifacts, "manifest.json"))
        self.audiences = [one["folder"] for one in self.manifest["audiences"]]

    def tree(self, audience, platform):
        return os.path.join(self.artifacts, audience, platform, "file")

    def profile(self, audience, platform="macos"):
        """What a form without files holds: the settings, and the guidance as one of them."""
        found = expected.expected(self.tree(audience, platform))
        self.same({key: value for key, value in found.items() if key != "claudeMd"})
        return found

    def same(self, got):
        """Compares settings with what was written, which says of hooks only which script they run."""
        same({key: value for key, value in got.items() if key != "hooks"}, self.written["settings"])


def settings(release, path, _):
    if os.path.basename(path) == "managed-settings.json":
        release.same(strictjson.load(path))


def fragments(release, path, _):
    """Each fragment once, merged as the client merges; one fragment holds all of it here."""
    folder = os.path.dirname(path)
    if os.path.basename(folder) == "managed-settings.d":
        want(os.listdir(folder) == [os.path.basename(path)], "more than one fragment")
        release.same(strictjson.load(path))


def guidance(release, path, _):
    want(release.written["guidance"] in read(path).decode("utf-8"), "the text is not in it")


def servers(release, path, _):
    same(strictjson.load(path), {"mcpServers": release.written["servers"]})


def scripts(release, path, _):
    want(read(path) == base64.b64decode(release.written["script"]), "the script has other bytes")


def preferences(release, path, artifact):
    same(plistlib.loads(read(path)), release.profile(artifact["group"]))


def fragment(release, path, artifact):
    head = b'<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>'
    same(plistlib.loads(head + read(path) + b"</dict></plist>"), release.profile(artifact["group"]))


def profile(release, path, artifact):
    same(plistvalue.forced(plistlib.loads(read(path))), release.profile(artifact["group"]))


def agent(release, path, _):
    bundle = strictjson.load(path)
    want([one["message"] for one in bundle["policies"]] == [release.written["message"]], "it has another message")


def registry(release, path, artifact):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as wanted:
        json.dump(release.profile(artifact["group"], "windows"), wanted)
        wanted.flush()
        run("bash", CHECK_REG, path, wanted.name)


def install_script(release, path, artifact):
    """Runs it as root of nothing: in a folder of its own instead of /Library."""
    with tempfile.TemporaryDirectory() as work:
        text = read(path).decode("utf-8")
        moved = text.replace('dir="/Library/Application Support/ClaudeCode"', f'dir="{work}/a b"')
        want(moved != text, "it names no folder")
        run("sh", "-s", input=moved.encode("utf-8"))
        got = files(os.path.join(work, "a b"))
        stamps = {name: got.pop(name) for name in (".policygen-revision", ".policygen-files")}
        tree = files(release.tree(artifact["group"], "macos"))
        if os.path.basename(path) == "install-companions.sh":
            tree = {name: data for name, data in tree.items() if name not in ("managed-settings.json", "CLAUDE.md")}
        want(got == tree, f"it installs {sorted(got)}")
        want(re.fullmatch(rb"[0-9a-f]{16}\n", stamps[".policygen-revision"]), "it tells no revision")


def server_managed(release, path, _):
    same(strictjson.load(path), release.profile("default", "linux"))


def gateway(release, path, _):
    """Replaces variables as the gateway does, in strings and not in keys."""
    if not path.endswith(".yaml"):
        return

    def replaced(value):
        if isinstance(value, dict):
            return {key: replaced(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [replaced(entry) for entry in value]
        return re.sub(r"\$\{(\w+)\}", lambda name: {"POLICYGEN_DOLLAR": "$"}[name[1]], value) if isinstance(value, str) else value

    entries = replaced(yaml.safe_load(read(path)))["managed"]["policies"]
    want([entry["match"] for entry in entries] == [{"groups": ["web-eng"]}, {"email_domain": "acme.example"}], "it matches others")
    for entry, audience in zip(entries, ("web", "default")):
        same(entry["cli"], release.profile(audience, "linux"))


def enabled(text, release, audience):
    """The value that enables the policy of a template."""
    data = ET.fromstring("<all>" + text + "</all>")
    values = {child.get("id"): child.get("value") for child in data.findall("data")}
    want([child.tag for child in data] == ["enabled", "data", "data"], "it does not enable the policy")
    same(json.loads(values["SettingsJson"]), release.profile(audience, "windows"))


def intune(release, path, _):
    if not path.endswith(".json"):
        return
    request, audience = strictjson.load(path), os.path.basename(os.path.dirname(path))
    here = os.path.join(release.artifacts, audience)
    if os.path.basename(path) == "macos.json":
        same(plistvalue.forced(plistlib.loads(base64.b64decode(request["payload"], validate=True))), release.profile(audience))
    elif os.path.basename(path) == "windows.json":
        enabled(request["omaSettings"][1]["value"], release, audience)
        ET.fromstring(request["omaSettings"][0]["value"].encode("utf-8"))
    else:
        for field, name in (("detectionScriptContent", "Detect"), ("remediationScriptContent", "Repair")):
            script = read(os.path.join(here, "windows", "intune-remediation", name + "-ClaudeCodePolicy.ps1"))
            want(base64.b64decode(request[field], validate=True) == script, f"{field} is another script")


def terraform(_, path, __):
    for name in re.findall(r'file\("\$\{path\.module\}/([^"]*)"\)', read(path).decode("utf-8")):
        want(os.path.isfile(os.path.join(os.path.dirname(path), name)), f"it reads {name}, which is not there")


def iru(release, path, _):
    if path.endswith(".json"):
        for request in strictjson.load(path)["requests"]:
            same(plistvalue.forced(plistlib.loads(read(os.path.join(os.path.dirname(path), request["file"])))), release.profile(request["audience"]))


def fleet(release, path, _):
    """Fleet replaces $NAME everywhere in a profile, so none may hold a dollar sign."""
    name, audience = os.path.basename(os.path.dirname(path)), os.path.splitext(os.path.basename(path))[0]
    if name == "macos":
        want(b"$" not in read(path), "a dollar sign, which Fleet would take for a variable")
        same(plistvalue.forced(plistlib.loads(read(path))), release.profile(audience))
    elif name == "windows":
        want(b"$" not in read(path), "a dollar sign, which Fleet would take for a variable")
        items = ET.fromstring(b"<all>" + read(path) + b"</all>").findall("Replace/Item")
        ET.fromstring(items[0].findtext("Data").encode("utf-8"))
        enabled(items[1].findtext("Data"), release, audience)
    elif path.endswith(".yml"):
        controls = yaml.safe_load(read(path))["controls"]
        listed = [one["path"] for kind in ("apple_settings", "windows_settings") for one in controls[kind]["configuration_profiles"]]
        want(sorted(listed) == sorted(f"./{kind}/{one}" for kind in ("macos", "windows") for one in os.listdir(os.path.join(os.path.dirname(path), kind))), "other profiles")


def compliance(release, path, _):
    if path.endswith(".sql"):
        for audience in release.audiences:
            digest = hashlib.sha256(read(os.path.join(release.tree(audience, "linux"), "CLAUDE.md"))).hexdigest()
            want(digest in read(path).decode("utf-8"), f"it does not know the guidance of {audience}")


TARGETS = {
    "managed-settings": settings, "dropins": fragments, "claude-md": guidance, "managed-mcp": servers, "hooks": scripts, "plist": preferences,
    "preference-file": fragment, "mobileconfig": profile, "agent": agent, "reg": registry, "install-script": install_script, "server-managed": server_managed,
    "gateway": gateway, "intune": intune, "terraform": terraform, "iru": iru, "fleet": fleet, "compliance": compliance,
}


def linux_forms(release, audience, check):
    """What a release has beside the artifacts, each brought into a root of its own."""
    folder, tree = os.path.join(release.folder, "linux", audience), files(release.tree(audience, "linux"))
    packages = os.path.join(release.folder, "packages")

    revision = next(one["revision"] for one in release.manifest["audiences"] if one["folder"] == audience) + "\n"
    stamped = {**tree, ".policygen-revision": revision.encode("ascii")}

    def brings(got, wanted=None):
        want(got == (wanted or stamped), f"it brings {sorted(got)}")

    def by(command, wanted=None):
        with tempfile.TemporaryDirectory() as work:
            command(work)
            brings(files(os.path.join(work, "etc", "claude-code")), wanted)

    def package(suffix, command):
        names = [name for name in os.listdir(packages) if re.match(f"claude-code-policy-{audience}[_-][0-9].*{suffix}$", name)]
        want(len(names) == 1, f"the packages are {names}")
        by(lambda work: run("sh", "-c", command, os.path.join(packages, names[0]), cwd=work), tree)

    def cloud_init():
        entries = yaml.safe_load(read(os.path.join(folder, "user-data.yaml")))["write_files"]
        brings({os.path.relpath(one["path"], "/etc/claude-code"): base64.b64decode(one["content"], validate=True) for one in entries})

    def nixos():
        said = run("nix-instantiate", "--eval", "--strict", "--json", "-E",
                   "builtins.mapAttrs (name: file: builtins.readFile file.source) (import ./claude-code-policy.nix {}).environment.etc", cwd=folder, env={**os.environ, "NIX_REMOTE": "dummy://"})
        brings({os.path.relpath(name, "claude-code"): text.encode("utf-8") for name, text in json.loads(said[said.index(b"{"):]).items()})

    def image():
        copied = dict(re.findall(r"(?m)^COPY --chown=0:0 --chmod=0\d{3} (\S+) /etc/claude-code/(\S+)$", read(os.path.join(folder, "Dockerfile")).decode("ascii")))
        brings({to: read(os.path.join(folder, source)) for source, to in copied.items()})

    def playbook(work):
        os.mkdir(os.path.join(work, "etc"))
        run("ansible-playbook", "-i", "localhost,", "-c", "local", "-e", "ansible_become=false", "-e", f"claude_code_root={work}", "ansible.yml", cwd=folder,
            env={**os.environ, "ANSIBLE_HOME": os.path.join(work, "home"), "LC_ALL": "C.UTF-8"})

    check("deb", lambda: package(".deb", 'dpkg-deb -x "$0" .'))
    check("rpm", lambda: package(".rpm", 'rpm2cpio "$0" | cpio --extract --make-directories --quiet --no-absolute-filenames'))
    check("ansible", lambda: by(playbook))
    check("cloud-init", cloud_init)
    check("nix", nixos)
    check("image", image)
    check("development container", lambda: by(lambda work: run("sh", "install.sh", cwd=folder, env={**os.environ, "CLAUDE_CODE_ROOT": work})))


def main():
    release = Release(sys.argv[1], strictjson.load(sys.argv[2]))
    count, wrong = collections.Counter(), []

    def check(target, path, function):
        count[target] += 1
        try:
            function()
        except (Wrong, plistvalue.Wrong, ValueError, KeyError, IndexError, AttributeError, OSError, TypeError, ET.ParseError, yaml.YAMLError) as error:
            wrong.append(f"wrong: {target}: {path}: {type(error).__name__}: {error}")

    for artifact in release.manifest["artifacts"]:
        function, path = TARGETS.get(artifact["target"]), os.path.join(release.artifacts, artifact["path"])
        if function and not path.endswith("README.md"):
            check(artifact["target"], artifact["path"], lambda: function(release, path, artifact))
    for audience in release.audiences if not sys.argv[3:] else []:
        linux_forms(release, audience, lambda target, function: check(target, audience, function))
    print("\n".join(wrong + [""] + [f"read: {target} {number}" for target, number in sorted(count.items())]))
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
