"""manage.py erase WHO: delete a person's account, as they can do themselves in settings, and print the receipt.

It is for a request by email from a person who cannot sign in any more.
"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import AthleteErased
from strava_live.lifecycle.erasure import erase, what_is_stored, withdraw_access
from strava_live.lifecycle.inventory import clubs_that_close, in_words
from strava_live.management.person_command import PersonCommand


class Command(PersonCommand):
    help = "Delete a person's account for good, and print the receipt. Check first that it is really them who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--delete-at-bucket", action="store_true", help="have Bucket delete what was sent there, too"
        )
        parser.add_argument("--yes", action="store_true", help="delete without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_confirmed = options["yes"]
        self.deletes_at_bucket = options["delete_at_bucket"]
        super().handle(*args, **options)

    def handle_person(self, person: User) -> None:
        self.stdout.write(f"This deletes the account {person.username} ({person.shown_name}) for good:")
        for line in in_words(what_is_stored(person)):
            self.stdout.write(f"- {line}")
        for club in clubs_that_close(person.pk):
            self.stdout.write(f"The club {club} closes, because it has no other member.")
        if self.deletes_at_bucket:
            self.stdout.write("Bucket is asked to delete what was sent there, if the person has connected it.")
        if not (self.is_confirmed or self.confirms(person)):
            raise CommandError("Nothing was deleted.")
        try:
            receipt = withdraw_access(erase(person, delete_at_bucket=self.deletes_at_bucket))
        except AthleteErased:
            raise CommandError("Someone else has just deleted this account.") from None
        self.stdout.write(receipt.as_text())

    def confirms(self, person: User) -> bool:
        """Have the operator type the username."""
        self.stdout.write(f"Type {person.username} to delete it:")
        try:
            return input().strip() == person.username
        except EOFError:
            return False
