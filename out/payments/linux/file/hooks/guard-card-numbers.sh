#!/bin/sh
# Blocks an edit that would write a card number into a file. PreToolUse on Edit, Write and NotebookEdit:
# the call arrives as JSON on stdin; exit 2 blocks it with the reason on stderr, exit 0 lets it through.
#
# A card number here is 13 to 19 digits, alone or in groups parted by single spaces or hyphens, that passes the Luhn
# check and is not one of the payment schemes' published test numbers. The number itself is never printed.
#
# Limits: one in ten random numbers of that length passes the Luhn check, so only numbers that start like a card
# (3, 4, 5, 6 or 2) count. Numbers split over lines or encoded are not found. The text that an edit replaces is
# looked at as well, so a number that is already there has to be removed by hand.
set -u
LC_ALL=C
export LC_ALL

for tool in cat tr sed grep awk; do
  command -v "$tool" >/dev/null 2>&1 || {
    printf 'guard-card-numbers: %s is missing, so the edit cannot be checked\n' "$tool" >&2
    exit 2
  }
done

input=$(cat)
case $input in
  *'"tool_input"'*) ;;
  *)
    echo 'guard-card-numbers: the call could not be read' >&2
    exit 2
    ;;
esac

# Identifiers of the session are not part of the edit. Everything that is neither a digit nor a separator ends a number;
# the JSON escapes for line breaks and tabs do so too, because of their backslash.
found=$(printf '%s\n' "$input" | tr '\n' ' ' |
  sed -E -e 's/"(session_id|prompt_id|tool_use_id|transcript_path)" *: *"[^"]*"//g' |
  tr -c '0-9 \n-' '\n' | grep -oE '[0-9]([ -]?[0-9]){12,}' |
  awk '
    function luhn(s,   i, d, sum, twice) {
      for (i = length(s); i > 0; i--) {
        d = substr(s, i, 1)
        if (twice) { d *= 2; if (d > 9) d -= 9 }
        sum += d; twice = !twice
      }
      return sum % 10 == 0
    }
    BEGIN {
      split("4242424242424242 4111111111111111 4000056655665556 5555555555554444 5105105105105100 " \
            "2223003122003222 378282246310005 371449635398431 6011111111111117 3566002020360505", list, " ")
      for (i in list) test[list[i]] = 1
    }
    {
      gsub(/[ -]/, "")
      if (length($0) <= 19 && $0 ~ /^[2-6]/ && !($0 in test) && luhn($0)) n++
    }
    END { print n + 0 }')

case $found in
  0) exit 0 ;;
  '' | *[!0-9]*)
    echo 'guard-card-numbers: the edit could not be searched' >&2
    ;;
  *)
    echo "this edit holds $found number(s) that look like a real card number. Use a token or a published test number;" \
      "see https://docs.acme.com/payments/test-data" >&2
    ;;
esac
exit 2
