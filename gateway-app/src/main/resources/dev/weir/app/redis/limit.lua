-- One decision on all charges of a request: every limit is charged, or none.
--
-- KEYS: the bucket of each charge; then, if the caller may ask again, the place to remember the answer.
-- ARGV: for each charge seven: kind (g, w), first, second, capacity (RateLimit.Terms), the tokens wanted, the least
--       that will do, and 1 for a limit in shadow.
-- Answers for each charge four: tokens taken (0: refused), tokens left, microseconds to wait, and until all is back.
--
-- Whole numbers below 2^53 throughout, so that this computes the very same as dev.weir.ratelimit does. A bucket is
-- written as three of them, "at used before" (Level); one that is missing was never used, or is as good as that.

local PARTS = 7
local CLOCK_SLACK = 1000000
local REMEMBERED_MILLIS = 10000

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local count = #ARGV / PARTS
local memory = KEYS[count + 1]
if memory then
  local answer = redis.call('GET', memory)
  if answer then
    return cmsgpack.unpack(answer)
  end
end

local floor = math.floor

local function ceil_div(dividend, divisor)
  return floor((dividend + divisor - 1) / divisor)
end

-- A token bucket: used is a debt in parts of a token.
local bucket = {}

function bucket.advance(c)
  local elapsed = now - c.at
  if elapsed < 0 then
    if elapsed < -CLOCK_SLACK then
      c.at = now
    end
    return
  end
  c.at = now
  if elapsed >= ceil_div(c.used, c.second) then
    c.used = 0
  else
    c.used = c.used - elapsed * c.second
  end
end

function bucket.free(c)
  return floor((c.capacity - c.used) / c.first)
end

function bucket.take(c, tokens)
  c.used = c.used + tokens * c.first
end

function bucket.wait(c, tokens)
  local missing = c.used + tokens * c.first - c.capacity
  return missing <= 0 and 0 or ceil_div(missing, c.second)
end

function bucket.until_unused(c)
  return ceil_div(c.used, c.second)
end

-- A sliding window: used is what was taken in the current fixed window, before that of the one before.
local window = {}

function window.advance(c)
  local start = now - math.fmod(now, c.second * 1000)
  if start == c.at then
    return
  end
  if start > c.at then
    c.before = start == c.at + c.second * 1000 and c.used or 0
    c.used = 0
    c.at = start
  elseif c.at - now > CLOCK_SLACK then
    c.at = start
  end
end

local function weighted(c)
  local elapsed = floor(math.max(0, now - c.at) / 1000)
  return c.before * (c.second - elapsed) + c.used * c.second
end

function window.free(c)
  return floor(math.max(0, c.capacity - weighted(c)) / c.second)
end

function window.take(c, tokens)
  c.used = c.used + tokens
end

local function millis_until(c, before, free)
  return before <= free and 0 or c.second - floor(free * c.second / before)
end

function window.wait(c, tokens)
  if tokens <= window.free(c) then
    return 0
  end
  local since_start = math.max(0, now - c.at)
  local free = c.first - c.used - tokens
  if free >= 0 then
    return millis_until(c, c.before, free) * 1000 - since_start
  end
  return c.second * 1000 - since_start + millis_until(c, c.used, c.first - tokens) * 1000
end

function window.until_unused(c)
  local windows = c.used > 0 and 2 or c.before > 0 and 1 or 0
  return windows == 0 and 0 or c.at + windows * c.second * 1000 - now
end

local charges = {}
local is_admitted = true
for i = 1, count do
  local from = (i - 1) * PARTS
  local c = {
    kind = ARGV[from + 1] == 'g' and bucket or window,
    first = tonumber(ARGV[from + 2]),
    second = tonumber(ARGV[from + 3]),
    capacity = tonumber(ARGV[from + 4]),
    wanted = tonumber(ARGV[from + 5]),
    least = tonumber(ARGV[from + 6]),
    is_shadow = ARGV[from + 7] == '1',
    at = 0,
    used = 0,
    before = 0
  }
  local at, used, before = string.match(redis.call('GET', KEYS[i]) or '', '^(%d+) (%d+) (%d+)$')
  if at then
    c.at, c.used, c.before = tonumber(at), tonumber(used), tonumber(before)
  end
  c.kind.advance(c)
  c.granted = math.min(c.wanted, c.kind.free(c))
  if c.granted < c.least then
    c.granted = 0
    is_admitted = is_admitted and c.is_shadow
  end
  charges[i] = c
end

local answer = {}
for i = 1, count do
  local c = charges[i]
  if is_admitted and c.granted > 0 then
    c.kind.take(c, c.granted)
    -- As long as the bucket differs from one that was never used, and the clock's slack besides.
    local expiry = ceil_div(c.kind.until_unused(c) + CLOCK_SLACK, 1000)
    local state = string.format('%.0f %.0f %.0f', c.at, c.used, c.before)
    redis.call('SET', KEYS[i], state, 'PX', string.format('%.0f', expiry))
  end
  local wait = c.granted > 0 and 0 or c.kind.wait(c, c.least)
  answer[#answer + 1] = c.granted
  answer[#answer + 1] = c.kind.free(c)
  answer[#answer + 1] = wait
  answer[#answer + 1] = c.kind.until_unused(c)
end

if memory and is_admitted then
  redis.call('SET', memory, cmsgpack.pack(answer), 'PX', REMEMBERED_MILLIS)
end
return answer
