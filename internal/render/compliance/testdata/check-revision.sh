#!/bin/sh
# Tells whether this machine (macOS or Linux) has the policy of this release, by the revision that is stamped on it. Made by policygen; a new build
# overwrites it. Run it as root. An argument names the audience that the machine must have.
set -u
wanted=${1:-}
case "$wanted" in /*) wanted="" ;; esac # Jamf gives scripts the mount point first
dir=/etc/claude-code
profiles=""
if [ "$(uname -s)" = Darwin ]; then
	dir="/Library/Application Support/ClaudeCode"
	profiles=$(/usr/bin/profiles show -output stdout-xml 2>/dev/null)
fi

# The first that tells a revision counts: device management, a package, a script, the guidance.
stamped() {
	echo "$profiles" | sed -n 's/.*Claude Code policy for .* Revision \([0-9a-f]\{16\}\)\..*/\1/p'
	sed -n 's/.*"revision": *"\([0-9a-f]\{16\}\)".*/\1/p' /usr/share/claude-code-policy/release.json 2>/dev/null
	sed -n 's/^\([0-9a-f]\{16\}\)$/\1/p' "$dir/.policygen-revision" 2>/dev/null
	sed -n 's/^<!-- policy revision \([0-9a-f]\{16\}\) -->$/\1/p' "$dir/CLAUDE.md" 2>/dev/null
}

# The audiences of this release.
released() {
	cat <<'.'
0123456789abcdef sales
0123456789abcdef web
fedcba9876543210 web/rings/pilot
.
}

revision=$(stamped | head -n 1)
audiences=$(released | sed -n "s/^$revision //p" | tr '\n' ' ' | sed 's/ $//')
if [ -z "$revision" ]; then
	state=none
elif [ -z "$audiences" ]; then
	state=outdated
elif [ -n "$wanted" ] && ! released | grep -qxF -e "$revision $wanted"; then
	state=other
else
	state=current
fi
answer="$state${revision:+ $revision}${audiences:+ $audiences}"
echo "$answer"
[ "$state" = current ]

