"""Connect an athlete's Strava account, and disconnect it."""

from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.strava.payloads import Tokens


def connect_strava(
    user: User, *, strava_id: int, tokens: Tokens, scopes: str, joined_at: datetime | None = None
) -> StravaConnection:
    """Store what Strava has granted. A new grant replaces the tokens of an older one and clears `trouble`."""
    with transaction.atomic():
        granted = {"user": user, **fields_of_grant(tokens, scopes), "joined_at": joined_at}
        connection, _ = StravaConnection.objects.update_or_create(strava_id=strava_id, defaults=granted)
        settle_revocations(strava_id)
    return connection


def renew_connection(*, strava_id: int, tokens: Tokens, scopes: str) -> bool:
    """Replace the tokens of the athlete's connection. Return False if there is no connection."""
    with transaction.atomic():
        connected = StravaConnection.objects.filter(strava_id=strava_id).update(**fields_of_grant(tokens, scopes))
        if connected:
            settle_revocations(strava_id)
    return bool(connected)


def reject_grant(*, strava_id: int, tokens: Tokens, scopes: str) -> None:
    """Have a grant revoked that this site does not accept.

    If the athlete is connected here, store the grant in that connection instead. It has replaced the connection's
    tokens at Strava, and revoking it would end the connection.
    """
    if not renew_connection(strava_id=strava_id, tokens=tokens, scopes=scopes):
        Revocation.objects.create(strava_id=strava_id, token=Secret.of(tokens.refresh))


def fields_of_grant(tokens: Tokens, scopes: str) -> dict[str, Any]:
    return {
        "access_token": Secret.of(tokens.access),
        "refresh_token": Secret.of(tokens.refresh),
        "expires_at": tokens.expires_at,
        "scopes": scopes,
        "connected_at": timezone.now(),
        "trouble": StravaConnection.Trouble.NONE,
        **StravaConnection.refresh_lease.cleared,
    }


def settle_revocations(strava_id: int) -> None:
    """Delete the athlete's revocations that were never tried: they would end the new grant.

    A revocation that was tried may end the new grant, now or when a call under way reaches Strava. Its row stays, and
    makes the worker check the connection: at once if Strava has answered, otherwise once the call must have ended (see
    revocations.py).
    """
    now, rows = timezone.now(), Revocation.objects.filter(strava_id=strava_id)
    rows.filter(tries=0).delete()
    rows.filter(token=Secret.of("")).update(next_try_at=now)
    rows.exclude(token=Secret.of("")).update(next_try_at=now + timedelta(seconds=settings.REVOCATION_RETRY_S))


def disconnect_strava(user: User) -> Revocation | None:
    """Delete the user's tokens and return the revocation to carry out. Return None if they are not connected.

    A user with a password also loses the link to their Strava account. A user without one keeps it, because signing in
    with Strava is their only way in.
    """
    with transaction.atomic():
        connection = StravaConnection.objects.select_for_update().filter(user=user).first()
        if connection is None:
            return None
        revocation = Revocation.objects.create(strava_id=connection.strava_id, token=connection.refresh_token)
        if user.has_usable_password():
            SocialAccount.objects.filter(user=user, provider="strava").delete()
        connection.delete()
    return revocation
