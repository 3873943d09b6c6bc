-- commit: some commits, each whole or not at all: the new states of its players, its events in the
-- outbox, and what follows from them. No two of them touch the same player.
--
-- KEYS  1 seq   2 outbox   3 the outbox's bytes   4 checked run_id
--       then of each commit: its answer's key when it has an answer, its players
--       then of each commit: lists of recent trades, then one key a membership change
-- ARGV  1 run_id of the connection     2 most entries the outbox may hold   3 most bytes
--       4 recent trades kept           5 commits
--       then of each commit:
--         events, their lines, the answer's time to live in s (0 for no answer), the answer,
--         players, recent trades, membership changes
--         then a player: expected version ("0" for a new one), new state
--         then a recent trade: first and last byte of it in the lines, lists that it goes to
--         then a change: "add" or "remove", member
-- Reply of each commit {"committed", its last seq} | {"replayed", answer} | {"unchecked"} | {"full"}
--       | {"conflict"}
--
-- States, lines and answers are opaque bytes; a state's version is the text before its first
-- line feed. Redis does not roll back: everything is checked before the first write.

local seq_key, outbox_key, bytes_key = KEYS[1], KEYS[2], KEYS[3]
local CHECKED, FIRST_COMPARED = 4, 5
local run_id, entries_max, bytes_max = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local recent_kept, commits = tonumber(ARGV[4]), tonumber(ARGV[5])
local FIXED_ARGS, COMMIT_ARGS = 5, 7

-- Where each commit's keys and arguments begin, and where the compared keys end.
local parts, at, compared = {}, FIXED_ARGS, 0
for c = 1, commits do
  local part = {
    events = tonumber(ARGV[at + 1]), lines = ARGV[at + 2],
    answer_ttl = tonumber(ARGV[at + 3]), answer = ARGV[at + 4],
    players = tonumber(ARGV[at + 5]), recent = tonumber(ARGV[at + 6]),
    changes = tonumber(ARGV[at + 7]), at = at + COMMIT_ARGS, first = compared + 1,
  }
  parts[c] = part
  compared = compared + part.players + (part.answer_ttl > 0 and 1 or 0)
  at = part.at + 2 * part.players + 3 * part.recent + 2 * part.changes
end

-- All that is compared by one command, and all players written by one: each has its price.
local found = redis.call('MGET', unpack(KEYS, CHECKED, CHECKED + compared))
local replies = {}
if found[1] ~= run_id then
  for c = 1, commits do
    replies[c] = {'unchecked'}
  end
  return replies
end

local waiting = redis.call('XLEN', outbox_key)
local counted = redis.call('HMGET', bytes_key, 'written', 'removed')
local bytes = tonumber(counted[1] or 0) - tonumber(counted[2] or 0)

local function version_of(state)
  return state and string.match(state, '^[^\n]*') or '0'
end

-- The answers of this call: a key stands for one of its commits.
local answered = {}

local function verdict(part)
  local place = part.first
  if part.answer_ttl > 0 then
    local key = KEYS[CHECKED + place]
    local answer = found[1 + place] or answered[key]
    if answer then
      return {'replayed', answer}
    end
    part.answer_key, place = key, place + 1
  end
  -- An empty outbox takes events of any size: they could never be taken otherwise.
  if waiting >= entries_max or (waiting > 0 and bytes + #part.lines > bytes_max) then
    return {'full'}
  end
  for i = 0, part.players - 1 do
    if version_of(found[1 + place + i]) ~= ARGV[part.at + 2 * i + 1] then
      return {'conflict'}
    end
  end
  part.first_player = place
end

local states, entry, answers, events, written = {}, {}, {}, 0, 0
for c = 1, commits do
  local part = parts[c]
  replies[c] = verdict(part) or false
  if not replies[c] then
    for i = 0, part.players - 1 do
      states[#states + 1] = KEYS[CHECKED + part.first_player + i]
      states[#states + 1] = ARGV[part.at + 2 * i + 2]
    end
    if part.answer_key then
      answered[part.answer_key] = part.answer
      answers[#answers + 1] = part
    end
    events, written = events + part.events, written + #part.lines
    entry[#entry + 1], entry[#entry + 2] = #entry / 2 + 1, part.lines
    waiting, bytes, part.upto = waiting + 1, bytes + #part.lines, events
  end
end
if #entry == 0 then
  return replies
end

if #states > 0 then
  redis.call('MSET', unpack(states))
end

local key = CHECKED + compared
for c = 1, commits do
  local part = parts[c]
  local arg = part.at + 2 * part.players
  for i = 1, part.recent do
    local lists = tonumber(ARGV[arg + 3])
    if part.upto then
      local trade = string.sub(part.lines, ARGV[arg + 1], ARGV[arg + 2])
      for j = 1, lists do
        if redis.call('LPUSH', KEYS[key + j], trade) > recent_kept then
          redis.call('LTRIM', KEYS[key + j], 0, recent_kept - 1)
        end
      end
    end
    key, arg = key + lists, arg + 3
  end
  for i = 1, part.changes do
    local change, member = ARGV[arg + 1], ARGV[arg + 2]
    if part.upto then
      if change == 'add' then
        redis.call('ZADD', KEYS[key + 1], member, member)
      else
        redis.call('ZREM', KEYS[key + 1], member)
      end
    end
    key, arg = key + 1, arg + 2
  end
end

-- Numbers are exact up to 2^53, as in JSON. They go out as text: Lua would write 1e14 and more in
-- exponent form.
local function text_of(number)
  return string.format('%.0f', number)
end
local last_seq = redis.call('INCRBY', seq_key, events)
-- Each entry knows how many bytes were ever written with it: so whoever removes some can tell from
-- the first one left how many those were (trim.lua), whatever died in between.
local id, ever = text_of(last_seq) .. '-0', redis.call('HINCRBY', bytes_key, 'written', written)
redis.call('XADD', outbox_key, id, 'written', text_of(ever), unpack(entry))

for _, part in ipairs(answers) do
  redis.call('SET', part.answer_key, part.answer, 'EX', part.answer_ttl)
end
for c = 1, commits do
  if parts[c].upto then
    replies[c] = {'committed', text_of(last_seq - events + parts[c].upto)}
  end
end
return replies
