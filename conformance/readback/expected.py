"""expected.py FOLDER prints the settings that a profile beside a file tree must hold: its managed-settings.json, and its CLAUDE.md as claudeMd.

Profiles ship no files, so the guidance that the tree has as a file is a key there, without the file's last line, which tells the revision. Exits 1 if the folder has neither file.
"""
import json
import os
import re
import sys

import strictjson


def expected(folder):
    """Returns the settings, or None where there is nothing to compare with."""
    settings = os.path.join(folder, "managed-settings.json")
    guidance = os.path.join(folder, "CLAUDE.md")
    found = strictjson.load(settings) if os.path.exists(settings) else {}
    if os.path.exists(guidance):
        if "claudeMd" in found:
            raise ValueError(f"{folder}: guidance is there twice, as CLAUDE.md and as claudeMd")
        with open(guidance, "rb") as file:
            found["claudeMd"] = re.sub(r"\n<!-- policy revision [0-9a-f]{16} -->\n\Z", "", file.read().decode("utf-8"))
    return found or None


if __name__ == "__main__":
    try:
        result = expected(sys.argv[1])
    except (ValueError, OSError) as error:
        sys.exit(f"{error}")
    if result is None:
        sys.exit(f"{sys.argv[1]}: neither managed-settings.json nor CLAUDE.md to compare with")
    json.dump(result, sys.stdout)
