#!/bin/bash
# selftest.sh proves that the checks of this folder let good artifacts pass and refuse broken ones, and that a missing tool is not a pass.
# Exit 0 if every check says what it must.
set -u
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
need python3 python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -B "$here/samples.py" "$work/samples" || die 2 "the samples cannot be made"
cd "$work/samples" || exit 2

cases=0
wrong=0
# want STATUS COMMAND...: the command must exit with the status, and with a line of text unless it is 0.
want() {
  local status=$1 said rc
  shift
  said=$("$@" 2>&1 >/dev/null </dev/null)
  rc=$?
  cases=$((cases + 1))
  if [ "$rc" != "$status" ] || { [ "$status" != 0 ] && [ -z "$said" ]; }; then
    wrong=$((wrong + 1))
    echo "status $rc instead of $status: ${*##*/}: $said" >&2
  elif [ -n "${VERBOSE:-}" ]; then
    echo "$rc $said"
  fi
}

while IFS=$'\t' read -r status check file expected; do
  want "$status" bash "$here/$check" "$file" "$expected"
done <cases.tsv

# Programs that are not there.
mkdir "$work/bin"
for tool in bash basename dirname readlink; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
for kind in reg plist mobileconfig; do
  want 2 env PATH="$work/bin" bash "$here/check-$kind.sh" "$kind/good.$kind" expected.json
  want 2 bash "$here/check-$kind.sh" "$kind/good.$kind"
  want 2 bash "$here/check-$kind.sh" "$kind/absent.$kind" expected.json
done
ln -s "$(command -v python3)" "$work/bin/python3"
want 2 env PATH="$work/bin" bash "$here/readback.sh" out

# Whole trees.
want 0 bash "$here/readback.sh" out
want 2 bash "$here/readback.sh" absent
for change in 'echo x >>out/web/macos/file/CLAUDE.md' 'rm out/web/windows/file/CLAUDE.md' 'rm -r out/web/macos/file' \
  'echo "{}" >out/web/windows/file/managed-settings.json' 'cp reg/lf.reg out/web/windows/ClaudeCode.reg' \
  'cp mobileconfig/set-once.mobileconfig out/web/macos/web.mobileconfig' 'rm out/web/*/*.*'; do
  cp -r out kept
  eval "$change"
  want 1 bash "$here/readback.sh" out
  rm -r out
  mv kept out
done

echo "$cases cases, $wrong wrong"
[ "$wrong" -eq 0 ]
