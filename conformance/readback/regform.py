"""regform.py FILE exits 0 if a .reg file has the form that every registry editor reads alike.

Samba's parser, which reads the value, forgives a missing header and raw line breaks; Windows does not.
"""
import re
import sys

HEAD = "Windows Registry Editor Version 5.00\r\n\r\n"
KEY = r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode]"


def problem(data):
    """Returns what is wrong with the bytes of a file, or None."""
    if data[:2] != b"\xff\xfe":
        return "no UTF-16LE byte order mark"
    try:
        text = data[2:].decode("utf-16-le")
    except UnicodeDecodeError as error:
        return f"not UTF-16LE: {error}"
    if re.search(r"\r(?!\n)|(?<!\r)\n", text):
        return "a line does not end in CRLF"
    if not text.startswith(HEAD):
        return "no header, or no empty line after it"
    if not text.endswith("\r\n"):
        return "no line break at the end"
    lines = text[len(HEAD):].split("\r\n")
    keys = [line for line in lines if line.startswith("[")]
    if keys != [KEY]:
        return f"sets {keys} instead of {KEY}"
    values = [line for line in lines if line and not line.startswith("[")]
    if len(values) == 2 and re.fullmatch(r'"PolicyRevision"="[0-9a-f]{16}"', values[1]):
        values.pop()
    if len(values) != 1:
        return f"{len(values)} lines that set values beside the revision; a value cannot hold a line break, and one is enough"
    if not re.fullmatch(r'"Settings"="(?:[^"\\]|\\["\\])*"', values[0]):
        return "the value is not a quoted REG_SZ called Settings"
    return None


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        found = problem(file.read())
    if found:
        sys.exit(found)
