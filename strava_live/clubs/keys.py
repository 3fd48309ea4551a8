"""A club's invitations and wall screens: making and revoking them.

Each is a secret that stands in an address. The table holds its digest, to find it by, and the secret encrypted, so that
captains can show it again.
"""

import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.broadcast import announce_figures, close_sockets, screen_name
from strava_live.clubs.models import Invitation, Key, Screen, digest_of
from strava_live.protocol import Close

MOST_KEYS = 50
"""Of each kind that a club may have in use."""


class TooManyKeys(Exception):
    """The sentence says what to do."""


class UnknownKey(LookupError):
    """No key of this club in use."""


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
            have_walls_ask_anew(club_id)
        return Invitation.objects.create(
            needs_approval=needs_approval, on_screens=on_screens, expires_at=expires_at, **fields
        )


def put_up_screen(club_id: int, *, name: str = "Screen", made_by: int | None = None) -> Screen:
    return Screen.objects.create(name=name, **new_key(Screen, club_id, made_by))


def new_key(model: type[Key], club_id: int, made_by: int | None) -> dict[str, Any]:
    if model.objects.in_club(club_id).valid(now=timezone.now()).count() >= MOST_KEYS:
        raise TooManyKeys(f"There are {MOST_KEYS} in use already. Revoke one that nobody needs first.")
    secret = secrets.token_urlsafe(32)
    return {"club_id": club_id, "made_by_id": made_by, "digest": digest_of(secret), "secret": Secret.of(secret)}


def revoke_invitation(club_id: int, pk: int) -> None:
    with transaction.atomic():
        revoke(Invitation, club_id, pk, now=timezone.now())
        have_walls_ask_anew(club_id)


def revoke_screen(club_id: int, pk: int) -> None:
    """Whatever shows it goes dark at once, in whatever process its socket is."""
    with transaction.atomic():
        revoke(Screen, club_id, pk, now=timezone.now())
        show_out(screen_name(pk))


def revoke(model: type[Key], club_id: int, pk: int, *, now: datetime) -> None:
    if not model.objects.in_club(club_id).filter(pk=pk, revoked_at=None).update(revoked_at=now):
        raise UnknownKey(pk)


def show_out(name: str) -> None:
    """Close somebody's sockets, once it is committed that they may stay no longer."""
    transaction.on_commit(partial(async_to_sync(close_sockets), name, Close.NOT_ALLOWED))


def have_walls_ask_anew(club_id: int) -> None:
    """Once it is committed: what they count, how to join, or what the club is called may be another."""
    transaction.on_commit(partial(async_to_sync(announce_figures), club_id))
