"""The number of queries of each GET of the API does not depend on how many rows there are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.api.app import api
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Cheer, Entry
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage
from strava_live.messages.sending import send_message
from strava_live.notifications.models import Notification, NotificationActor
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.models import SyncRun
from tests.api.client import ApiClient
from tests.clubs.runs import event
from tests.web import kept

SIZES = (1, 3, 300)
PATHS = {
    "me": ["me"],
    "me/stream": ["me/stream"],
    "activities": ["activities", "activities?state=found&parkrun=no&since=2000-01-01&until=2030-01-01"],
    "activities/{strava_id}": ["activities/1"],
    "parkruns": ["parkruns"],
    "notifications": ["notifications"],
    "syncs": ["syncs"],
    "syncs/{run_id}": ["syncs/{run}"],
    "events": ["events", "events?q=own", "events?near=51.4,-0.3"],
    "messages": ["messages", "messages?with={friend}", "messages?conversation={conversation}"],
    "clubs": ["clubs"],
    "clubs/{slug}": ["clubs/striders"],
    "clubs/{slug}/entries": ["clubs/striders/entries", "clubs/striders/entries?after={after}"],
    "clubs/{slug}/stream": ["clubs/striders/stream"],
}
"""For each GET, the requests to count."""


class Rows:
    """An athlete in the club Striders. `grow` adds to every list that the athlete reads."""

    def __init__(self, athlete: User) -> None:
        self.athlete, self.size = athlete, 0
        self.club = Club.objects.create(slug="striders", name="Striders")
        Membership.objects.create(club=self.club, user=athlete)
        self.friend = User.objects.create_user("friend")
        Membership.objects.create(club=self.club, user=self.friend)
        self.sent = send_message(athlete.pk, self.friend.pk, "Hello")
        self.event = event()
        kept.connected(athlete)

    def grow(self, size: int) -> None:
        """Have `size` rows of each kind."""
        numbers = range(self.size + 1, size + 1)
        self.size = size
        self.add_activities_and_results(numbers)
        self.add_runs_and_events(numbers)
        self.add_clubs(numbers)
        self.add_entries(numbers)
        self.add_notifications(numbers)
        self.add_messages(numbers)

    def add_activities_and_results(self, numbers: range) -> None:
        pattern = kept.activity(self.athlete, numbers[0])
        start = pattern.start
        activities = [pattern]
        for number in numbers[1:]:
            fields = {field.attname: getattr(pattern, field.attname) for field in Activity._meta.concrete_fields}
            fields |= {"id": None, "strava_id": number, "start": start - timedelta(days=number), "mark": number}
            activities.append(Activity(**fields))
        Activity.objects.bulk_create(activities[1:])
        ParkrunResult.objects.bulk_create(
            ParkrunResult(
                athlete=self.athlete,
                event=self.event,
                day=date(2026, 1, 3) - timedelta(days=number),
                activity=one,
                how="run",
                source="recognised",
            )
            for number, one in zip(numbers, activities, strict=True)
        )

    def add_runs_and_events(self, numbers: range) -> None:
        ended = datetime(2026, 1, 3, tzinfo=UTC)
        runs = [
            SyncRun(athlete=self.athlete, strava_id=7, state="finished", started_at=ended, ended_at=ended)
            for _ in numbers
        ]
        SyncRun.objects.bulk_create(runs)
        own = {"series": "5k", "owner": self.athlete}
        ParkrunEvent.objects.bulk_create(
            ParkrunEvent(slug=f"own-{self.athlete.pk}-{number}", name=f"Own {number}", **own) for number in numbers
        )

    def add_clubs(self, numbers: range) -> None:
        clubs = Club.objects.bulk_create(Club(slug=f"club-{number}", name="Harriers") for number in numbers)
        Membership.objects.bulk_create(Membership(club=club, user=self.athlete) for club in clubs)

    def add_entries(self, numbers: range) -> None:
        with transaction.atomic(), entry_writers([self.club.pk]) as writers:
            for number in numbers:
                key = f"post.{number}"
                writers[self.club.pk].add(
                    kind=Entry.Kind.POST, key=key, athlete_id=self.athlete.pk, name="", text="Hello"
                )
        new = Entry.objects.of_club(self.club.pk).exclude(cheers_given__user=self.athlete)
        Cheer.objects.bulk_create(Cheer(user=self.athlete, entry=entry) for entry in new)

    def add_notifications(self, numbers: range) -> None:
        at = datetime(2026, 1, 3, tzinfo=UTC)
        notes = Notification.objects.bulk_create(
            Notification(user=self.athlete, kind="mention", key=f"mention.{number}", club=self.club, at=at, count=1)
            for number in numbers
        )
        NotificationActor.objects.bulk_create(
            NotificationActor(notification=one, actor=self.athlete, at=at) for one in notes
        )

    def add_messages(self, numbers: range) -> None:
        """Add a conversation with one message for each number, and as many messages to the one with the friend."""
        people = User.objects.bulk_create(User(username=f"member-{number}") for number in numbers)
        Membership.objects.bulk_create(Membership(club=self.club, user=one) for one in people)
        begun = Conversation.objects.bulk_create(Conversation(started_at=self.sent.at) for _ in people)
        pairs = list(zip(begun, people, strict=True))
        ConversationSide.objects.bulk_create(
            ConversationSide(conversation=one, user=self.athlete, other=other, last_at=self.sent.at)
            for one, other in pairs
        )
        DirectMessage.objects.bulk_create(
            DirectMessage(conversation=one, sender=self.athlete, recipient=other, text="Hello", at=self.sent.at)
            for one, other in (*pairs, *[(self.sent.conversation, self.friend)] * len(numbers))
        )

    def path(self, path: str) -> str:
        self.club.refresh_from_db()
        after = f"{self.club.epoch}:{max(0, self.club.seq - self.size)}"
        ids = {"friend": self.friend.pk, "conversation": self.sent.conversation_id}
        return path.format(**ids, run=SyncRun.objects.values_list("pk", flat=True)[0], after=after)


def test_number_of_queries_does_not_grow_with_the_rows(
    athlete: User, read_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "check_every_s", float("inf"))  # else one of the requests may also compare versions
    rows, client = Rows(athlete), ApiClient(read_token)
    client.get("me")  # notes that the token was used today
    client.get("events")  # reads the parkrun events into memory
    counts: dict[str, list[int]] = {}
    for size in SIZES:
        rows.grow(size)
        for path in (path for paths in PATHS.values() for path in paths):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(rows.path(path)).status_code == 200, path
            counts.setdefault(path, []).append(len(queries))

    assert {path: found for path, found in counts.items() if len(set(found)) > 1} == {}


def test_every_get_is_counted() -> None:
    paths = {path for path, methods in api.get_openapi_schema()["paths"].items() if "get" in methods}

    assert {path.removeprefix("/api/v1/") for path in paths} == set(PATHS)
