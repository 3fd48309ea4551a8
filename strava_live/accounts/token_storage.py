"""Store the new tokens that a service has returned, and retry until they are stored.

The service may have ended the old refresh token. If the new tokens were lost, the user would have to connect again.
"""

import asyncio
import contextlib
import logging

from django.db import Error, transaction

from strava_live.accounts import refresh_lease
from strava_live.accounts.encryption import Secret, UnreadableSecret
from strava_live.accounts.token_service import ConnectionT, NewTokens, TokenService, columns_of_tokens
from strava_live.database import on_database, retry_pauses

logger = logging.getLogger(__name__)


async def store_until_stored(
    service: TokenService[ConnectionT], spent: ConnectionT, owner: str, tokens: NewTokens
) -> None:
    """Store `tokens`, which the service has returned for the refresh token that `spent` holds.

    Retry while the database fails, and renew the owner's lease on the connection in between. Raise
    `service.reconnect_needed` if the user has disconnected.
    """
    pauses = retry_pauses()
    while True:
        try:
            await on_database(store)(service, spent, owner, tokens)
        except Error as error:
            details = {"service": service.name, "reason": repr(error)}
            logger.warning("new tokens are not stored yet", extra=details)
        else:
            return
        with contextlib.suppress(Error):
            await refresh_lease.renew(spent, owner)
        await asyncio.sleep(next(pauses))


def store(service: TokenService[ConnectionT], spent: ConnectionT, owner: str, tokens: NewTokens) -> None:
    """Store `tokens` if `owner` still holds the lease, or if the row still has the refresh token of `spent`.

    The second condition covers a lease that has ended too early. Another process may then have claimed the lease, tried
    the old refresh token in vain, and noted that the user must reconnect. The new tokens are valid nevertheless, so
    they are stored, and the note is cleared.

    Otherwise `service.reject` deals with `tokens`. Raise `service.reconnect_needed` if the user has disconnected.
    """
    rows = service.model._default_manager
    with transaction.atomic():
        row = rows.select_for_update().filter(**{service.key: service.key_of(spent)}).first()
        if row is None:
            service.reject(spent, tokens, False)
        elif row.refresh_owner == owner or is_same(row.refresh_token, spent.refresh_token):
            rows.filter(pk=row.pk).update(**columns_of_tokens(tokens))
        else:
            service.reject(spent, tokens, True)
    if row is None:
        raise service.reconnect_needed("the user has disconnected")


def is_same(one: Secret, other: Secret) -> bool:
    """Return True if both secrets decrypt to the same text, even if `manage.py rekey` has re-encrypted one of them."""
    try:
        return one.reveal() == other.reveal()
    except UnreadableSecret:
        return False
