"""manage.py reset_link WHO: print a link with which a person can set a new password, once."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from strava_live.accounts.people import NoSuchUser, find_user


class Command(BaseCommand):
    help = "Print a link with which a person can set a new password, once, within three days. Give it to them yourself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", metavar="WHO", help="a username, or strava:<id>")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = find_user(options["who"])
        except NoSuchUser as error:
            raise CommandError(str(error)) from error
        key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        self.stdout.write(settings.SITE_URL + path)
