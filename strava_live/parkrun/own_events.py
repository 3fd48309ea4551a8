"""Own events: events that are on no list, named by one athlete. Only that athlete sees them.

Results at an own event count like any other. An own event has no place, so no rule recognises a parkrun there: its
results are typed in, imported, or entered for an activity by the athlete.
"""

import secrets
from collections.abc import Iterable

from strava_live.accounts.plain_text import shows_something, visible
from strava_live.parkrun.event import Event
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.titles import folded, is_junior, words

OWN = "own"
"""What a form sends instead of an event's slug to have an own event created."""
SLUG = "own-{}"
"""The form of an own event's slug."""
MOST = 30
"""The largest number of own events of one athlete."""
SHORTEST, LONGEST = 3, 60
"""The limits for the length of a name, in characters."""


class UnusableName(ValueError):
    """No own event of this name can be created. The message tells the athlete why."""


def own_event_called(athlete_id: int, name: str) -> ParkrunEvent | None:
    """Return the athlete's own event of this name, or None. Case and accents make no difference."""
    wanted = (words(name), is_junior(name))
    mine = ParkrunEvent.objects.own(athlete_id)
    return next((event for event in mine if (words(event.name), is_junior(event.name)) == wanted), None)


def search_own_events(athlete_id: int, text: str) -> list[ParkrunEvent]:
    """Return the athlete's own events whose names contain the text. Case and accents make no difference."""
    wanted = folded(text).strip()
    return [event for event in ParkrunEvent.objects.own(athlete_id) if wanted in folded(event.name)] if wanted else []


def is_own_slug(slug: str) -> bool:
    """Return whether the slug has the form of an own event's."""
    return slug.startswith(SLUG.format(""))


def own_events(athlete_id: int, slugs: Iterable[str]) -> dict[str, ParkrunEvent]:
    """Return the athlete's own events with these slugs. Make no query if no slug has the form of an own event's."""
    wanted = [slug for slug in slugs if is_own_slug(slug)]
    found = ParkrunEvent.objects.own(athlete_id).filter(slug__in=wanted) if wanted else ()
    return {event.slug: event for event in found}


def draft_event(name: str) -> Event:
    """Return the own event of this name without storing it. Raise `UnusableName` if it could not be created."""
    written = " ".join(visible(name).split()) if shows_something(name) else ""
    if not SHORTEST <= len(written) <= LONGEST or sum(map(str.isalpha, written)) < SHORTEST or not words(written):
        raise UnusableName(f"An event's name has {SHORTEST} to {LONGEST} characters, most of them letters.")
    if "parkrun" not in folded(written):
        written = f"{written} parkrun"
    return ParkrunEvent(slug=SLUG.format("new"), name=written, series=series_of(written)).as_event()


def get_or_create_own_event(athlete_id: int, name: str) -> ParkrunEvent:
    """Return the athlete's own event of this name, and create it if needed. The caller holds the athlete's lock.

    An athlete who has MOST own events first loses those without results. Raise `UnusableName` if there are still MOST.
    """
    event = draft_event(name)
    if known := own_event_called(athlete_id, event.name):
        return known
    mine = ParkrunEvent.objects.own(athlete_id)
    if mine.count() >= MOST:
        mine.filter(results=None).delete()
        if mine.count() >= MOST:
            raise UnusableName(f"You can name up to {MOST} events of your own.")
    return ParkrunEvent.objects.create(
        owner_id=athlete_id,
        slug=SLUG.format(secrets.token_hex(8)),
        name=event.name,
        short_name=event.name,
        series=series_of(event.name),
    )


def series_of(name: str) -> ParkrunEvent.Series:
    return ParkrunEvent.Series.JUNIOR if is_junior(name) else ParkrunEvent.Series.FIVE_K
