"""manage.py rekey: everything encrypted is written anew under the first of FIELD_KEYS."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from strava_live.accounts.encryption import Secret, UnreadableSecret, rekeyed
from strava_live.accounts.models import SECRET_COLUMNS

SECOND_FACTOR_SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = "Encrypt every stored secret under the first of FIELD_KEYS; afterwards the others may be taken away."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                count = rekey_columns() + rekey_second_factors()
        except UnreadableSecret as error:
            raise CommandError(
                f"{error} Put the missing key back into FIELD_KEYS and try again; nothing was changed."
            ) from error
        self.stdout.write(f"{count} secrets are now under the first key.")


def rekey_columns() -> int:
    count = 0
    for model, columns in SECRET_COLUMNS.items():
        # Locked, so that a refresh that stores new tokens at this moment is not overwritten with the old ones.
        for row in model._default_manager.select_for_update():
            for column in columns:
                setattr(row, column, Secret(rekeyed(getattr(row, column).stored)))
                count += 1
            row.save(update_fields=columns)
    return count


def rekey_second_factors() -> int:
    count = 0
    for factor in Authenticator.objects.select_for_update():
        for name in SECOND_FACTOR_SECRETS:
            if name in factor.data:
                factor.data[name] = rekeyed(factor.data[name])
                count += 1
        factor.save(update_fields=["data"])
    return count
