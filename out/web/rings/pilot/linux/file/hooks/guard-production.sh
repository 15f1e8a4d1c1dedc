#!/bin/sh
# Blocks edits and commands that touch infra/prod. PreToolUse: the call arrives as JSON on stdin;
# exit 2 blocks it and stderr is the reason that the model and the developer see, exit 0 lets it through.
#
# It needs only sh, cat, grep (with -o and -E), sed, tr and head. JSON is searched, not parsed: inside a JSON string
# a quote is always escaped, so "key": can only be a real key.
#
# Limits: it catches mistakes, not an attacker. A path put together from variables, globs, symlinks, or a script that
# does the work gets through; what really protects production is the permissions of the deployment account.
set -u
LC_ALL=C
export LC_ALL

block() {
  printf '%s\n' "$1" >&2
  exit 2
}

for tool in cat grep sed tr head; do
  command -v "$tool" >/dev/null 2>&1 || block "guard-production: $tool is missing, so the call cannot be checked"
done

reason="infra/prod is changed by the deployment pipeline only. Make the change in infra/staging and open a pull request; \
to look at production files use the Read tool, ls, cat or grep. Help: https://docs.acme.com/ai/blocked"

input=$(cat | tr '\n\r\t' '   ')

# strings KEY: every string value of KEY, one a line, with its JSON escapes undone. A line break becomes ; and a tab a
# space, since that is what they mean in a command. Backslashes go last, through a byte that JSON text cannot contain.
soh=$(printf '\001')
strings() {
  printf '%s' "$input" | grep -oE "\"$1\"[ ]*:[ ]*\"([^\"\\\\]|\\\\.)*\"" |
    sed -e 's/^"[a-z_]*" *: *"//' -e 's/"$//' -e "s/\\\\\\\\/$soh/g" -e 's/\\[nr]/;/g' -e 's/\\t/ /g' \
      -e 's/\\u002[fF]/\//g' -e 's/\\u002[eE]/./g' -e 's/\\\(["\/]\)/\1/g' -e "s/$soh/\\\\/g"
}

# clean: lower case (macOS folders do not tell cases apart), one kind of slash, and no //, /./ or x/.. left.
clean() {
  tr "A-Z\\134" 'a-z/' | sed -E -e 's/\/+/\//g' -e ':d' -e 's/\/\.\//\//g' -e 'td' \
    -e ':u' -e 's/(^|\/)([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)\/\.\.(\/|$)/\1/' -e 'tu' -e 's/\/\.?$//'
}

# matches TEXT PATTERN: an error of grep blocks as well, a check that failed has proved nothing.
matches() {
  printf '%s\n' "$1" | grep -E -e "$2" >/dev/null
  case $? in
    0) return 0 ;;
    1) return 1 ;;
    *) block "guard-production: the call could not be searched" ;;
  esac
}

cwd=$(strings cwd | head -n 1 | clean)
paths=$(strings '(file_path|notebook_path)' | while IFS= read -r path; do
  case $path in
    /* | '~'*) printf '%s\n' "$path" ;;
    *) printf '%s/%s\n' "$cwd" "$path" ;;
  esac
done | clean)
commands=$(strings command)

[ -n "$paths$commands" ] || block "guard-production: the call holds neither a path nor a command that can be checked"

if [ -n "$paths" ] && matches "$paths" '(^|/)infra/prod(/|$)'; then
  block "$reason"
fi
[ -n "$commands" ] || exit 0

# A single program that can only read, without redirection, pipe, substitution or a second command.
looking='^ *(ls|cat|head|tail|wc|grep)( [^;&|<>$`()]*)?$'
if [ "$(printf '%s\n' "$commands" | grep -c '')" = 1 ] && matches "$commands" "$looking"; then
  exit 0
fi

# Quotes and backslashes do not change which file a shell means.
plain=$(printf '%s\n' "$commands" | tr -d "\"'\\\\" | clean)
if matches "$cwd" '(^|/)infra/prod(/|$)'; then
  block "the working directory is inside infra/prod. $reason"
fi
if matches "$plain" '(^|[^a-z0-9_.-])infra/prod($|[^a-z0-9_.-])'; then
  block "$reason"
fi
if matches "$cwd" '(^|/)infra$' && matches "$plain" '(^|[^a-z0-9_./-])(\./)?prod($|[^a-z0-9_.-])'; then
  block "$reason"
fi
exit 0
