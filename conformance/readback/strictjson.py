"""JSON equality without mercy: true is not 1, 30 is not 30.0, and a key that is written twice is an error.

strictjson.py GOT EXPECTED exits 0 if both files hold the same value, and 1 with the place of the first difference.
"""
import json
import sys


def _members(pairs):
    found = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {key!r} is written twice")
        found[key] = value
    return found


def _constant(name):
    raise ValueError(f"{name} is not JSON")


def load(path):
    """Returns the document in a file; a byte order mark, NaN and a repeated key are a ValueError."""
    with open(path, "rb") as file:
        return json.loads(file.read().decode("utf-8"), object_pairs_hook=_members, parse_constant=_constant)


def difference(got, want, at="settings"):
    """Returns where and how two values differ first, or None."""
    if type(got) is not type(want):
        return f"{at}: {type(got).__name__} {got!r:.80} instead of {type(want).__name__} {want!r:.80}"
    if isinstance(got, dict):
        for key in sorted(got.keys() | want.keys()):
            if key not in got:
                return f"{at}.{key}: is missing"
            if key not in want:
                return f"{at}.{key}: should not be there"
            found = difference(got[key], want[key], f"{at}.{key}")
            if found:
                return found
        return None
    if isinstance(got, list):
        for index, (one, other) in enumerate(zip(got, want)):
            found = difference(one, other, f"{at}[{index}]")
            if found:
                return found
        if len(got) != len(want):
            return f"{at}: {len(got)} entries instead of {len(want)}"
        return None
    return None if got == want else f"{at}: {got!r:.80} instead of {want!r:.80}"


def main():
    got, want = sys.argv[1:]
    try:
        found = difference(load(got), load(want))
    except (ValueError, OSError) as error:
        sys.exit(f"{error}")
    if found:
        sys.exit(found)


if __name__ == "__main__":
    main()
