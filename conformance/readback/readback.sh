#!/bin/bash
# readback.sh OUT_DIR
# Reads every .reg, .plist and .mobileconfig of a built tree back with parsers of others, and compares with the files beside it.
# Exit 0 if all of them agree, 1 if one does not or there is none, 2 if a tool is missing or OUT_DIR is no built tree.
set -u
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
need python3 python3
need net samba-common-bin
need xmllint libxml2-utils
need plistutil libplist-utils
[ $# -eq 1 ] || die 2 "usage: readback.sh OUT_DIR"
[ -f "$1/manifest.json" ] || die 2 "$1: no manifest.json; build the tree first"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bad=0
declare -A checked=([reg]=0 [plist]=0 [mobileconfig]=0)
while IFS= read -r -d '' file; do
  kind=${file##*.}
  checked[$kind]=$((checked[$kind] + 1))
  python3 "$here/expected.py" "$(dirname "$file")/file" >"$work/expected.json" 2>"$work/error" ||
    { echo "readback.sh: $file: $(tail -n 1 "$work/error")" >&2; bad=$((bad + 1)); continue; }
  bash "$here/check-$kind.sh" "$file" "$work/expected.json"
  case $? in
    0) ;;
    1) bad=$((bad + 1)) ;;
    *) die 2 "$file: the check cannot run" ;;
  esac
done < <(find "$1" -type f \( -name '*.reg' -o -name '*.plist' -o -name '*.mobileconfig' \) -path '*/*/*' \
  \( -path '*/windows/*' -o -path '*/macos/*' \) -print0 | sort -z)

total=$((checked[reg] + checked[plist] + checked[mobileconfig]))
echo "read back: ${checked[reg]} .reg, ${checked[plist]} .plist, ${checked[mobileconfig]} .mobileconfig; $bad wrong"
[ "$total" -gt 0 ] || die 1 "$1: no artifact to read back"
[ "$bad" -eq 0 ]
