"""plistvalue.py preferences|profile XML BINARY EXPECTED exits 0 if Python's plistlib finds the expected settings in both files.

XML is the artifact, BINARY what libplist made of it, so two parsers must agree. Repeated keys, which both pass over, are looked for in
the XML itself.
"""
import datetime
import plistlib
import re
import sys
import xml.etree.ElementTree

import strictjson

DOMAIN = "com.anthropic.claudecode"
MANAGED = "com.apple.ManagedClient.preferences"
UUID = re.compile("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


class Wrong(Exception):
    """Something about the artifact."""


def demand(condition, text):
    if not condition:
        raise Wrong(text)


def check_keys(element):
    keys = [child.text or "" for child in element if child.tag == "key"]
    for key in keys:
        demand(keys.count(key) == 1, f"key {key!r} is there {keys.count(key)} times in one dict")
    for child in element:
        check_keys(child)


def check_values(value, at):
    demand(not isinstance(value, (bytes, datetime.datetime, plistlib.UID)), f"{at}: {type(value).__name__} has no JSON form")
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        check_values(entry, f"{at}.{key}")


def check_payload(payload, kind, what):
    demand(payload.get("PayloadType") == kind, f"{what}: PayloadType is {payload.get('PayloadType')!r}")
    demand(type(payload.get("PayloadVersion")) is int and payload["PayloadVersion"] == 1, f"{what}: PayloadVersion is not the integer 1")
    for key in ("PayloadIdentifier", "PayloadUUID", "PayloadDisplayName"):
        demand(isinstance(payload.get(key), str) and payload[key], f"{what}: no {key}")
    demand(UUID.fullmatch(payload["PayloadUUID"]), f"{what}: PayloadUUID is not an upper-case UUID")


def forced(profile):
    """Returns the settings that a configuration profile forces."""
    check_payload(profile, "Configuration", "profile")
    demand(profile.get("PayloadScope") == "System", "PayloadScope is not System, so a user could be meant")
    demand(isinstance(profile.get("PayloadContent"), list) and len(profile["PayloadContent"]) == 1, "not exactly one payload")
    payload = profile["PayloadContent"][0]
    check_payload(payload, MANAGED, "payload")
    for key in ("PayloadIdentifier", "PayloadUUID"):
        demand(payload[key] != profile[key], f"profile and payload have the same {key}")
    content = payload.get("PayloadContent")
    demand(isinstance(content, dict) and set(content) == {DOMAIN}, f"the payload sets something else than {DOMAIN}")
    demand(set(content[DOMAIN]) == {"Forced"} and len(content[DOMAIN]["Forced"]) == 1, "the domain is not forced, once")
    entry = content[DOMAIN]["Forced"][0]
    demand(set(entry) == {"mcx_preference_settings"}, "Forced holds something else than mcx_preference_settings")
    return entry["mcx_preference_settings"]


def check(form, xml_file, binary_file, expected_file):
    check_keys(xml.etree.ElementTree.parse(xml_file).getroot())
    expected = strictjson.load(expected_file)
    for parser, path in (("plistlib", xml_file), ("libplist", binary_file)):
        with open(path, "rb") as file:
            root = plistlib.load(file)
        demand(isinstance(root, dict), "the property list is no dict")
        settings = forced(root) if form == "profile" else root
        check_values(settings, "settings")
        found = strictjson.difference(settings, expected)
        demand(not found, f"{parser} reads {found}")


if __name__ == "__main__":
    try:
        check(*sys.argv[1:])
    except (Wrong, ValueError, OSError, xml.etree.ElementTree.ParseError) as error:
        sys.exit(f"{error}")
