"""Connecting an athlete's Strava and letting it go."""

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.strava.payloads import Tokens


def connect_strava(user: User, *, strava_id: int, tokens: Tokens, scopes: str) -> StravaConnection:
    """Keep what Strava has just granted; granting again replaces what was there and ends any trouble.

    A revocation that is still to be made would now hit the new grant, so it is dropped.
    """
    Revocation.objects.filter(strava_id=strava_id).delete()
    connection, _ = StravaConnection.objects.update_or_create(
        strava_id=strava_id,
        defaults={
            "user": user,
            "access_token": Secret.of(tokens.access),
            "refresh_token": Secret.of(tokens.refresh),
            "expires_at": tokens.expires_at,
            "scopes": scopes,
            "connected_at": timezone.now(),
            "trouble": StravaConnection.Trouble.NONE,
            "refresh_owner": "",
            "refresh_until": None,
        },
    )
    return connection


def decline_grant(*, strava_id: int, tokens: Tokens) -> Revocation | None:
    """Strava has recorded a consent that is not kept here: it is given back, unless the athlete is connected here."""
    if StravaConnection.objects.filter(strava_id=strava_id).exists():
        return None
    return Revocation.objects.create(strava_id=strava_id, token=Secret.of(tokens.refresh))


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
