"""Store what a refresh has brought, and retry until it is stored.

The refresh token that was spent may be dead at Strava, so new tokens that are not stored cost the athlete the
connection.
"""

import asyncio
import contextlib
import logging

from django.db import Error, transaction

from strava_live.accounts.encryption import Secret, UnreadableSecret
from strava_live.accounts.models import Revocation, StravaConnection
from strava_live.accounts.refresh_claims import renew_claim
from strava_live.database import on_database
from strava_live.strava.errors import ReconnectNeeded
from strava_live.strava.payloads import Tokens

logger = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


async def store_until_stored(spent: StravaConnection, owner: str, tokens: Tokens) -> None:
    """Store `tokens`, got for the refresh token of `spent`. While the database refuses them, keep the claim.

    Raises ReconnectNeeded if the athlete has disconnected meanwhile.
    """
    pause = FIRST_PAUSE_S
    while True:
        try:
            await on_database(store)(spent, owner, tokens)
        except Error as error:
            logger.warning("new Strava tokens are not stored yet", extra={"reason": repr(error)})
        else:
            return
        with contextlib.suppress(Error):
            await renew_claim(spent, owner)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)


def store(spent: StravaConnection, owner: str, tokens: Tokens) -> None:
    """Store `tokens` if the row still holds the refresh token that was spent for them.

    The row decides and not the claim alone: a process that took over a lapsed claim and was refused by Strava has
    noted that the athlete must reconnect, and these tokens prove that it need not be.
    """
    with transaction.atomic():
        row = StravaConnection.objects.select_for_update().filter(strava_id=spent.strava_id).first()
        if row is None:
            # Disconnecting had the old token revoked; the new one must go the same way.
            Revocation.objects.create(strava_id=spent.strava_id, token=Secret.of(tokens.refresh))
        elif row.refresh_owner == owner or is_same(row.refresh_token, spent.refresh_token):
            StravaConnection.objects.filter(pk=row.pk).update(
                access_token=Secret.of(tokens.access),
                refresh_token=Secret.of(tokens.refresh),
                expires_at=tokens.expires_at,
                trouble=StravaConnection.Trouble.NONE,
                refresh_owner="",
                refresh_until=None,
            )
    if row is None:
        raise ReconnectNeeded("the athlete has disconnected")


def is_same(one: Secret, other: Secret) -> bool:
    """Compare what they hide: `manage.py rekey` changes how a secret is stored."""
    try:
        return one.reveal() == other.reveal()
    except UnreadableSecret:
        return False
