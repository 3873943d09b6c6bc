-- commit: the new states of some players and one outbox entry, or nothing.
--
-- KEYS  1 checked run_id   2 seq   3 outbox   4 the outbox's bytes
--       5 answer (unused when ARGV time to live is 0)
--       then one a player, then one a recent-trades line, then one a membership change
-- ARGV  1 run_id of the connection     2 most entries the outbox may hold   3 most bytes
--       4 events in the entry          5 the entry
--       6 the answer's time to live, s; 0 for no answer     7 the answer
--       8 players   9 recent-trades lines   10 membership changes   11 recent trades kept
--       then a player: expected version ("0" for a new one), new state
--       then a line: the text          then a change: "add" or "remove", member
-- Reply {"committed", last seq} | {"replayed", answer} | {"conflict", state or false a player}
--       | {"unchecked"} | {"full"}
--
-- States, entries and answers are opaque bytes; a state's version is the text before its first
-- line feed. Redis does not roll back: everything is checked before the first write.

local FIXED_KEYS, FIXED_ARGS = 5, 11
local checked_key, seq_key, outbox_key, bytes_key, answer_key =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local run_id, entries_max, bytes_max = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local events, entry = ARGV[4], ARGV[5]
local answer_ttl, answer = tonumber(ARGV[6]), ARGV[7]
local players, lines, changes = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local recent_kept = tonumber(ARGV[11])

-- All that is compared by one command, and all players written by one: each has its price.
local FOUND_BEFORE = 2 -- the checked run_id, and the answer
local found = redis.call('MGET', checked_key, unpack(KEYS, FIXED_KEYS, FIXED_KEYS + players))
if found[1] ~= run_id then
  return {'unchecked'}
end
if answer_ttl > 0 and found[2] then
  return {'replayed', found[2]}
end

-- An empty outbox takes an entry of any size: it could never be taken otherwise.
local waiting = redis.call('XLEN', outbox_key)
local counted = redis.call('HMGET', bytes_key, 'written', 'removed')
local bytes = tonumber(counted[1] or 0) - tonumber(counted[2] or 0) + #entry
if waiting >= entries_max or (waiting > 0 and bytes > bytes_max) then
  return {'full'}
end

local function version_of(state)
  return state and string.match(state, '^[^\n]*') or '0'
end

local written, conflict = {}, false
for i = 1, players do
  if version_of(found[FOUND_BEFORE + i]) ~= ARGV[FIXED_ARGS + 2 * i - 1] then
    conflict = true
  end
  written[2 * i - 1], written[2 * i] = KEYS[FIXED_KEYS + i], ARGV[FIXED_ARGS + 2 * i]
end
if conflict then
  return {'conflict', unpack(found, FOUND_BEFORE + 1, FOUND_BEFORE + players)}
end
if players > 0 then
  redis.call('MSET', unpack(written))
end

local line_keys, line_args = FIXED_KEYS + players, FIXED_ARGS + 2 * players
for i = 1, lines do
  if redis.call('LPUSH', KEYS[line_keys + i], ARGV[line_args + i]) > recent_kept then
    redis.call('LTRIM', KEYS[line_keys + i], 0, recent_kept - 1)
  end
end

local change_keys, change_args = line_keys + lines, line_args + lines
for i = 1, changes do
  local change, member = ARGV[change_args + 2 * i - 1], ARGV[change_args + 2 * i]
  if change == 'add' then
    redis.call('ZADD', KEYS[change_keys + i], member, member)
  else
    redis.call('ZREM', KEYS[change_keys + i], member)
  end
end

-- The number goes out as text: Lua would write 1e14 and more in exponent form.
redis.call('INCRBY', seq_key, events)
local last_seq = redis.call('GET', seq_key)
-- Each entry knows how many bytes were ever written with it: so whoever removes some can tell from
-- the first one left how many those were (trim.lua), whatever died in between.
local written = redis.call('HINCRBY', bytes_key, 'written', #entry)
local written_text = string.format('%.0f', written)
redis.call('XADD', outbox_key, last_seq .. '-0', 'events', entry, 'written', written_text)

if answer_ttl > 0 then
  redis.call('SET', answer_key, answer, 'EX', answer_ttl)
end
return {'committed', last_seq}
