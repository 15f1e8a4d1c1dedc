# shellcheck shell=bash
# Functions of the checks in this folder; sourced, not run.

export PYTHONDONTWRITEBYTECODE=1 # a check leaves nothing behind

# die STATUS TEXT: 1 means that an artifact is wrong, 2 that the check cannot run.
die() {
  echo "$(basename "$0"): $2" >&2
  exit "$1"
}

# need PROGRAM PACKAGE: a missing parser is a failure, never a check that was passed over.
need() {
  command -v "$1" >/dev/null || die 2 "$1 is not installed; install the Debian package $2"
}

# arguments of every check: FILE EXPECTED_JSON
check_arguments() {
  [ $# -eq 2 ] || die 2 "usage: $(basename "$0") FILE EXPECTED_JSON"
  local f
  for f in "$@"; do
    if [ ! -f "$f" ] || [ ! -r "$f" ]; then die 2 "$f: not a readable file"; fi
  done
}
