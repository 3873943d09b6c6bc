#!/usr/bin/env bash
# What the load scripts share; they source it. Written for bash 3.2 and later.
# shellcheck disable=SC2034  # the lists are used by the scripts that source this

API_URL=${API_URL:-http://127.0.0.1:5000}
API_URL=${API_URL%/}
bodies=$(cd "$(dirname "${BASH_SOURCE[0]}")/bodies" && pwd)
work=$(mktemp -d)
tally=$work/tally
: >"$tally"
began=$SECONDS
ab_pid=
stopping=

hosts=(user1.comcast.com user2.att.com user3.verizon.net user4.telus.ca user5.orange.fr)
users=(ada brendan chen dana emeka farah goran hana)
metals=(wood copper iron steel mithril)
power_levels=(1 10 50 100)
sword_types=(Iron Copper Bleak%20Star Enchanted%20Copper Excalibur)
regions=(north harbor valley roads capital ny)
guilds=(Ironhand Silver%20Ledger Green%20Table Wayfarers Night%20Lanterns Nobody)

# The same SEED draws the same requests.
[ -z "${SEED:-}" ] || RANDOM=$SEED

fail() { # fail CODE MESSAGE
  printf '%s: %s\n' "$(basename "$0")" "$2" >&2
  exit "$1"
}

# These set a variable: in a subshell, as by $(...), RANDOM would not go on.
pick() { # pick VARIABLE WORD...: set a variable to one of the words
  local variable=$1
  shift $((RANDOM % ($# - 1) + 1))
  printf -v "$variable" '%s' "$1"
}

pick_body() { # pick_body KIND: set `body` to one of the bodies of a kind
  pick body "$bodies/$1"_*.json
}

count_of() { # count_of TEXT DEFAULT: check a number of requests
  case ${1:-$2} in
    '' | *[!0-9]*) fail 2 "give a number, not '$1'; --help says more" ;;
  esac
  printf '%s' "$((10#${1:-$2}))"
}

helped() { # helped ARGUMENTS...: print the script's own heading when asked to
  case ${1:-} in
    -h | --help)
      sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
      printf 'Variables: API_URL (now %s), SEED (draws the same requests again).\n' "$API_URL"
      printf 'Exit codes: 0 all were answered; 1 some failed; 2 wrong usage; 3 no ab or no API.\n'
      exit 0
      ;;
  esac
}

ready() { # check that there is something to send with, and to send to
  command -v ab >/dev/null ||
    fail 3 "Apache Bench (ab) is missing: apt-get install apache2-utils, or httpd-tools elsewhere"
  ab -q -n 1 -s 10 "$API_URL/" >"$work/answer" 2>&1 ||
    fail 3 "nothing answers at $API_URL ($(tail -n 1 "$work/answer")): ./guildhall up, or set API_URL"
  ! grep -q '^Non-2xx' "$work/answer" ||
    fail 3 "the API at $API_URL does not serve the routes of old clients: see the setting legacy_routes"
}

send() { # send REQUESTS ROUTE [QUERY [OPTION...]]: send one request some times, and count
  local requests=$1 route=$2 query=${3:-} host
  shift $(($# < 3 ? $# : 3))
  pick host "${hosts[@]}"
  # In the background, so that a signal to this script alone ends it at once.
  ab -l -q -s 30 -n "$requests" -c "$((requests < 4 ? requests : 4))" -H "Host: $host" \
    ${1+"$@"} "$API_URL$route${query:+?$query}" >"$work/answer" 2>&1 &
  ab_pid=$!
  wait "$ab_pid"
  ab_pid=
  # Without $(...), and in the background: bash 5.2 can lose a trap that comes while it parses the
  # one, or just when a program in the foreground ends. What a signal cut off has not failed.
  awk -F ': *' -v route="$route" -v requests="$requests" -v stopping="$stopping" '
    /^Complete requests:/ { complete = $2 + 0 }
    /^(Failed requests|Non-2xx responses):/ { failed += $2 }
    END { print route, complete + 0, failed + (stopping ? 0 : requests - complete) }
  ' "$work/answer" >>"$tally" &
  while kill -0 "$!" 2>/dev/null; do wait "$!"; done
}

ask() { # ask METHOD ROUTE BODY_FILE: send one request and print its answer, which ab does not
  local address=${API_URL#http://}
  address=${address%%/*}
  case $address in *:*) ;; *) address=$address:80 ;; esac
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}" || return
  {
    printf '%s %s HTTP/1.0\r\nHost: %s\r\n' "$1" "$2" "$address"
    printf 'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n' "$(wc -c <"$3")"
    cat "$3"
  } >&3
  cat <&3
  exec 3>&-
}

random_request() { # random_request TIMES: send one request of any kind some times
  local times=$1 user body route word metal power_level magical
  pick user "${users[@]}"
  user=user=$user
  case $((RANDOM % 9)) in
    0) send "$times" / "$user" ;;
    1)
      pick metal "${metals[@]}"
      pick power_level "${power_levels[@]}"
      pick magical True False
      send "$times" /purchase_a_sword \
        "$user&metal=$metal&power_level=$power_level&magical=$magical"
      ;;
    2)
      pick word "${sword_types[@]}"
      send "$times" /purchase_sword "$user&sword_type=$word"
      ;;
    3)
      pick word shield potion
      send "$times" "/purchase_a_$word" "$user"
      ;;
    4)
      pick_body weapon
      send "$times" /purchase_a_weapon "$user" -p "$body" -T application/json
      ;;
    5)
      pick word "${regions[@]}"
      send "$times" /join_a_guild "$user&region=$word"
      ;;
    6)
      pick_body guild
      send "$times" /join_a_guild "$user" -p "$body" -T application/json
      ;;
    7)
      pick word "${guilds[@]}"
      pick route /leave_guild /get_credit
      send "$times" "$route" "$user&guild_name=$word"
      ;;
    8)
      pick_body battle
      send "$times" /enter_a_battle "$user" -p "$body" -T application/json
      ;;
  esac
}

stop() { # end what is under way; the loops look at `stopping`
  stopping=yes
  [ -z "$ab_pid" ] || kill "$ab_pid" 2>/dev/null
}

finish() { # print what was done, and leave nothing behind
  local code=$?
  trap - EXIT
  if [ -s "$tally" ]; then
    sort "$tally" | awk -v seconds="$((SECONDS - began))" '
      function line(name, n, failed) { printf "%-22s %9d %9d\n", name, n, failed }
      BEGIN { printf "%-22s %9s %9s\n", "route", "requests", "failed" }
      $1 != route { if (NR > 1) line(route, n, failed); route = $1; n = failed = 0 }
      { n += $2; failed += $3; all += $2; all_failed += $3 }
      END { line(route, n, failed); line("all, in " seconds " s", all, all_failed) }'
    [ "$code" -ne 0 ] || ! awk '{ failed += $3 } END { exit !failed }' "$tally" || code=1
  fi
  rm -rf "$work"
  exit "$code"
}

trap finish EXIT
trap stop INT TERM
