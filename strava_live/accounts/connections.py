"""Connecting an athlete's Strava and letting it go."""

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
    """Keep what Strava has just granted; granting again replaces what was there and ends any trouble."""
    with transaction.atomic():
        granted = {"user": user, **fields_of_grant(tokens, scopes), "joined_at": joined_at}
        connection, _ = StravaConnection.objects.update_or_create(strava_id=strava_id, defaults=granted)
        settle_revocations(strava_id)
    return connection


def renew_connection(*, strava_id: int, tokens: Tokens, scopes: str) -> bool:
    """Give the athlete's connection what Strava has just granted. Return False if there is no connection."""
    with transaction.atomic():
        connected = StravaConnection.objects.filter(strava_id=strava_id).update(**fields_of_grant(tokens, scopes))
        if connected:
            settle_revocations(strava_id)
    return bool(connected)


def hand_back(*, strava_id: int, tokens: Tokens, scopes: str) -> None:
    """Have a grant revoked that is refused here.

    Unless the athlete is connected here: the grant has replaced the connection's tokens at Strava, so the connection
    needs the new ones, and revoking them would end it.
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
        "refresh_owner": "",
        "refresh_until": None,
    }


def settle_revocations(strava_id: int) -> None:
    """Drop those that were never tried: they would hit the new grant.

    One that was tried may have hit it already, or may be under way and hit it yet. Its row stays and has the connection
    checked: at once if Strava has answered, otherwise when the call must have ended (revocations.py).
    """
    now, rows = timezone.now(), Revocation.objects.filter(strava_id=strava_id)
    rows.filter(tries=0).delete()
    rows.filter(token=Secret.of("")).update(next_try_at=now)
    rows.exclude(token=Secret.of("")).update(next_try_at=now + timedelta(seconds=settings.REVOCATION_RETRY_S))


def disconnect_strava(user: User) -> Revocation | None:
    """Forget the tokens at once and note what Strava is to forget. None when there was nothing to disconnect.

    Who has a password loses the link to the Strava account too. Who has none keeps it: it is their only way back in.
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
