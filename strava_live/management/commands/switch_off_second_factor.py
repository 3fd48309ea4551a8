"""manage.py switch_off_second_factor WHO: for a person who has lost their phone and their recovery codes.

Also for codes that can no longer be decrypted because the key was lost.
"""

from allauth.mfa.models import Authenticator

from strava_live.accounts.models import User
from strava_live.formats import full_stop
from strava_live.management.person_command import PersonCommand


class Command(PersonCommand):
    help = "Switch off two-step sign-in for a person, who then signs in with the password alone. Check their identity."

    def handle_person(self, person: User) -> None:
        deleted, _ = Authenticator.objects.filter(user=person).delete()
        was = "is off" if deleted else "was off already"
        self.stdout.write(full_stop(f"Two-step sign-in {was} for {person.shown_name}"))
