"""The budget's ledger in Lua: `limits.Ledger` once more, in the one place where all processes can change it at once.

KEYS[1] is a hash. ARGV: the lengths of the windows, the limits to start from, then a verb and what it needs:

    ask    the share of each limit that may be used up, or "" when nothing holds the call back
    learn  the windows the call was asked for in, 1 if it was answered 429, four limits and four figures of usage ("-"
           where the answer did not say)
    look

Answers 1 or 0 (whether the call may be made), Redis's time, and the ledger as it stands now.
"""

SCRIPT = """
local quarter_s, day_s = tonumber(ARGV[1]), tonumber(ARGV[2])
local verb = ARGV[7]

local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local quarter, day = math.floor(now / quarter_s), math.floor(now / day_s)

local kept = redis.call('HMGET', KEYS[1], 'quarter', 'day', 'closed', 'l1', 'l2', 'l3', 'l4', 'u1', 'u2', 'u3', 'u4')
local closed = tonumber(kept[3]) or 0
local limits, used = {}, {}
for i = 1, 4 do
    limits[i] = tonumber(kept[3 + i]) or tonumber(ARGV[2 + i])
    used[i] = tonumber(kept[7 + i]) or 0
end

-- Meters 1 and 3 run for a quarter hour, 2 and 4 for a day.
-- A clock that is set back turns nothing: what was counted stays counted.
local turned = { quarter > (tonumber(kept[1]) or -1), day > (tonumber(kept[2]) or -1) }
for i = 1, 4 do
    if turned[(i - 1) % 2 + 1] then used[i] = 0 end
end
if turned[1] then closed = 0 end

local granted = 0
if verb == 'ask' then
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
elseif verb == 'learn' then
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
