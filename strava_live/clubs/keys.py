"""A club's invitations and wall screens: creating and revoking them.

Each is a secret in an address. The table holds its digest, for finding it, and the encrypted secret, so that captains
can show it again.
"""

import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.broadcast import announce_figures, close_sockets, screen_target
from strava_live.clubs.models import Club, Invitation, Key, Screen, digest_of
from strava_live.protocol import Close

MOST_KEYS = 50
"""How many of each kind a club may have in use."""


class TooManyKeys(Exception):
    """The message says what to do."""


class UnknownKey(LookupError):
    """The club has no such key in use."""


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
        raise TooManyKeys(f"You already have {MOST_KEYS}. Revoke one you no longer need first.")
    secret = secrets.token_urlsafe(32)
    return {"club_id": club_id, "made_by_id": made_by, "digest": digest_of(secret), "secret": Secret.of(secret)}


def revoke_invitation(club_id: int, pk: int) -> None:
    with transaction.atomic():
        have_walls_ask_anew(club_id)
        revoke(Invitation, club_id, pk, now=timezone.now())


def revoke_screen(club_id: int, pk: int) -> None:
    """Revoke a screen and close its sockets in every process."""
    with transaction.atomic():
        evict(club_id, screen_target(pk))
        revoke(Screen, club_id, pk, now=timezone.now())


def revoke(model: type[Key], club_id: int, pk: int, *, now: datetime) -> None:
    if not model.objects.in_club(club_id).filter(pk=pk, revoked_at=None).update(revoked_at=now):
        raise UnknownKey(pk)


def evict(club_id: int, name: str) -> None:
    """Close the sockets of a member or a screen after the commit, and raise the club's eviction number with it.

    The number reaches every hub through the table where Redis does not carry the announcement. Called before the other
    rows of a club are changed, because it locks the club's row.
    """
    this = Club.objects.filter(pk=club_id)
    this.update(evictions=F("evictions") + 1)
    show_out(name, this.values_list("evictions", flat=True).first())


def show_out(name: str, evictions: int | None = None) -> None:
    """Close the sockets of this name after the commit."""
    transaction.on_commit(partial(async_to_sync(close_sockets), name, Close.NOT_ALLOWED, evictions))


def have_walls_ask_anew(club_id: int) -> None:
    """Tell screens after the commit to fetch their figures, the invitation and the club's name again.

    Called before the other rows of a club are changed, because it locks the club's row."""
    Club.objects.raise_figures_version([club_id])
    transaction.on_commit(partial(async_to_sync(announce_figures), club_id))
