#!/usr/bin/env bash
# basic.sh [TIMES]
# Sends each request that old clients know, TIMES times each (10 when not given).

set -u
# shellcheck source=simulation/ab/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
helped "$@"
times=$(count_of "${1:-}" 10) || exit 2
ready

pick user "${users[@]}"
user=user=$user
for route in / /purchase_sword /purchase_a_sword /purchase_a_shield /purchase_a_potion \
  /purchase_a_weapon /join_a_guild /join_guild /leave_guild /get_credit /enter_a_battle; do
  [ -n "$stopping" ] || send "$times" "$route" "$user"
done
for route in purchase_a_weapon:weapon join_a_guild:guild enter_a_battle:battle; do
  for body in "$bodies/${route#*:}"_*.json; do
    [ -n "$stopping" ] || send "$times" "/${route%:*}" "$user" -p "$body" -T application/json
  done
done
