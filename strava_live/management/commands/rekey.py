"""manage.py rekey: encrypt every stored secret again, with the first key of the setting FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.rekeying import rekey_every_secret


class Command(BaseCommand):
    help = "Encrypt every stored secret with the first key of FIELD_KEYS. The other keys may be removed afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rekey_every_secret()
        except UnreadableSecret as error:
            advice = "Put the missing key back into FIELD_KEYS and try again; nothing was changed."
            raise CommandError(f"{error} {advice}") from error
        self.stdout.write(f"{count} secrets are now encrypted with the first key.")
