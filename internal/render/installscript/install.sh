#!/bin/sh
# Claude Code policy of %[1]s: %[2]s.
# Made by policygen; do not edit. Run it as root on each Mac, again after each release. It changes only files that it installed.
set -eu
umask 022
dir="%[3]s"
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
%[4]s
# What an earlier run installed and this one did not is no longer part of the policy.
if [ -f "$list" ]; then
	while IFS= read -r name; do
		case "$name" in
		"" | /* | *..*) continue ;;
		esac
		printf '%%s' "$kept" | grep -qxF -e "$name" || rm -f "$dir/$name"
	done <"$list"
fi
printf '%%s' "$kept" >"$dir/.policygen-new"
mv -f "$dir/.policygen-new" "$list"
