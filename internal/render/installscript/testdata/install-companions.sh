#!/bin/sh
# Claude Code policy of web: what a profile cannot carry, for Macs that have one.
# Made by policygen; do not edit. Run it as root on each Mac, again after each release. It changes only files that it installed.
set -eu
umask 022
dir="/Library/Application Support/ClaudeCode"
list="$dir/.policygen-files"
kept=""

# put MODE NAME replaces one file by its standard input, in base64, in one step.
put() {
	mkdir -p "$(dirname "$dir/$2")"
	base64 --decode >"$dir/.policygen-new"
	chmod "$1" "$dir/.policygen-new"
	mv -f "$dir/.policygen-new" "$dir/$2"
	kept="$kept$2
"
}

mkdir -p "$dir"
chmod 0755 "$dir"
put 0755 'hooks/base/check.sh' <<'.'
IyEvYmluL3NoCmV4aXQgMAo=
.
put 0755 'hooks/web/check.sh' <<'.'
IyEvYmluL3NoDQpleGl0IDINCgA=
.
put 0644 'managed-mcp.json' <<'.'
ewogICJtY3BTZXJ2ZXJzIjogewogICAgImRvY3MiOiB7CiAgICAgICJ0eXBlIjogImh0dHAiLAog
ICAgICAidXJsIjogImh0dHBzOi8vbWNwLmFjbWUuZXhhbXBsZS8ke1RFQU19IgogICAgfQogIH0K
fQo=
.
put 0644 '.policygen-revision' <<'.'
MDEyMzQ1Njc4OWFiY2RlZgo=
.

# What an earlier run installed and this one did not is no longer part of the policy.
if [ -f "$list" ]; then
	while IFS= read -r name; do
		case "$name" in
		"" | /* | *..*) continue ;;
		esac
		printf '%s' "$kept" | grep -qxF -e "$name" || rm -f "$dir/$name"
	done <"$list"
fi
printf '%s' "$kept" >"$dir/.policygen-new"
mv -f "$dir/.policygen-new" "$list"
