"""Store the new tokens that Strava has returned, and retry until they are stored.

Strava may have ended the old refresh token. If the new tokens were lost, the athlete would have to reconnect.
"""

import asyncio
import contextlib
import logging

from django.db import Error, transaction

from strava_live.accounts import refresh_lease
from strava_live.accounts.encryption import Secret, UnreadableSecret
from strava_live.accounts.models import Revocation, StravaConnection
from strava_live.broadcast import announce_work_after_commit
from strava_live.database import on_database, retry_pauses
from strava_live.strava.errors import ReconnectNeeded
from strava_live.strava.payloads import Tokens

logger = logging.getLogger(__name__)


async def store_until_stored(spent: StravaConnection, owner: str, tokens: Tokens) -> None:
    """Store `tokens`, which Strava has returned for the refresh token that `spent` holds.

    Retry while the database fails, and renew the owner's lease on the connection in between. Raise ReconnectNeeded if
    the athlete has disconnected.
    """
    pauses = retry_pauses()
    while True:
        try:
            await on_database(store)(spent, owner, tokens)
        except Error as error:
            logger.warning("new Strava tokens are not stored yet", extra={"reason": repr(error)})
        else:
            return
        with contextlib.suppress(Error):
            await refresh_lease.renew(spent, owner)
        await asyncio.sleep(next(pauses))


def store(spent: StravaConnection, owner: str, tokens: Tokens) -> None:
    """Store `tokens` if `owner` still holds the lease, or if the row still has the refresh token of `spent`.

    The second condition covers a lease that has ended too early. Another process may then have claimed the lease, tried
    the old refresh token in vain, and noted that the athlete must reconnect. The new tokens are valid nevertheless, so
    they are stored, and the note is cleared.

    If the athlete has disconnected, have Strava revoke `tokens`, and raise ReconnectNeeded.
    """
    with transaction.atomic():
        row = StravaConnection.objects.select_for_update().filter(strava_id=spent.strava_id).first()
        if row is None:
            # Disconnecting revoked the old token, so the new one must be revoked too.
            Revocation.ask(spent.strava_id, Secret.of(tokens.refresh))
            announce_work_after_commit()
        elif row.refresh_owner == owner or is_same(row.refresh_token, spent.refresh_token):
            StravaConnection.objects.filter(pk=row.pk).update(
                access_token=Secret.of(tokens.access),
                refresh_token=Secret.of(tokens.refresh),
                expires_at=tokens.expires_at,
                trouble=StravaConnection.Trouble.NONE,
                **StravaConnection.refresh_lease.cleared,
            )
    if row is None:
        raise ReconnectNeeded("the athlete has disconnected")


def is_same(one: Secret, other: Secret) -> bool:
    """Return True if both secrets decrypt to the same text, even if `manage.py rekey` has re-encrypted one of them."""
    try:
        return one.reveal() == other.reveal()
    except UnreadableSecret:
        return False
