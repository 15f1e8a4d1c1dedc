#!/bin/sh
# Stand-in for the endpoint agent: refuses what is named forbidden, and fails on the events, and in the way, that failure.sh beside it says.
event=$(cat)
. "${0%/*}/failure.sh"
case $event in
*'"hook_event_name":"'$fails_on'"'*) fail ;;
esac
case $event in
*'"hook_event_name":"PreToolUse"'*forbidden*)
	echo '{"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "deny", "permissionDecisionReason": "Files named forbidden are forbidden."}}'
	;;
esac
