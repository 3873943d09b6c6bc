#!/usr/bin/env bash
# players.sh [N]
# Creates N players (100 when not given) of classes that are drawn.

set -u
# shellcheck source=simulation/ab/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
helped "$@"
left=$(count_of "${1:-}" 100) || exit 2
ready

while [ "$left" -gt 0 ] && [ -z "$stopping" ]; do
  times=$((RANDOM % 10 + 1))
  [ "$times" -le "$left" ] || times=$left
  pick_body player
  send "$times" /create_player "" -u "$body" -T application/json
  left=$((left - times))
done
