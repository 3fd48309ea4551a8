"""To our site, by its own announce_news: publish_to_club CLUB_ID SEQ, with the site's environment."""

import sys

import django

from bench.fanout_peers.publishing import compact, entry, publish_when_told

django.setup()

from strava_live.broadcast import News, announce_news  # noqa: E402 needs the line above

CLUB_ID, SEQ = map(int, sys.argv[1:])


async def send(number: int) -> None:
    text = compact(entry(number, SEQ + number))
    await announce_news(CLUB_ID, [News(SEQ + number, text, text)])


if __name__ == "__main__":
    publish_when_told(send)
