#!/usr/bin/env bash
# limited.sh N
# Sends N random requests: users, materials, guilds and enemies are drawn.

set -u
# shellcheck source=simulation/ab/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
helped "$@"
left=$(count_of "${1:-}" "") || exit 2
ready

while [ "$left" -gt 0 ] && [ -z "$stopping" ]; do
  times=$((RANDOM % 10 + 1))
  [ "$times" -le "$left" ] || times=$left
  random_request "$times"
  left=$((left - times))
done
