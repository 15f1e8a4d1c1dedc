#!/bin/sh
# Writes one line to the system log for each tool call that ran: session and tool, nothing of the content.
# PostToolUse: the call arrives as JSON on stdin. It never blocks, so every path ends with exit 0.
set -u

# name KEY: the first value of KEY that looks like an identifier; anything else could forge a log line.
input=$(cat | tr '\n' ' ')
name() {
  printf '%s' "$input" | grep -oE "\"$1\" *: *\"[A-Za-z0-9_.:-]{1,128}\"" | head -n 1 | sed -e 's/.*: *"//' -e 's/"$//'
}

session=$(name session_id)
tool=$(name tool_name)
if command -v logger >/dev/null 2>&1; then
  logger -t claude-code -p user.info "tool_use session=${session:-unknown} tool=${tool:-unknown}"
fi
exit 0
