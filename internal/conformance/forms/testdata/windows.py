"""windows.py OUT NODE_MODULES: reads back every form of the policy for Windows in a built tree, with parsers of others, and compares it with the
files beside it. It needs the folder conformance/readback in PYTHONPATH, and Samba's Python modules.

Prints what it read, and each artifact that is wrong. Exit 0 if none is, 1 otherwise.
"""
import base64
import collections
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

from samba.dcerpc import preg, security
from samba.ndr import ndr_pack, ndr_unpack

import expected
import strictjson

HERE = os.path.dirname(os.path.realpath(__file__))
KEY = r"SOFTWARE\Policies\ClaudeCode"
GPO = "{http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest}"
BACKUP = "{http://www.microsoft.com/GroupPolicy/GPOOperations}"
ADMX = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"


class Wrong(Exception):
    """An artifact is not what it has to be."""


def want(condition, text):
    if not condition:
        raise Wrong(text)


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    want(done.returncode == 0, f"{command[0]}: {done.stdout.strip()[:300]}")
    return done.stdout


def read(path):
    with open(path, "rb") as file:
        return file.read()


def settings(text, wanted):
    """Compares the text of a registry value with settings."""
    want(text.isascii() and text.isprintable(), "the value is not one line of ASCII")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        found = strictjson.difference(strictjson.load(file.name), wanted)
    want(not found, found)


class Machine:
    """What one audience's folder says of a machine."""

    def __init__(self, folder, revision):
        self.folder, self.revision = folder, revision
        self.settings = expected.expected(os.path.join(folder, "file"))
        want(self.settings is not None, "there is no file tree to compare with")

    def values(self, found):
        """Checks the values of the registry key, by name."""
        want(set(found) == {"Settings", "PolicyRevision"}, f"it sets {sorted(found)}")
        want(found["PolicyRevision"] == self.revision, f"the revision is {found['PolicyRevision']} and not {self.revision}")
        settings(found["Settings"], self.settings)


def policy_file(path, machine):
    """Registry.pol, by Samba; packing it again must give the same bytes, since unpacking forgives some."""
    data = read(path)
    try:
        parsed = ndr_unpack(preg.file, data)
    except RuntimeError as error:
        raise Wrong(f"Samba: {error}") from error
    want(parsed.header.signature == "PReg" and parsed.header.version == 1, "the header is wrong")
    want(ndr_pack(parsed) == data, "Samba writes it otherwise")
    for entry in parsed.entries:
        want(entry.keyname == KEY and entry.type == 1, f"it sets {entry.keyname} with type {entry.type}")
    want(len(parsed.entries) == 2, f"it has {len(parsed.entries)} records")
    machine.values({entry.valuename: str(entry.data) for entry in parsed.entries})


def backup(path, machine):
    """The backup of a policy object: the two indexes, the description, and Registry.pol."""
    run("xmllint", "--noout", "--nonet", os.path.join(path, "manifest.xml"))
    listed = ET.parse(os.path.join(path, "manifest.xml")).getroot().findall(GPO + "BackupInst")
    folders = [name for name in os.listdir(path) if name not in ("manifest.xml", "README.md")]
    want(len(listed) == 1 and folders == [listed[0].findtext(GPO + "ID")], f"manifest.xml does not list {folders}")
    inner = os.path.join(path, folders[0])
    for name in ("bkupInfo.xml", "Backup.xml"):
        run("xmllint", "--noout", "--nonet", os.path.join(inner, name))
    info = {child.tag: child.text for child in ET.parse(os.path.join(inner, "bkupInfo.xml")).getroot()}
    want(info == {child.tag: child.text for child in listed[0]}, "bkupInfo.xml and manifest.xml differ")
    want(machine.revision in info[GPO + "Comment"], "the comment does not tell the revision")
    scheme = ET.parse(os.path.join(inner, "Backup.xml")).getroot()
    core = scheme.find(f"{BACKUP}GroupPolicyObject/{BACKUP}GroupPolicyCoreSettings")
    want(core.findtext(BACKUP + "ID") == info[GPO + "GPOGuid"], "Backup.xml is of another object")
    descriptor = bytes.fromhex(core.findtext(BACKUP + "SecurityDescriptor"))
    parsed = ndr_unpack(security.descriptor, descriptor)
    trustees = {str(ace.trustee) for ace in parsed.dacl.aces}
    want(ndr_pack(parsed) == descriptor and "S-1-5-11" in trustees, f"the security descriptor is for {trustees}")
    file = scheme.find(f".//{BACKUP}FSObjectFile").get(BACKUP + "Location").replace("\\", "/")
    policy_file(os.path.join(inner, file), machine)


def lgpo(path, machine):
    """LGPO text: four lines for each value."""
    text = read(path).decode("ascii")
    want("\n" not in text.replace("\r\n", ""), "a line does not end with CRLF")
    lines = [line for line in text.split("\r\n") if line and not line.startswith(";")]
    found = {}
    while lines:
        hive, key, name, data, *lines = lines
        want((hive, key, data[:3]) == ("Computer", KEY, "SZ:"), f"it sets {hive} {key} {data[:3]}")
        found[name] = data[3:]
    machine.values(found)


def script(path, machine):
    """The payload of a script; ps1.mjs looks at its language."""
    text = read(path).decode("ascii")
    payload = re.findall(r"FromBase64String\('([^']*)'\)", text)
    want(len(payload) == 1, f"it has {len(payload)} payloads")
    settings(base64.b64decode(payload[0], validate=True).decode("utf-8"), machine.settings)
    want(f"'PolicyRevision', '{machine.revision}'" in text, "it does not set the revision")


def detection(path, machine):
    """The script that looks for a policy must look for the one that the other script of the pair brings."""
    text = read(path).decode("ascii")
    repair = read(os.path.join(machine.folder, "intune-remediation", "Repair-ClaudeCodePolicy.ps1")).decode("ascii")
    payload = base64.b64decode(re.search(r"FromBase64String\('([^']*)'\)", repair)[1])
    want(f"'{hashlib.sha256(payload).hexdigest()}'" in text, "it wants another digest than that of the repair")
    want(f"$revision = '{machine.revision}'" in text, "it wants another revision")


def package(path, machine):
    """The source of a package: wixl builds it, and msiextract finds the file tree in it."""
    want(machine.revision in read(path).decode("utf-8"), "the description does not tell the revision")
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(os.path.join(machine.folder, "file"), os.path.join(work, "file"))
        shutil.copy(path, work)
        run("xmllint", "--noout", "--nonet", os.path.basename(path), cwd=work)
        run("wixl", "-a", "x64", "-D", "Version=1.0.7", "-o", "p.msi", os.path.basename(path), cwd=work)
        run("msiextract", "-C", "unpacked", "p.msi", cwd=work)
        unpacked = {name: data for name, data in files(os.path.join(work, "unpacked"))}
        wanted = {f"ClaudeCode/{name}": data for name, data in files(os.path.join(work, "file"))}
        want(unpacked == wanted, f"the package has {sorted(unpacked)}")
        folders = [line.split("\t")[:2] for line in run("msiinfo", "export", "p.msi", "Directory", cwd=work).splitlines()]
        want(["INSTALLDIR", "ProgramFiles64Folder"] in folders, f"the package is for {folders}")


def files(folder):
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            yield os.path.relpath(path, folder), read(path)


def templates(folder, machines):
    """The .admx and .adml files, and the values of OMA-URIs; machines are by audience."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".admx"):
            admx, adml = os.path.join(folder, name), os.path.join(folder, "en-US", name[:-4] + "adml")
            for path in (admx, adml):
                run("xmllint", "--noout", "--nonet", "--relaxng", os.path.join(HERE, "admx.rng"), path)
                want(os.path.getsize(path) <= 1_000_000, f"{path} is larger than Intune takes")
            for policy, values in template(ET.parse(admx).getroot(), ET.parse(adml).getroot()).items():
                want(policy not in found, f"{policy} comes twice")
                found[policy] = values
    listed = dict(re.findall(r"(?m)^(\S+): the content of oma-uri/\1\.txt\n\S+/(\w+)$", read(os.path.join(folder, "oma-uri.txt")).decode("ascii")))
    want(listed.keys() == machines.keys(), f"oma-uri.txt lists {sorted(listed)}")
    want(set(listed.values()) == found.keys(), f"the templates have {sorted(found)}")
    for audience, machine in machines.items():
        machine.values(found[listed[audience]])
        data = ET.fromstring("<all>" + read(os.path.join(folder, "oma-uri", audience + ".txt")).decode("ascii") + "</all>")
        want([child.tag for child in data] == ["enabled", "data", "data"], f"oma-uri/{audience}.txt does not enable the policy")
        values = {child.get("id"): child.get("value") for child in data.findall("data")}
        machine.values({"Settings": values["SettingsJson"], "PolicyRevision": values["Revision"]})


def template(admx, adml):
    """Returns the values that each policy sets if it is enabled with what its boxes hold. Every reference must have its aim."""
    strings = {f"$(string.{one.get('id')})": one.text for one in adml.iter(ADMX + "string")}
    boxes = {f"$(presentation.{one.get('id')})": one for one in adml.iter(ADMX + "presentation")}
    named = {one.get("name") for tag in ("definition", "category") for one in admx.iter(ADMX + tag)}
    for element in admx.iter():
        for name in ("displayName", "explainText"):
            want(element.get(name) is None or strings.get(element.get(name)), f"{element.get(name)} has no text")
        want(element.get("ref") is None or element.get("ref") in named, f"{element.get('ref')} is not defined")
    want(adml.get("revision") == admx.find(ADMX + "resources").get("minRequiredRevision"), "the revisions differ")
    found = {}
    for policy in admx.iter(ADMX + "policy"):
        want(policy.get("key") == KEY, f"it sets {policy.get('key')}")
        defaults = {box.get("refId"): box.findtext(ADMX + "defaultValue") for box in boxes[policy.get("presentation")]}
        values = {}
        for text in policy.iter(ADMX + "text"):
            values[text.get("valueName")] = defaults.pop(text.get("id"))
            want(len(values[text.get("valueName")]) <= int(text.get("maxLength")), "a text is longer than its box")
        want(not defaults, f"the boxes {sorted(defaults)} have no element")
        found[policy.get("name")] = values
    return found


def main():
    out, modules = sys.argv[1:]
    manifest = strictjson.load(os.path.join(out, "manifest.json"))
    checks = {"Registry.pol": policy_file, "gpo": backup, "LGPO.txt": lgpo, "Set-ClaudeCodePolicy.ps1": script, "intune-remediation/Repair-ClaudeCodePolicy.ps1": script,
              "intune-remediation/Detect-ClaudeCodePolicy.ps1": detection, "ClaudeCodePolicy.wxs": package}
    count, scripts, machines, wrong = collections.Counter(), [], {}, 0

    def check(name, path, function, *arguments):
        count[name] += 1
        try:
            function(path, *arguments)
            return 0
        except (Wrong, ValueError, KeyError, AttributeError, OSError, RuntimeError, ET.ParseError) as error:
            print(f"wrong: {path}: {type(error).__name__}: {error}")
            return 1

    for audience in manifest["audiences"]:
        folder = os.path.join(out, audience["folder"], "windows")
        if not os.path.isdir(folder):
            continue
        machines[audience["folder"]] = machine = Machine(folder, audience["revision"])
        for name, function in checks.items():
            path = os.path.join(folder, name)
            if os.path.exists(path):
                wrong += check(name, path, function, machine)
                scripts += [path] if path.endswith(".ps1") else []
    if scripts:
        wrong += check("grammar", f"{len(scripts)} scripts", lambda _: run("node", "--liftoff-only", os.path.join(HERE, "ps1.mjs"), modules, *scripts))
    if os.path.isdir(os.path.join(out, "admx")):
        wrong += check("admx", os.path.join(out, "admx"), templates, machines)
    for name, number in sorted(count.items()):
        print(f"read: {name} {number}")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
