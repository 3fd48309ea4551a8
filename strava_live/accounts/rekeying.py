"""Every secret at rest, wherever it is kept: to see that each can be read, and to put each under the first key."""

from collections.abc import Callable, Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from strava_live.accounts.encryption import Secret, SecretField, decrypted, rekeyed

SECOND_FACTOR_SECRETS = ("secret", "seed")


def read_every_secret() -> int:
    """How many there are. Raises UnreadableSecret at the first that no key opens."""
    with transaction.atomic():
        return through_every_secret(lambda stored: decrypted(stored) and stored)


def rekey_every_secret() -> int:
    """All or none of them."""
    with transaction.atomic():
        return through_every_secret(rekeyed)


def secret_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Of every room's models: none has to be remembered here."""
    for model in apps.get_models():
        columns = [field.name for field in model._meta.concrete_fields if isinstance(field, SecretField)]
        if columns:
            yield model, columns


def through_every_secret(change: Callable[[str], str]) -> int:
    """The rows are locked, so that a refresh which stores new tokens just now is not overwritten with the old ones."""
    count = 0
    for model, columns in secret_columns():
        for row in model._default_manager.select_for_update():
            before = [getattr(row, column).stored for column in columns]
            after = [change(stored) if stored else stored for stored in before]
            count += sum(map(bool, before))
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
