"""A command that an operator runs for one person."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from strava_live.accounts.models import User
from strava_live.accounts.people import NoSuchUser, find_user


class PersonCommand(BaseCommand):
    """Take the argument WHO and pass the user whom it names to `handle_person`, which a subclass implements."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", metavar="WHO", help="a username, or strava:<id>")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = find_user(options["who"])
        except NoSuchUser as error:
            raise CommandError(str(error)) from error
        self.handle_person(person)

    def handle_person(self, person: User) -> None:
        raise NotImplementedError
