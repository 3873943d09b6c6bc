#!/usr/bin/env bash
# infinite.sh
# Sends random requests until Ctrl-C, then tells what it did. It leaves no process behind.

set -u
# shellcheck source=simulation/ab/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
helped "$@"
[ $# -eq 0 ] || fail 2 "it takes no argument; --help says more"
ready

printf 'Sending to %s; Ctrl-C stops.\n' "$API_URL"
while [ -z "$stopping" ]; do
  random_request "$((RANDOM % 10 + 1))"
done
