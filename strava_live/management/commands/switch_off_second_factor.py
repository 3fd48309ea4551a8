"""manage.py switch_off_second_factor WHO: let a person sign in without a code from their phone.

It is for a person who has lost both phone and recovery codes, or whose codes the setting FIELD_KEYS cannot decrypt any
more.
"""

from allauth.mfa.models import Authenticator

from strava_live.accounts.models import User
from strava_live.formats import full_stop
from strava_live.management.person_command import PersonCommand


class Command(PersonCommand):
    help = (
        "Switch off two-step sign-in for a person, who then signs in with the password alone. Check first that it is "
        "really them who asks."
    )

    def handle_person(self, person: User) -> None:
        deleted, _ = Authenticator.objects.filter(user=person).delete()
        was = "is off" if deleted else "was off already"
        self.stdout.write(full_stop(f"Two-step sign-in {was} for {person.shown_name}"))
