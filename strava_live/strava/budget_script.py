"""A Lua script that counts our calls to Strava against Strava's rate limits. Redis runs it atomically.

It does the same as `limits.Ledger`. Strava has four limits: for all calls in a quarter of an hour and in a day, then
for reading calls in a quarter of an hour and in a day. KEYS[1] is the hash with the ledger: the numbers of the current
quarter and day since 1970, whether a 429 has closed the quarter, the four limits and the four counts. ARGV holds the
seconds of a quarter and of a day, the four limits to use until a response names others, a verb and its arguments:

    acquire  Ask to make one call, and count it if it is granted. The argument is the share of every limit, from 0 to 1,
             that may be used, or "" to grant the call always.
    record   Take over what a response said. The arguments are the numbers of the quarter and the day in which the call
             was sent, 1 or 0 for whether the response was a 429, and the four limits and four counts that the response
             named. A missing number is "-".
    look     Count nothing.

Every verb returns whether `acquire` granted the call (1 or 0), the time of Redis, and the ledger.
"""

SCRIPT = """
local quarter_s, day_s = tonumber(ARGV[1]), tonumber(ARGV[2])
local verb = ARGV[7]

local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local quarter, day = math.floor(now / quarter_s), math.floor(now / day_s)

local stored = redis.call('HMGET', KEYS[1], 'quarter', 'day', 'closed', 'l1', 'l2', 'l3', 'l4', 'u1', 'u2', 'u3', 'u4')
local closed = tonumber(stored[3]) or 0
local limits, used = {}, {}
for i = 1, 4 do
    limits[i] = tonumber(stored[3 + i]) or tonumber(ARGV[2 + i])
    used[i] = tonumber(stored[7 + i]) or 0
end

-- limits[i] and used[i]: 1 and 3 are of the quarter of an hour, 2 and 4 of the day; 3 and 4 count reading calls only.
-- If the clock is set back, no window ends: the counts stay.
local ended = { quarter > (tonumber(stored[1]) or -1), day > (tonumber(stored[2]) or -1) }
for i = 1, 4 do
    if ended[(i - 1) % 2 + 1] then used[i] = 0 end
end
if ended[1] then closed = 0 end

local granted = 0
if verb == 'acquire' then
    local share = tonumber(ARGV[8])
    granted = 1
    if share then
        if closed == 1 then granted = 0 end
        for i = 1, 4 do
            if used[i] >= math.floor(limits[i] * share + 1e-9) then granted = 0 end
        end
    end
    if granted == 1 then
        for i = 1, 4 do used[i] = used[i] + 1 end
    end
elseif verb == 'record' then
    local same = { tonumber(ARGV[8]) == quarter, tonumber(ARGV[9]) == day }
    if ARGV[10] == '1' and same[1] then closed = 1 end
    for i = 1, 4 do
        limits[i] = tonumber(ARGV[10 + i]) or limits[i]
        if same[(i - 1) % 2 + 1] then
            used[i] = math.max(used[i], tonumber(ARGV[14 + i]) or 0)
        else
            used[i] = used[i] + 1
        end
    end
end

redis.call('HSET', KEYS[1], 'quarter', quarter, 'day', day, 'closed', closed,
    'l1', limits[1], 'l2', limits[2], 'l3', limits[3], 'l4', limits[4],
    'u1', used[1], 'u2', used[2], 'u3', used[3], 'u4', used[4])
return { granted, string.format('%.6f', now), quarter, day, closed,
    limits[1], limits[2], limits[3], limits[4], used[1], used[2], used[3], used[4] }
"""
