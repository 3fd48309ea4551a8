"""Every secret at rest, wherever it is kept: to see that each can be read, and to put each under the first key."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.db import transaction

from strava_live.accounts.encryption import Secret, decrypted, rekeyed
from strava_live.accounts.models import Revocation, StravaConnection

COLUMNS = {StravaConnection: ("access_token", "refresh_token"), Revocation: ("token",)}
SECOND_FACTOR_SECRETS = ("secret", "seed")


def read_every_secret() -> int:
    """How many there are. Raises UnreadableSecret at the first that no key opens."""
    with transaction.atomic():
        return through_every_secret(lambda stored: decrypted(stored) and stored)


def rekey_every_secret() -> int:
    """All or none of them."""
    with transaction.atomic():
        return through_every_secret(rekeyed)


def through_every_secret(change: Callable[[str], str]) -> int:
    """The rows are locked, so that a refresh which stores new tokens just now is not overwritten with the old ones."""
    count = 0
    for model, columns in COLUMNS.items():
        for row in model._default_manager.select_for_update():
            before = [getattr(row, column).stored for column in columns]
            after = [change(stored) for stored in before]
            count += len(columns)
            if after != before:
                for column, stored in zip(columns, after, strict=True):
                    setattr(row, column, Secret(stored))
                row.save(update_fields=columns)
    for factor in Authenticator.objects.select_for_update():
        kept = {name: change(factor.data[name]) for name in SECOND_FACTOR_SECRETS if name in factor.data}
        count += len(kept)
        if factor.data | kept != factor.data:
            factor.data |= kept
            factor.save(update_fields=["data"])
    return count
