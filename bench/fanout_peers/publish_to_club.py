"""Publish entries to a club of our site, with its `announce_changes`: publish_to_club CLUB_ID SEQ.

SEQ is the number of the club's last entry. The process needs the site's environment.
"""

import sys

import django

from bench.fanout_peers.publishing import compact, entry, publish_on_command

django.setup()

from strava_live.broadcast import EncodedChange, announce_changes  # noqa: E402 needs the line above

CLUB_ID, SEQ = map(int, sys.argv[1:])


async def send(number: int) -> None:
    text = compact(entry(number, SEQ + number))
    await announce_changes(CLUB_ID, [EncodedChange(SEQ + number, text, text)])


if __name__ == "__main__":
    publish_on_command(send)
