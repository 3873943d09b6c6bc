-- restore_end: a restored realm goes on after the last event that the log has.
--
-- KEYS  1 seq   2 player ids
-- ARGV  1 the number of the last event   2 the highest player id
-- Reply the last player id given out
--
-- Ids may have been drawn meanwhile, for requests that were then turned away: none is given twice.

redis.call('SET', KEYS[1], ARGV[1])
local given = redis.call('GET', KEYS[2]) or '0'
if tonumber(given) < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[2], ARGV[2])
end
return redis.call('GET', KEYS[2])
