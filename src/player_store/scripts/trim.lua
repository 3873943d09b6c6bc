-- trim: remove the outbox's entries that the log has, and count anew the bytes of those left.
--
-- KEYS  1 outbox   2 the outbox's bytes
-- ARGV  1 the number of the last event that the log has
-- Reply {removed entries}
--
-- Nothing is subtracted: the count follows from the first entry that is left, so that it is right
-- however often a relay died before it came here.

local outbox_key, bytes_key, last_seq = KEYS[1], KEYS[2], ARGV[1]

-- An entry's id is its last event's number: those up to and with `last_seq` go.
local removed = redis.call('XTRIM', outbox_key, 'MINID', last_seq .. '-1')

local first = redis.call('XRANGE', outbox_key, '-', '+', 'COUNT', 1)[1]
if not first then
  local written = redis.call('HGET', bytes_key, 'written')
  redis.call('HSET', bytes_key, 'removed', written or 0)
else
  local written, own = nil, 0
  for i = 1, #first[2], 2 do
    local field, value = first[2][i], first[2][i + 1]
    if field == 'written' then
      written = tonumber(value)
    else
      own = own + #value
    end
  end
  -- An entry that an earlier release wrote does not know; it is counted when it is gone.
  if written then
    redis.call('HSET', bytes_key, 'removed', string.format('%.0f', written - own))
  end
end
return { removed }
