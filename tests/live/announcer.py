"""Announce entries that are not in the database, one after another: `python -m tests.live.announcer CLUB COUNT SIZE`.

Each is a post whose `ref` says when it was sent, by the clock that the processes of a machine share.
"""

import asyncio
import sys
import time

import django

from strava_live.protocol import EntryAdded, frame
from strava_live.protocol.examples import POST

PAUSE_S = 0.02


async def announce(club_id: int, count: int, size: int) -> None:
    from strava_live.broadcast import EncodedChange, announce_changes

    for seq in range(1, count + 1):
        entry = POST | {"id": seq, "seq": seq, "text": "x" * size, "data": {"ref": str(time.monotonic())}}
        text = frame([EntryAdded(entry=entry).wire()])
        await announce_changes(club_id, [EncodedChange(seq, text, text)])
        await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    django.setup()
    asyncio.run(announce(*map(int, sys.argv[1:])))
