"""The people of the tests: for each role a function that creates the account.

`stranger` is not in the club of the others, `other_captain` leads another club, and `operator` is a member of the
staff.
"""

from strava_live.accounts.models import User
from tests.passwords import PASSWORD


def athlete() -> User:
    return User.objects.create_user("alva", password=PASSWORD, display_name="Alva Berg", time_zone="Europe/London")


def clubmate() -> User:
    return User.objects.create_user("bruno", password=PASSWORD, display_name="Bruno Costa", time_zone="Europe/London")


def captain() -> User:
    return User.objects.create_user("carol", password=PASSWORD, display_name="Carol Dunn", time_zone="Europe/London")


def stranger() -> User:
    return User.objects.create_user("stefan", password=PASSWORD, display_name="Stefan Elm")


def other_captain() -> User:
    return User.objects.create_user("owen", password=PASSWORD, display_name="Owen Gray", time_zone="Europe/London")


def operator() -> User:
    return User.objects.create_user(
        "olive", password=PASSWORD, display_name="Olive Ford", is_staff=True, is_superuser=True
    )
