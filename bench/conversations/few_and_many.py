"""Measure the reads and writes of a person with few messages, and of one with many. bench/messages.py starts this."""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.record import Record

django.setup()

from strava_live.accounts.models import User  # noqa: E402 models need the line above
from strava_live.clubs.models import Club, Membership  # noqa: E402
from strava_live.messages.access import partner_of  # noqa: E402
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage, Inbox  # noqa: E402
from strava_live.messages.reading import mark_delivered, mark_read, unread_of  # noqa: E402
from strava_live.messages.sending import send_message  # noqa: E402
from strava_live.messages.snapshot import encoded_for, hello_for  # noqa: E402

TEN, PAGE, MANY = "ten", "a page", "many"
SIZES = {TEN: (10, 10), PAGE: (60, 60), MANY: (10_000, 1_000)}
"""How many messages the long conversation has, and how many conversations there are. Reads of a whole page, of 50 rows,
compare PAGE with MANY. Reads of ten rows compare TEN with MANY."""
OTHERS = 200_000
"""How many messages other people have exchanged."""
ROWS = 10
ROUNDS, WARM_UP = 200, 20
LIMIT = 1.3
"""The goal: how many times longer a read may take for the person with many messages."""
FILL = """
    INSERT INTO strava_live_directmessage (conversation_id, sender_id, recipient_id, text, at, ref)
    SELECT %(conversation)s, CASE WHEN n %% 2 = 0 THEN %(one)s ELSE %(other)s END,
        CASE WHEN n %% 2 = 0 THEN %(other)s ELSE %(one)s END, 'Lift to Bushy on Saturday? ' || n, %(at)s, ''
    FROM generate_series(1, %(count)s) AS n
"""


@dataclass(frozen=True)
class Person:
    """Someone with messages, and the other person of the long conversation."""

    user_id: int
    other_id: int
    long: int
    """The long conversation."""
    browser: Client

    def get(self, path: str) -> int:
        """Return the status with which a page or a list of the API is answered."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.status_code

    @property
    def position(self) -> int:
        return Inbox.objects.get(user=self.user_id).position


def fill(name: str, messages: int, conversations: int, club: Club) -> Person:
    """Create a person with a long conversation, and short ones of one message each."""
    people = User.objects.bulk_create(
        User(username=f"{name}-{number}", display_name="Alva Berg") for number in range(conversations + 1)
    )
    Membership.objects.bulk_create(Membership(club=club, user=one) for one in people)
    me, *others = people
    begun = [begin(me, other) for other in others]
    long = begun[0]
    write(long, me, others[0], messages)
    for conversation, other in zip(begun[1:], others[1:], strict=True):
        write(conversation, me, other, 1)
    keep_counts(me)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(me)
    return Person(me.pk, others[0].pk, long.pk, browser)


def begin(one: User, other: User) -> Conversation:
    now = timezone.now()
    conversation = Conversation.objects.create(started_at=now)
    ConversationSide.objects.bulk_create(
        ConversationSide(conversation=conversation, user=user, other=partner, other_name="Alva B.", last_at=now)
        for user, partner in ((one, other), (other, one))
    )
    return conversation


def write(conversation: Conversation, one: User, other: User, count: int) -> None:
    words: dict[str, Any] = {
        "conversation": conversation.pk,
        "one": one.pk,
        "other": other.pk,
        "at": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(FILL, words)


def keep_counts(me: User) -> None:
    """Set the stored counts to what sending the messages would have made them."""
    sides = list(ConversationSide.objects.of(me.pk))
    for side in sides:
        rows = DirectMessage.objects.in_conversation(side.conversation_id)
        side.last_message = rows.newest_first()[0]
        side.received_up_to = side.last_message.pk
    for mark, side in enumerate(sides, start=1):
        side.mark = mark
    ConversationSide.objects.bulk_update(sides, ["last_message", "received_up_to", "mark"], batch_size=500)
    newest = DirectMessage.objects.of(me.pk).newest_first()[0]
    Inbox.objects.create(user=me, mark=len(sides), position=newest.pk)


def fill_others(club: Club) -> None:
    one, other = (User.objects.create(username=name, display_name="Bea Cole") for name in ("one", "other"))
    Membership.objects.bulk_create(Membership(club=club, user=user) for user in (one, other))
    write(begin(one, other), one, other, OTHERS)


Read = Callable[[Person], object]


def reads_of_ten() -> dict[str, Read]:
    """Return the reads of ten rows or of a count, by name. Each read returns how much it has found."""

    def messages(who: Person) -> int:
        rows = DirectMessage.objects.in_conversation(who.long).page(ROWS).rows
        return len(encoded_for(who.user_id, rows))

    def conversations(who: Person) -> int:
        rows = ConversationSide.objects.of(who.user_id).with_last_message().page(ROWS).rows
        return len([side.last_message.text for side in rows if side.last_message])

    def replay(who: Person) -> int:
        rows = DirectMessage.objects.of(who.user_id).newest_first().values_list("pk", flat=True)
        return len(hello_for(who.user_id, rows[ROWS - 1] - 1, None)[0].messages)

    return {
        "page of ten messages": messages,
        "page of ten conversations": conversations,
        "hello, replay of ten": replay,
        "hello, nothing missed": lambda who: len(hello_for(who.user_id, who.position, None)[0].messages),
        "unread count": lambda who: unread_of(who.user_id),
        "who the other person is": lambda who: partner_of(who.user_id, who.other_id).why_not,
        "send": send,
        "receive, deliver and read": receive,
    }


def send(who: Person) -> str:
    cache.clear()  # the limits on messages
    return send_message(who.user_id, who.other_id, "Hello").text


def receive(who: Person) -> int:
    cache.clear()
    got = send_message(who.other_id, who.user_id, "Hello")
    mark_delivered(who.user_id, got.pk)
    mark_read(who.user_id, got.pk)
    return unread_of(who.user_id)


def reads_of_a_page() -> dict[str, Read]:
    """Return the reads of a whole page, by name."""
    return {
        "list of conversations, served": lambda who: who.get("/messages/"),
        "conversation, served": lambda who: who.get(f"/messages/{who.other_id}/"),
        "hello, newest messages": lambda who: len(hello_for(who.user_id, None, None)[0].messages),
        "API, all messages": lambda who: who.get("/api/v1/messages"),
        "API, one conversation": lambda who: who.get(f"/api/v1/messages?with={who.other_id}"),
        "API, back from the middle": lambda who: who.get(f"/api/v1/messages?with={who.other_id}&cursor={middle(who)}"),
    }


MIDDLES: dict[int, int] = {}


def middle(who: Person) -> str:
    """Return a cursor for the middle of the long conversation; if it is short, for what follows the newest few."""
    if who.long not in MIDDLES:
        rows = list(DirectMessage.objects.in_conversation(who.long).newest_first().values_list("pk", flat=True))
        MIDDLES[who.long] = rows[min(5, len(rows)) if len(rows) < 100 else len(rows) // 2]
    return f"before.{MIDDLES[who.long]},{MIDDLES[who.long]}"


def milliseconds(read: Read, people: list[Person]) -> list[float]:
    """Time a read of each person, alternating who comes first, and return the medians after a warm-up."""
    times: list[list[float]] = [[] for _ in people]
    for turn in range(WARM_UP + ROUNDS):
        for number in sorted(range(len(people)), reverse=bool(turn % 2)):
            began = time.perf_counter()
            read(people[number])
            times[number].append((time.perf_counter() - began) * 1000)
    return [median(taken[WARM_UP:]) for taken in times]


def queries(read: Read, who: Person) -> int:
    with CaptureQueriesContext(connection) as counted:
        read(who)
    return len(counted)


def main() -> int:
    settings.API_READS_A_MINUTE = 10**9
    record = Record("messages")
    club = Club.objects.create(slug="striders", name="Striders")
    fill_others(club)
    people = {name: fill(name, *size, club) for name, size in SIZES.items()}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    gc.freeze()
    print(f"{'':28}{'few ms':>10}{'many ms':>10}{'× few':>9}{'queries':>10}")
    worst, different = 0.0, 0
    for few, reads in ((TEN, reads_of_ten()), (PAGE, reads_of_a_page())):
        for name, read in reads.items():
            pair = [people[few], people[MANY]]
            assert len({read(who) for who in pair}) == 1, name
            counts = [queries(read, who) for who in pair]
            found = milliseconds(read, pair)
            worst, different = max(worst, found[1] / found[0]), different + (counts[0] != counts[1])
            record.add(f"{name}, × few", [found[1] / found[0]])
            print(f"{name:28}{found[0]:>10.2f}{found[1]:>10.2f}{found[1] / found[0]:>9.2f}{counts[0]:>6}{counts[1]:>4}")
    record.goal("slowest with many messages, × with few", worst, LIMIT)
    record.goal("reads with another number of queries", different, 0)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
