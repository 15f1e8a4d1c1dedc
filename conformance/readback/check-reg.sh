#!/bin/bash
# check-reg.sh FILE.reg EXPECTED.json
# Exit 0 if Samba's registry reads exactly the expected settings from the file, 1 if not, 2 if a tool is missing.
set -u
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
need python3 python3
need net samba-common-bin
check_arguments "$@"
file=$(readlink -f "$1")
expected=$(readlink -f "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 "$here/regform.py" "$file" 2>"$work/error" || die 1 "$1: $(cat "$work/error")"

# A registry of its own, in a folder that goes away.
mkdir "$work"/{state,cache,lock,private,run}
cat >"$work/smb.conf" <<CONF
[global]
state directory = $work/state
cache directory = $work/cache
lock directory = $work/lock
private dir = $work/private
pid directory = $work/run
CONF
registry() { net -s "$work/smb.conf" registry "$@" 2>>"$work/log"; }

key='HKLM\SOFTWARE\Policies\ClaudeCode'
registry import "$file" >>"$work/log" || die 1 "$1: samba cannot import it: $(tail -n 1 "$work/log")"
registry getvalue "$key" Settings >"$work/typed" || die 1 "$1: samba finds no value Settings: $(tail -n 1 "$work/log")"
grep -qx 'Type *= REG_SZ' "$work/typed" || die 1 "$1: the value is no REG_SZ; Windows would expand %NAME% in it"
registry getvalueraw "$key" Settings >"$work/got.json" || die 1 "$1: samba cannot read the value: $(tail -n 1 "$work/log")"

# Programs that ask reg.exe lose everything else.
if LC_ALL=C grep -q '[^ -~]' "$work/got.json" || [ "$(wc -l <"$work/got.json")" -gt 1 ]; then
  die 1 "$1: the value is not one line of ASCII"
fi
python3 "$here/strictjson.py" "$work/got.json" "$expected" 2>"$work/error" || die 1 "$1: $(cat "$work/error")"
