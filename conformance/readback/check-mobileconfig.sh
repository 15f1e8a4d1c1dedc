#!/bin/bash
# check-mobileconfig.sh FILE.mobileconfig EXPECTED.json
# Exit 0 if libxml2, libplist and Python's plistlib agree that a configuration profile forces exactly the expected settings, 1 if not,
# 2 if a tool is missing.
FORM=profile exec bash "$(dirname "$(readlink -f "$0")")/check-plist.sh" "$@"
