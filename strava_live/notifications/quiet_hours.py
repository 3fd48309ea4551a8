"""Quiet hours: the time of day in which a person's devices get nothing."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(now: datetime, zone: ZoneInfo, begins: time | None, ends: time | None) -> datetime | None:
    """Return when the quiet hours that are under way end, in UTC. Return None if none are under way.

    They begin and end by the person's local time. So when summer time begins or ends, they last an hour less or more.
    """
    if begins is None or ends is None:
        return None
    local = now.astimezone(zone)
    clock = local.time()
    if begins < ends:
        is_quiet, days = begins <= clock < ends, 0
    else:
        is_quiet, days = clock >= begins or clock < ends, int(clock >= begins)
    if not is_quiet:
        return None
    end = datetime.combine(local.date() + timedelta(days=days), ends, zone).astimezone(UTC)
    if end <= now:  # the clock was set back, and shows the time of the end for the second time
        end = datetime.combine(local.date() + timedelta(days=days), ends.replace(fold=1), zone).astimezone(UTC)
    return end
