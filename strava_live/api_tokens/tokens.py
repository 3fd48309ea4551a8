"""Make and revoke API tokens, and find the token of a request."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from functools import partial

from asgiref.sync import async_to_sync
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.encryption import digest_of
from strava_live.accounts.models import User
from strava_live.api_tokens.models import HINT_LENGTH, ApiToken
from strava_live.broadcast import close_sockets, token_target
from strava_live.database import delete_in_batches
from strava_live.protocol import Close
from strava_live.time_zones import start_of_day, zone_or_utc

PREFIXES = {ApiToken.Scope.READ: "satlive_r_", ApiToken.Scope.WRITE: "satlive_w_"}
"""What a secret begins with. By it, people and scanners for leaked secrets recognise a token."""
MOST_TOKENS = 50
"""The most valid tokens that a person may have."""
ENDED_TOKENS_KEPT_FOR = timedelta(days=7)
"""How long the row of a token is kept after it was revoked or has expired, for questions about it."""


class TooManyTokens(Exception):
    """The person has MOST_TOKENS valid tokens. The message says what to do."""


class UnknownToken(LookupError):
    """The person has no such token, or the token has already been revoked."""


class BadExpiry(ValueError):
    """The last day of a token is in the past, or too far ahead. The message is for the person."""


def make_token(
    user_id: int, *, name: str, scope: ApiToken.Scope, expires_on: date | None = None
) -> tuple[ApiToken, str]:
    """Create a token, and return it with its secret, which is not stored. Raise TooManyTokens or BadExpiry.

    The token is valid through the day `expires_on` in the person's time zone.
    """
    now = timezone.now()
    expires_at = end_of(expires_on, User.objects.get(pk=user_id), now=now) if expires_on else None
    if ApiToken.objects.of(user_id).valid(now=now).count() >= MOST_TOKENS:
        raise TooManyTokens(f"You already have {MOST_TOKENS}. Revoke one you no longer need first.")
    secret = PREFIXES[scope] + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=user_id,
        name=name,
        scope=scope,
        hint=secret[:HINT_LENGTH],
        digest=digest_of(secret),
        expires_at=expires_at,
    )
    return token, secret


def end_of(day: date, user: User, *, now: datetime) -> datetime:
    """Return the end of this day in the person's time zone. Raise BadExpiry if it is over."""
    zone = zone_or_utc(user.time_zone)
    if day < now.astimezone(zone).date():
        raise BadExpiry("That date is in the past.")
    if day.year == MAXYEAR:
        raise BadExpiry("That date is too far ahead.")
    return start_of_day(day + timedelta(days=1), zone)


def find_token(secret: str, *, now: datetime) -> ApiToken | None:
    """Return the valid token with this secret, and its user; None if there is none, or the user is not active."""
    return find_tokens([digest_of(secret)], now=now).get(digest_of(secret))


def find_tokens(digests: Iterable[str], *, now: datetime) -> dict[str, ApiToken]:
    """Return the valid tokens of active users by the digest of their secret, each with its user, in one query."""
    found = ApiToken.objects.valid(now=now).of_active_users().filter(digest__in=set(digests)).select_related("user")
    return {token.digest: token for token in found}


def still_valid(token_ids: Iterable[int], *, now: datetime) -> set[int]:
    """Return the ids of those tokens that a program may still use, in one query."""
    valid = ApiToken.objects.valid(now=now).of_active_users().filter(pk__in=set(token_ids))
    return set(valid.values_list("pk", flat=True))


def is_noted(token: ApiToken, *, now: datetime) -> bool:
    """Return True if the row says that the token was used on this day, in UTC."""
    return token.last_used_on is not None and token.last_used_on >= now.astimezone(UTC).date()


def note_used(token: ApiToken, *, now: datetime) -> None:
    """Store that the token was used on this day, in UTC. Write at most once a day, and ignore a failing database.

    Call it outside a transaction. On SQLite, a transaction waits for other writers as soon as it begins, so requests
    that have nothing to write would wait, too.
    """
    if is_noted(token, now=now):
        return
    today = now.astimezone(UTC).date()
    earlier = Q(last_used_on=None) | Q(last_used_on__lt=today)
    with suppress(DatabaseError):
        ApiToken.objects.filter(earlier, pk=token.pk).update(last_used_on=today)


def revoke_token(user_id: int, pk: int) -> None:
    """Revoke a token of this user, and end its event streams in every process after the commit. Raise UnknownToken.

    If Redis loses the announcement, each web process still finds the revoked token in the table (hub/hub.py).
    """
    with transaction.atomic():
        if not ApiToken.objects.of(user_id).filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now()):
            raise UnknownToken(pk)
        transaction.on_commit(partial(async_to_sync(close_sockets), token_target(pk), Close.NOT_SIGNED_IN))


async def purge_ended_tokens() -> None:
    """Delete tokens that were revoked, or have expired, ENDED_TOKENS_KEPT_FOR ago or earlier."""
    await delete_in_batches(ApiToken.objects.ended_before(timezone.now() - ENDED_TOKENS_KEPT_FOR))
