"""Direct messages that are sent, read and deleted at the same moment, each in a thread with a connection of its own."""

import contextlib
import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import AthleteErased
from strava_live.clubs.models import Club, Membership
from strava_live.lifecycle.erasure import erase
from strava_live.messages.access import UnknownMessage, UnknownPerson
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage, Inbox
from strava_live.messages.reading import mark_delivered, mark_read
from strava_live.messages.sending import delete_message, send_message
from strava_live.notifications.reading import mark_read as mark_notifications_read
from tests.messages.soundness import is_sound
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5
SENDERS, EACH = 4, 6


def members(count: int, prefix: str = "member") -> list[User]:
    club, _ = Club.objects.get_or_create(slug="striders", name="Striders")
    people = [User.objects.create_user(f"{prefix}-{number}", display_name="Mia Moss") for number in range(count)]
    Membership.objects.bulk_create(Membership(club=club, user=one) for one in people)
    return people


def slow_after_insert(execute: Any, sql: str, *how: Any) -> Any:
    """Wait a random time between the insert of a message and its commit, so that transactions overlap."""
    result = execute(sql, *how)
    if sql.startswith('INSERT INTO "strava_live_directmessage"'):
        time.sleep(random.uniform(0, 0.02))
    return result


def test_ids_of_a_person_rise_in_the_order_of_the_commits() -> None:
    """A reader that asks again and again for the messages after the last id that it has seen gets all of them."""
    recipient, *senders = members(SENDERS + 1)
    seen: list[int] = []
    done = threading.Event()

    def send(sender: User) -> None:
        with connection.execute_wrapper(slow_after_insert):
            for number in range(EACH):
                send_message(sender.pk, recipient.pk, f"{number}")

    def send_all() -> None:
        try:
            together(*[partial(send, sender) for sender in senders])
        finally:
            done.set()

    def read() -> None:
        over = False
        while not over:
            over = done.is_set()
            rows = DirectMessage.objects.of(recipient.pk).filter(pk__gt=seen[-1] if seen else 0)
            seen.extend(rows.order_by("pk").values_list("pk", flat=True))

    together(send_all, read)

    assert seen == sorted(DirectMessage.objects.values_list("pk", flat=True))
    assert len(seen) == SENDERS * EACH
    assert Inbox.objects.get(user=recipient).mark == SENDERS * EACH
    assert is_sound()


def test_one_ref_at_the_same_moment_makes_one_message() -> None:
    one, other = members(2)
    found: list[int] = []
    for number in range(ROUNDS):
        found.clear()
        send = lambda number=number: found.append(send_message(one.pk, other.pk, "Hello", f"ref-{number}").pk)  # noqa: E731
        together(*[send] * 4)
        assert len(set(found)) == 1
    assert DirectMessage.objects.count() == ROUNDS
    assert is_sound()


def test_two_people_who_write_first_at_the_same_moment_have_one_conversation() -> None:
    for number in range(ROUNDS):
        one, other = members(2, f"round-{number}")
        together(lambda: send_message(one.pk, other.pk, "Hello"), lambda: send_message(other.pk, one.pk, "Hello"))  # noqa: B023
        assert Conversation.objects.count() == number + 1
    assert is_sound()


def test_all_changes_at_the_same_moment_keep_the_counts_right() -> None:
    people = members(3)
    pairs = [(one, other) for one in people for other in people if one != other]
    first = {pair: send_message(pair[0].pk, pair[1].pk, "First") for pair in pairs}

    def live(one: User, other: User) -> None:
        for number in range(3):
            sent = send_message(one.pk, other.pk, f"{number}")
            mark_delivered(one.pk, sent.pk)
            mark_read(one.pk, first[other, one].pk)
            if number == 1:
                delete_message(one.pk, sent.pk)
                mark_notifications_read(one.pk, all_of_them=True)

    together(*[partial(live, *pair) for pair in pairs])

    assert DirectMessage.objects.written().count() == len(pairs) * 4
    assert is_sound()


def unless_gone(change: Callable[[], object]) -> Callable[[], None]:
    def attempt() -> None:
        with contextlib.suppress(AthleteErased, UnknownMessage, UnknownPerson):
            change()

    return attempt


@pytest.mark.parametrize("begun", [True, False], ids=["second message", "first message"])
@pytest.mark.parametrize("who", ["sender", "recipient", "both"])
def test_an_account_deleted_while_a_message_is_sent(who: str, *, begun: bool) -> None:
    for number in range(ROUNDS):
        cache.clear()
        one, other = members(2, f"round-{number}")
        sent = send_message(other.pk, one.pk, "Before") if begun else None
        erased = {"sender": [one], "recipient": [other], "both": [one, other]}[who]
        changes: list[Callable[[], object]] = [partial(erase, User.objects.get(pk=user.pk)) for user in erased]
        changes += [partial(send_message, one.pk, other.pk, "During"), partial(mark_delivered, one.pk, 2**62)]
        if sent:
            changes += [partial(mark_read, one.pk, sent.pk), partial(delete_message, other.pk, sent.pk)]

        together(*[unless_gone(change) for change in changes])

        left = [user for user in (one, other) if user not in erased]
        assert not User.objects.filter(pk__in=[user.pk for user in erased]).exists()
        assert not DirectMessage.objects.exclude(conversation__sides__user__in=left).exists()
        assert not ConversationSide.objects.exclude(user__in=left).exists()
        assert is_sound()
        User.objects.all().delete()
        Conversation.objects.all().delete()
