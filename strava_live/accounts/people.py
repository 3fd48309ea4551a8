"""Finding a person the way an operator names one."""

from strava_live.accounts.models import User


class NobodyThere(LookupError):
    """No account by that name."""


def find_person(who: str) -> User:
    """By username, or by strava:<id>."""
    kind, _, strava_id = who.partition(":")
    if kind == "strava" and strava_id.isascii() and strava_id.isdigit():
        person = User.objects.filter(strava__strava_id=int(strava_id)).first()
    else:
        person = User.objects.filter(username=who).first()
    if person is None:
        raise NobodyThere(f"There is no account called {who}. Use a username, or strava:<id>.")
    return person
