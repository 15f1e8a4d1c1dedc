#!/bin/bash
# gateway.sh POLICYGEN CLIENT
# Builds the policies beside this script, boots the real gateway with them, its database and a test identity provider in a network of its own, and
# compares what it serves. Exit 0 if everybody gets what files would bring, 1 if not, 2 if a tool is missing.
set -u
here=$(dirname "$(readlink -f "$0")")
[ $# -eq 2 ] || { echo "usage: gateway.sh POLICYGEN CLIENT" >&2; exit 2; }
policygen=$(readlink -f "$1")
client=$(readlink -f "$2")
[ -x "$client" ] || { echo "gateway.sh: no client at $2: run make conformance once, which installs it" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "gateway.sh: run it as root, which the isolated network needs" >&2; exit 2; }
postgres=$(find /usr/lib/postgresql -maxdepth 3 -name postgres -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1)
[ -n "$postgres" ] || { echo "gateway.sh: install the Debian package postgresql" >&2; exit 2; }
for tool in python3 unshare setpriv ip; do
  command -v "$tool" >/dev/null || { echo "gateway.sh: $tool is missing" >&2; exit 2; }
done

if [ -z "${POLICYGEN_GATEWAY_WORK:-}" ]; then # outside: build, then come back into an isolated network
  work=$(mktemp -d)
  chmod 755 "$work"
  trap 'rm -rf "$work"' EXIT
  "$policygen" build --policies "$here/policies" --out "$work/out" --at 2026-11-20 --target gateway,plist 2>/dev/null || exit 1
  cat "$here/gateway.yaml" "$work/out/gateway/managed-policies.yaml" >"$work/gateway.yaml"
  POLICYGEN_GATEWAY_WORK=$work timeout 180 unshare --net --mount --pid --fork --kill-child bash "$here/gateway.sh" "$policygen" "$client"
  exit $?
fi

work=$POLICYGEN_GATEWAY_WORK
ip link set lo up
mkdir "$work/database" "$work/home"
chown nobody "$work/database"
as_nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
as_nobody "$(dirname "$postgres")/initdb" -D "$work/database" -U postgres --auth=trust -E UTF8 >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; exit 1; }
as_nobody "$postgres" -D "$work/database" -p 15432 -c listen_addresses=127.0.0.1 -c unix_socket_directories="$work/database" -c fsync=off >"$work/database.log" 2>&1 &
python3 "$here/provider.py" &
answers() { # answers PORT
  for _ in $(seq 120); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    sleep 0.5
  done
  return 1
}
if ! answers 15432 || ! answers 18081; then
  cat "$work/database.log" >&2
  exit 1
fi
env -i HOME="$work/home" PATH="$PATH" CLAUDE_GATEWAY_ALLOW_LOOPBACK=1 POLICYGEN_DOLLAR='$' "$client" gateway --config "$work/gateway.yaml" >"$work/gateway.log" 2>&1 &
answers 18080 || { cat "$work/gateway.log" >&2; exit 1; }
python3 "$here/compare.py" "$work/out"
