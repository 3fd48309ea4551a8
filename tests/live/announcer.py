"""Announce entries that are not in the database, one after another: `python -m tests.live.announcer CLUB COUNT SIZE`.

Each says when it was sent, by the clock that the processes of a machine share.
"""

import asyncio
import json
import sys
import time

import django

PAUSE_S = 0.02


async def announce(club_id: int, count: int, size: int) -> None:
    from strava_live.broadcast import EncodedChange, announce_changes

    for seq in range(1, count + 1):
        entry = {"id": seq, "seq": seq, "at": "2026", "text": "x" * size, "data": {"sent_at": time.monotonic()}}
        text = json.dumps({"type": "entry.added", "entry": entry})
        await announce_changes(club_id, [EncodedChange(seq, text, text)])
        await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    django.setup()
    asyncio.run(announce(*map(int, sys.argv[1:])))
