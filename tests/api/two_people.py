"""Two people for test_generated_requests.py: each with a club of their own, a common one, and private words everywhere.

Both hide their parkruns from the common club. So all that one may see of the other is their name in that club.
"""

from dataclasses import dataclass

from strava_live.accounts.models import User
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.messages.sending import send_message
from strava_live.parkrun.models import ParkrunEvent
from strava_live.social.cheers import cheer
from strava_live.social.posts import post
from tests.clubs.runs import ran
from tests.sync.runs import waiting_run_of
from tests.web import kept


@dataclass(frozen=True)
class ApiPerson:
    token: str
    mark: str
    """A word in everything that only this person and their own club may see."""
    known: dict[str, list[object]]
    """For each parameter of an address, values that exist: the person's own, and those of the common club."""


def two_people(*users: User) -> list[ApiPerson]:
    common = found_club_at("striders", "Striders", time_zone="Europe/London", captain=users[0])
    Membership.objects.create(club=common, user=users[1])
    return [api_person(user, number, common) for number, user in enumerate(users, 1)]


def api_person(user: User, number: int, common: Club) -> ApiPerson:
    mark = f"private{number}word"
    club = found_club_at(f"club-{mark}", f"Club {mark}", time_zone="Europe/London", captain=user)
    entries = [post(user.pk, club.pk, f"Post {mark}"), post(user.pk, common.pk, f"Hello from {user.shown_name}")]
    cheer(user.pk, club.pk, entries[0].pk)
    friend = User.objects.create_user(f"friend-{mark}", display_name=f"Friend {mark}")
    Membership.objects.create(club=club, user=friend)
    message = send_message(user.pk, friend.pk, f"Message {mark}")
    own = ParkrunEvent.objects.create(slug=f"own-{user.pk}-{mark}", name=f"Event {mark}", owner=user)
    kept.connected(user, strava_id=user.pk)
    activities = [number * 1000, number * 1000 + 1]
    for strava_id in activities:
        kept.activity(user, strava_id, name=f"Run {mark}")
    results = [ran(user, days, note=f"Note {mark}").pk for days in (number, number + 7)]
    return ApiPerson(
        make_token(user.pk, name=f"Token {mark}", scope=ApiToken.Scope.WRITE)[1],
        mark,
        {
            "slug": [club.slug, common.slug],
            "event": [own.slug, "bushy"],
            "strava_id": list(activities),
            "result_id": list(results),
            "run_id": [waiting_run_of(user).pk],
            "message_id": [message.pk],
            "with": [friend.pk],
            "conversation": [message.conversation_id],
            "entry_id": [*Entry.objects.of_clubs_of(user.pk).values_list("pk", flat=True)],
        },
    )
