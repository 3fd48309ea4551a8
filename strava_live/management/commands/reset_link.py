"""manage.py reset_link WHO: print a link with which a person can set a new password, once."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from strava_live.accounts.models import User
from strava_live.management.person_command import PersonCommand


class Command(PersonCommand):
    help = "Print a link with which a person can set a new password, once, within three days. Give it to them yourself."

    def handle_person(self, person: User) -> None:
        key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        self.stdout.write(settings.SITE_URL + path)
