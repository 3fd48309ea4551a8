"""Create and revoke the two kinds of a club's keys: invitations and wall screens.

A key is a secret that is part of an address. The table holds a digest of the secret, by which the row is found, and the
encrypted secret, so that captains can show the address again.
"""

import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from strava_live.accounts.encryption import Secret, digest_of
from strava_live.broadcast import announce_figures, close_sockets, screen_target
from strava_live.clubs.models import Club, Invitation, Key, Screen
from strava_live.database import delete_in_batches
from strava_live.protocol import Close

ENDED_KEPT_FOR = timedelta(days=7)
"""How long the row of an invitation or screen is kept after it was revoked or has expired, for questions about it."""
MOST_KEYS = 50
"""The most invitations, and the most screens, that a club may have in use."""


class TooManyKeys(Exception):
    """The club has MOST_KEYS invitations, or as many screens, in use. The message says what to do."""


class UnknownKey(LookupError):
    """The club has no such invitation or screen, or the key has already been revoked."""


def invite(
    club_id: int,
    *,
    made_by: int | None = None,
    lasts: timedelta | None = None,
    needs_approval: bool = False,
    on_screens: bool = False,
) -> Invitation:
    expires_at = timezone.now() + lasts if lasts else None
    fields = new_key(Invitation, club_id, made_by)
    with transaction.atomic():
        if on_screens:
            refresh_screens(club_id)
        return Invitation.objects.create(
            needs_approval=needs_approval, on_screens=on_screens, expires_at=expires_at, **fields
        )


def put_up_screen(club_id: int, *, name: str = "Screen", made_by: int | None = None) -> Screen:
    return Screen.objects.create(name=name, **new_key(Screen, club_id, made_by))


def new_key(model: type[Key], club_id: int, made_by: int | None) -> dict[str, Any]:
    if model.objects.in_club(club_id).valid(now=timezone.now()).count() >= MOST_KEYS:
        raise TooManyKeys(f"You already have {MOST_KEYS}. Revoke one you no longer need first.")
    secret = secrets.token_urlsafe(32)
    return {"club_id": club_id, "made_by_id": made_by, "digest": digest_of(secret), "secret": Secret.of(secret)}


def revoke_invitation(club_id: int, pk: int) -> None:
    with transaction.atomic():
        refresh_screens(club_id)
        revoke(Invitation, club_id, pk, now=timezone.now())


def revoke_screen(club_id: int, pk: int) -> None:
    """Revoke a screen and close its sockets in every process."""
    with transaction.atomic():
        evict(club_id, screen_target(pk))
        revoke(Screen, club_id, pk, now=timezone.now())


def revoke(model: type[Key], club_id: int, pk: int, *, now: datetime) -> None:
    if not model.objects.in_club(club_id).filter(pk=pk, revoked_at=None).update(revoked_at=now):
        raise UnknownKey(pk)


async def purge_ended_keys() -> None:
    """Delete invitations and screens that were revoked, or have expired, ENDED_KEPT_FOR ago or earlier."""
    for model in (Invitation, Screen):
        await delete_in_batches(model.objects.ended_before(timezone.now() - ENDED_KEPT_FOR))


def evict(club_id: int, name: str) -> None:
    """Raise the club's eviction number, and close the sockets of a member or a screen after the commit.

    `name` comes from `member_target` or `screen_target` (broadcast.py). If Redis loses the announcement, each web
    process still reads the number from the table.

    This locks the club's row until the transaction ends. To avoid deadlocks, the club's row is locked before other rows
    of the club. So call this first, or lock the club before.
    """
    this = Club.objects.filter(pk=club_id)
    this.update(evictions=F("evictions") + 1)
    close_sockets_after_commit(name, this.values_list("evictions", flat=True).first())


def close_sockets_after_commit(name: str, evictions: int | None = None) -> None:
    """Close the sockets of a member or a screen in all processes after the commit. `name` is as in `evict`."""
    transaction.on_commit(partial(async_to_sync(close_sockets), name, Close.NOT_ALLOWED, evictions))


def refresh_screens(club_id: int) -> None:
    """Have the club's screens fetch their figures, the invitation and the club's name again, after the commit.

    This locks the club's row. Call it first, or lock the club before, as with `evict`.
    """
    Club.objects.raise_figures_version([club_id])
    transaction.on_commit(partial(async_to_sync(announce_figures), club_id))
