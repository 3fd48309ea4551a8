"""Found, change and close clubs."""

import re
from collections.abc import Iterator
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.broadcast import screen_target
from strava_live.clubs.keys import close_sockets_after_commit, refresh_screens
from strava_live.clubs.models import Club, Membership, Screen, new_epoch
from strava_live.database import DELETED_AT_ONCE

RESERVED = frozenset({"new"})
"""Words that no club can have as its address, because /clubs/<word>/ is another page."""
SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
LONGEST_SLUG = 50


class BadSlug(ValueError):
    """The address is not allowed. The message says why."""


class SlugTaken(BadSlug):
    """Another club has this address."""


def found_club(name: str, *, time_zone: str, captain: User) -> Club:
    """Found a club at an address made from its name, with a number appended if another club has that address."""
    for slug in slugs_for(name):
        try:
            return found_club_at(slug, name, time_zone=time_zone, captain=captain)
        except SlugTaken:
            continue
    raise AssertionError("There is always another number.")


def found_club_at(slug: str, name: str, *, time_zone: str, captain: User | None = None) -> Club:
    """Found a club at this address. The captain becomes a member who shares nothing."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise BadSlug(
            f"{slug} cannot be a club's address: use lower-case letters, digits and hyphens, {LONGEST_SLUG} at most."
        )
    if slug in RESERVED:
        raise BadSlug(f"{slug} cannot be a club's address: another page uses it.")
    try:
        with transaction.atomic():
            if captain is not None:
                lock_athlete(captain.pk)  # raises AthleteErased, not an IntegrityError that looks like a taken slug
            club = Club.objects.create(slug=slug, name=name, time_zone=time_zone)
            if captain is not None:
                Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    except IntegrityError:
        raise SlugTaken(f"There is already a club at {slug}.") from None
    return club


def slugs_for(name: str) -> Iterator[str]:
    """Yield addresses for a name, without end. A name without a Latin letter or digit becomes `club`."""
    plain = re.sub(r"[-_]+", "-", slugify(name))[: LONGEST_SLUG - 6].strip("-") or "club"
    slug = f"{plain}-club" if plain in RESERVED else plain
    yield slug
    yield from (f"{slug}-{number}" for number in count(2))


def change_club(club_id: int, *, name: str, time_zone: str) -> None:
    with transaction.atomic():
        Club.objects.filter(pk=club_id).update(name=name, time_zone=time_zone)
        refresh_screens(club_id)


def begin_new_epochs() -> int:
    """Give every club a new epoch after a backup was restored, and return the number of clubs.

    Update one club at a time, because a transaction that locks several must lock them in the order of their ids.
    """
    clubs = Club.objects.order_by("pk").values_list("pk", flat=True)
    return sum(Club.objects.filter(pk=pk).update(epoch=new_epoch()) for pk in clubs)


def close_club(club_id: int) -> None:
    """Delete a club with its feed, invitations and screens. Needs the club's lock."""
    for screen_id in Screen.objects.in_club(club_id).values_list("pk", flat=True):
        close_sockets_after_commit(screen_target(screen_id))
    entries = Club(pk=club_id).entries
    while ids := list(entries.values_list("pk", flat=True)[:DELETED_AT_ONCE]):  # a statement has at most 65,535 values
        entries.filter(pk__in=ids).delete()
    Club.objects.filter(pk=club_id).delete()
