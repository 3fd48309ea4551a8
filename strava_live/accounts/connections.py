"""Connect a user to their Strava account, and disconnect them.

A grant is what Strava returns when an athlete consents: tokens, and scopes (permissions). A revocation is a token that
Strava is asked to end (revocations.py).
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.token_service import columns_of_tokens
from strava_live.broadcast import announce_work_after_commit
from strava_live.strava.payloads import Tokens


def connect_strava(
    user: User, *, strava_id: int, tokens: Tokens, scopes: str, joined_at: datetime | None = None
) -> StravaConnection:
    """Store a grant as the user's connection, and settle the athlete's pending revocations.

    The grant replaces the tokens of an older grant, and clears `trouble`.
    """
    with transaction.atomic():
        granted = {"user": user, **fields_of_grant(tokens, scopes), "joined_at": joined_at}
        connection, _ = StravaConnection.objects.update_or_create(strava_id=strava_id, defaults=granted)
        settle_revocations(strava_id)
    return connection


def renew_connection(*, strava_id: int, tokens: Tokens, scopes: str) -> bool:
    """Store a grant in the connection of this athlete. Return False if no user is connected to this athlete."""
    with transaction.atomic():
        connected = StravaConnection.objects.filter(strava_id=strava_id).update(**fields_of_grant(tokens, scopes))
        if connected:
            settle_revocations(strava_id)
    return bool(connected)


def reject_grant(*, strava_id: int, tokens: Tokens, scopes: str) -> None:
    """Have Strava revoke a grant that this site does not accept.

    If a user is connected to this athlete, store the grant in that connection instead. The grant has replaced the
    connection's tokens at Strava, so revoking it would end the connection.
    """
    if not renew_connection(strava_id=strava_id, tokens=tokens, scopes=scopes):
        Revocation.ask(strava_id, Secret.of(tokens.refresh))
        announce_work_after_commit()


def fields_of_grant(tokens: Tokens, scopes: str) -> dict[str, Any]:
    return {
        **columns_of_tokens(tokens),
        "scopes": scopes,
        "connected_at": timezone.now(),
        "revoked_at": None,
    }


def settle_revocations(strava_id: int) -> None:
    """Make sure that no older revocation of this athlete ends a new grant unnoticed.

    Delete the revocations that were not sent to Strava yet. One that was sent may end the new grant too. Keep its row,
    and set `next_try_at` to when the new connection is to be checked: now if Strava has confirmed the revocation (its
    token is then erased), otherwise once the call has surely ended.
    """
    now, rows = timezone.now(), Revocation.objects.of_athlete(strava_id)
    rows.filter(tries=0).delete()
    rows.filter(token=Secret.of("")).update(next_try_at=now)
    rows.exclude(token=Secret.of("")).update(next_try_at=now + timedelta(seconds=settings.REVOCATION_RETRY_S))


def disconnect_strava(user: User) -> Revocation | None:
    """Delete the user's connection with its tokens, and return the revocation for Strava.

    Return None if the user is not connected.
    """
    with transaction.atomic():
        connection = StravaConnection.objects.select_for_update().filter(user=user).first()
        if connection is None:
            return None
        revocation = Revocation.ask(connection.strava_id, connection.refresh_token, user_id=user.pk)
        delete_connection(connection)
    return revocation


def delete_connection(connection: StravaConnection) -> None:
    """Delete a connection with its tokens. If the user has a password, also delete their link to sign in with Strava.

    A user without a password keeps the link, because it is their only way to sign in.
    """
    if connection.user.has_usable_password():
        SocialAccount.objects.filter(user=connection.user, provider="strava").delete()
    connection.delete()
