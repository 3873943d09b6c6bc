#!/usr/bin/env bash
# trades.sh [N]
# Creates two farmers, and lets them ask for N trades (100 when not given). A swap of like for like
# can settle for ever; forged goods, forged gold and more than a farmer has are refused.

set -u
# shellcheck source=simulation/ab/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
helped "$@"
kind=
left=$(count_of "${1:-}" 100) || exit 2
ready

new_farmer() { # new_farmer: create a farmer and print its player id
  ask PUT /create_player "$bodies/player_farmer.json" |
    sed -n 's/.*(player_id = \([0-9]*\)).*/\1/p'
}

player_1=$(new_farmer)
player_2=$(new_farmer)
[ -n "$player_1" ] && [ -n "$player_2" ] || fail 1 "no farmers were created"
for body in "$bodies"/trade_*.json; do
  sed "s/PLAYER_1/$player_1/; s/PLAYER_2/$player_2/" "$body" >"$work/$(basename "$body")"
done

printf 'Farmers %s and %s; asked once for each kind of trade, the API says:\n' \
  "$player_1" "$player_2"
for body in "$work"/trade_*.json; do
  kind=${body##*/trade_}
  said=$(ask POST /trade "$body" | sed -n 's/.*"fail_reason": *"\([^"]*\)".*/\1/p')
  printf '  %-14s %s\n' "${kind%.json}" "${said/#N\/A/settled}"
done

while [ "$left" -gt 0 ] && [ -z "$stopping" ]; do
  times=$((RANDOM % 10 + 1))
  [ "$times" -le "$left" ] || times=$left
  # Two of three are swaps.
  pick kind swap swap swap swap swap swap forged_goods forged_gold overdraft
  send "$times" /trade "" -p "$work/trade_$kind.json" -T application/json
  left=$((left - times))
done
