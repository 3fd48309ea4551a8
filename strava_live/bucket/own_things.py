"""Recognise the Things at Bucket in which this site keeps activities."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from strava_live.bucket_client.shapes import Thing

THING_TYPE = "Strava"


def thing_name() -> str:
    """Return the name of the Thing. It names this site, because a person may send from several."""
    return f"{settings.SITE_NAME} ({urlsplit(settings.SITE_URL).netloc})"


def own_things(things: Iterable[Thing]) -> list[Thing]:
    """Return the Things that this site has made for activities: a person may give other Things the same name."""
    return [thing for thing in things if (thing.name, thing.type) == (thing_name(), THING_TYPE)]
