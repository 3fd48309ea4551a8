"""Publish entries to a club of our site, with its `announce_news`: publish_to_club CLUB_ID SEQ.

SEQ is the number of the club's last entry. The process needs the site's environment.
"""

import sys

import django

from bench.fanout_peers.publishing import compact, entry, publish_on_command

django.setup()

from strava_live.broadcast import News, announce_news  # noqa: E402 needs the line above

CLUB_ID, SEQ = map(int, sys.argv[1:])


async def send(number: int) -> None:
    text = compact(entry(number, SEQ + number))
    await announce_news(CLUB_ID, [News(SEQ + number, text, text)])


if __name__ == "__main__":
    publish_on_command(send)
