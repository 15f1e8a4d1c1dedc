#!/bin/bash
# check-plist.sh FILE.plist EXPECTED.json
# Exit 0 if libxml2, libplist and Python's plistlib read exactly the expected settings from a preference file, 1 if not, 2 if a tool is missing.
# check-mobileconfig.sh runs this with FORM=profile.
set -u
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
need python3 python3
need xmllint libxml2-utils
need plistutil libplist-utils
check_arguments "$@"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Intune takes no profile above this size, the lowest limit of any console.
[ "$(stat -c %s "$1")" -le 1000000 ] || die 1 "$1: more than 1,000,000 bytes"
[ "$(head -c 5 "$1")" = '<?xml' ] || die 1 "$1: does not start with <?xml"
xmllint --noout --nonet --dtdvalid "$here/plist.dtd" "$1" 2>"$work/error" ||
  die 1 "$1: $(grep -m 1 -E 'parser error|validity error|does not (validate|follow)' "$work/error" || tail -n 1 "$work/error")"
# plistutil 2.2 exits 0 after errors, so its output counts.
plistutil -i "$1" -f bin -o "$work/binary" >"$work/error" 2>&1
[ -s "$work/binary" ] || die 1 "$1: libplist: $(head -n 1 "$work/error")"
python3 "$here/plistvalue.py" "${FORM:-preferences}" "$1" "$work/binary" "$2" 2>"$work/error" || die 1 "$1: $(tail -n 1 "$work/error")"
