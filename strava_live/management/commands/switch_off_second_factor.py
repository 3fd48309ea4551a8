"""manage.py switch_off_second_factor WHO: let a person sign in without a code from their phone.

It is for a person who has lost both phone and recovery codes, or whose codes the setting FIELD_KEYS cannot decrypt any
more.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from strava_live.accounts.people import NoSuchUser, find_user


class Command(BaseCommand):
    help = (
        "Switch off two-step sign-in for a person, who then signs in with the password alone. Check first that it is "
        "really them who asks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", metavar="WHO", help="a username, or strava:<id>")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = find_user(options["who"])
        except NoSuchUser as error:
            raise CommandError(str(error)) from error
        deleted, _ = Authenticator.objects.filter(user=person).delete()
        was = "is off" if deleted else "was off already"
        self.stdout.write(f"Two-step sign-in {was} for {person.shown_name}.")
