"""Decrypt all stored secrets of all models as a check, or re-encrypt them with the first key in FIELD_KEYS."""

from collections.abc import Callable, Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from strava_live.accounts.encryption import Secret, SecretField, decrypt, reencrypt

SECOND_FACTOR_SECRETS = ("secret", "seed")


def read_every_secret() -> int:
    """Decrypt all secrets, and return how many there are. Raise UnreadableSecret if one cannot be decrypted."""
    with transaction.atomic():
        return update_every_secret(lambda stored: decrypt(stored) and stored)


def rekey_every_secret() -> int:
    """Re-encrypt all secrets in one transaction. Return how many there are."""
    with transaction.atomic():
        return update_every_secret(reencrypt)


def secret_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield each model that has a SecretField, with the names of its SecretFields."""
    for model in apps.get_models():
        columns = [field.name for field in model._meta.concrete_fields if isinstance(field, SecretField)]
        if columns:
            yield model, columns


def update_every_secret(change: Callable[[str], str]) -> int:
    """Call `change` with the stored form of each secret, and store what it returns. Return how many secrets there are.

    The rows are locked. Otherwise tokens that a refresh stores meanwhile could be overwritten with the old ones.
    """
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
        changed = {name: change(factor.data[name]) for name in SECOND_FACTOR_SECRETS if name in factor.data}
        count += len(changed)
        if factor.data | changed != factor.data:
            factor.data |= changed
            factor.save(update_fields=["data"])
    return count
