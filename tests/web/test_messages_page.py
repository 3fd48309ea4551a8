"""The list of conversations and the page of one, as the server renders them, and their forms."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.membership.leaving import leave
from strava_live.messages.models import ConversationSide, DirectMessage
from strava_live.messages.reading import mark_delivered, mark_read, unread_of
from strava_live.messages.sending import delete_message, send_message
from strava_live.web.message_words import short_day
from tests.clubs.visits import as_
from tests.web.club_feed import shown

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def path(other: User) -> str:
    return f"/messages/{other.pk}/"


def bubbles(html: str) -> list[str]:
    """Return the text of each bubble of a page."""
    found = re.findall(r'<li class="bubble (.*?)</li>', html.partition("<template")[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", one.split("<details")[0]).split()) for one in found]


def for_script(html: str) -> dict[str, Any]:
    found = re.search(r'id="conversation-data" type="application/json">(.*?)</script>', html)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_empty_list_says_how_to_begin(club: Club, athlete: User, clubmate: User) -> None:
    page = shown(as_(athlete).get("/messages/"))
    assert "No messages yet" in page
    assert "press “Write a message”" in page

    assert f'href="{path(clubmate)}#newest"' in shown(as_(athlete).get(f"/athletes/{clubmate.pk}/"))
    assert "Write a message" not in shown(as_(athlete).get(f"/athletes/{athlete.pk}/"))


def test_list_is_newest_first_with_unread_counts_and_last_lines(
    club: Club, athlete: User, clubmate: User, captain: User
) -> None:
    for text in ("First", "<b>Second</b>\nline"):
        send_message(clubmate.pk, athlete.pk, text)
    deleted = send_message(athlete.pk, captain.pk, "Gone")
    page = shown(as_(athlete).get("/messages/"))
    assert page.index("Carol D.") < page.index("Bruno C.")
    assert re.search(r"<span>You:</span> Gone", page)
    assert "<b>Second</b> line" in page  # after unescape; in the page itself it is escaped
    assert re.search(r'conversation-unread">2<span', page)

    delete_message(athlete.pk, deleted.pk)
    assert "Message deleted" in shown(as_(athlete).get("/messages/"))
    assert "conversation-unread" not in shown(as_(captain).get("/messages/"))


def test_list_pages_by_cursor_in_a_fixed_number_of_queries(club: Club, athlete: User, clubmate: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert as_(athlete).get("/messages/").status_code == 200
        return len(captured)

    send_message(clubmate.pk, athlete.pk, "Hello")
    few = queries()
    people = [User.objects.create_user(f"member{number}", display_name=f"Alva B{number}") for number in range(40)]
    Membership.objects.bulk_create([Membership(club=club, user=one) for one in people])
    for one in people:
        send_message(one.pk, athlete.pk, "Hello")
    assert queries() == few

    seen: list[str] = []
    address = "/messages/"
    while address:
        page = shown(as_(athlete).get(address))
        seen += re.findall(r'data-key="(\d+)"', page)
        older = re.search(r'href="(\?before=[^"]+)"', page)
        address = f"/messages/{older[1]}" if older else ""
    assert len(seen) == len(set(seen)) == 41
    assert as_(athlete).get("/messages/?before=nonsense").status_code == 404


def test_conversation_is_grouped_by_day_sender_and_time(club: Club, athlete: User, clubmate: User) -> None:
    """Times and days are the reader's: 11:30 in London is 21:30 in Brisbane, where 14:40 is on the next day."""
    steps = [(0, clubmate), (4, clubmate), (10, clubmate), (11, athlete), (190, athlete)]
    for minutes, sender in steps:
        with time_machine.travel(NOON - timedelta(minutes=30) + timedelta(minutes=minutes), tick=False):
            send_message(sender.pk, (clubmate if sender == athlete else athlete).pk, f"at {minutes}")
    User.objects.filter(pk=athlete.pk).update(time_zone="Australia/Brisbane")

    with time_machine.travel(NOON + timedelta(hours=4), tick=False):
        mine, theirs = (shown(as_(one).get(path(other))) for one, other in ((athlete, clubmate), (clubmate, athlete)))
    classes = re.findall(r'class="bubble (bubble-[^"]*)"', mine.split("<template")[0])
    assert classes == ["bubble-theirs", "bubble-theirs bubble-joined", "bubble-theirs", "bubble-mine", "bubble-mine"]
    assert bubbles(mine)[0].endswith("Yesterday New Bruno C.: at 0") or "Yesterday" in bubbles(mine)[0]
    assert "Today" in bubbles(mine)[4]
    assert ">21:30<" in mine
    assert ">11:30<" in theirs
    assert [one for one in bubbles(theirs) if "Today" in one] == bubbles(theirs)[:1]


def test_conversation_shows_how_far_the_last_message_has_come(club: Club, athlete: User, clubmate: User) -> None:
    first, last = (send_message(athlete.pk, clubmate.pk, text) for text in ("One", "Two"))

    def states() -> list[str]:
        page = shown(as_(athlete).get(path(clubmate))).split("<template")[0]
        return re.findall(r'data-slot="state">([^<]*)<', page)

    assert states() == ["", "Sent"]
    mark_delivered(clubmate.pk, last.pk)
    mark_read(clubmate.pk, first.pk)
    assert states() == ["", "Delivered"]
    mark_read(clubmate.pk, last.pk)
    assert states() == ["", "Read"]


def test_first_unread_message_is_marked_and_reading_the_page_changes_nothing(
    club: Club, athlete: User, clubmate: User
) -> None:
    read = send_message(clubmate.pk, athlete.pk, "Read")
    mark_read(athlete.pk, read.pk)
    send_message(clubmate.pk, athlete.pk, "Unread")
    last = send_message(clubmate.pk, athlete.pk, "Later")
    for _ in range(2):
        page = shown(as_(athlete).get(path(clubmate)))
        assert page.count('class="bubble-unread"') == 1
        second = page.partition(f'id="message-{read.pk + 1}"')[2]
        assert "bubble-unread" in second.partition(f'id="message-{last.pk}"')[0]
    assert unread_of(athlete.pk) == 2

    assert (
        as_(athlete).post(f"{path(clubmate)}read/", {"seen": last.pk}).headers["Location"] == f"{path(clubmate)}#newest"
    )
    assert unread_of(athlete.pk) == 0
    assert "bubble-unread" not in shown(as_(athlete).get(path(clubmate)))


@pytest.mark.parametrize("seen", ["", "x", "0", "9" * 18, "9" * 40])
def test_invalid_seen_is_ignored(club: Club, athlete: User, clubmate: User, seen: str) -> None:
    send_message(clubmate.pk, athlete.pk, "Hello")
    assert as_(athlete).post(f"{path(clubmate)}read/", {"seen": seen}).status_code == 302
    assert unread_of(athlete.pk) == 1


def test_form_sends_once_and_marks_what_the_page_showed_as_read(club: Club, athlete: User, clubmate: User) -> None:
    got = send_message(clubmate.pk, athlete.pk, "Coffee?")
    for _ in range(2):  # submitted twice
        answer = as_(athlete).post(path(clubmate), {"text": "Yes!\r\nAt ten", "ref": "abc", "seen": got.pk})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{path(clubmate)}#newest")
    assert [one.text for one in DirectMessage.objects.order_by("pk")] == ["Coffee?", "Yes!\nAt ten"]
    assert unread_of(athlete.pk) == 0


@pytest.mark.parametrize(("text", "words"), [(" \n", "Write something first."), ("é" * 2001, "2,001 characters")])
def test_refused_message_stays_in_the_field(club: Club, athlete: User, clubmate: User, text: str, words: str) -> None:
    answer = as_(athlete).post(path(clubmate), {"text": text})
    assert answer.status_code == 422
    assert words in shown(answer)
    assert text.strip() in shown(answer)
    assert not DirectMessage.objects.exists()


def test_message_over_the_rate_stays_in_the_field(
    club: Club, athlete: User, clubmate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_config.cache.microseconds", lambda: 1)  # on a slow machine places would come free
    for number in range(30):
        send_message(athlete.pk, clubmate.pk, str(number))
    answer = as_(athlete).post(path(clubmate), {"text": "One more"})
    assert answer.status_code == 429
    assert "That's a lot of messages" in shown(answer)
    assert ">One more</textarea>" in shown(answer)


def test_markup_in_a_message_is_text_and_web_addresses_are_links(club: Club, athlete: User, clubmate: User) -> None:
    text = "<script>alert(1)</script> javascript:alert(1) https://a.example/menu?x=1&y=2."
    send_message(clubmate.pk, athlete.pk, text)
    page = as_(athlete).get(path(clubmate)).content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert '<a href="https://a.example/menu?x=1&amp;y=2" rel="nofollow ugc noopener">' in page


def test_strangers_oneself_hidden_people_and_unknown_ids_are_not_found(
    club: Club, athlete: User, clubmate: User, stranger: User
) -> None:
    Membership.objects.filter(user=clubmate).update(shown_as="hidden")
    for other in (stranger.pk, athlete.pk, clubmate.pk, 0, 10**30):
        for answer in (
            as_(athlete).get(f"/messages/{other}/"),
            as_(athlete).post(f"/messages/{other}/", {"text": "Hello"}),
            as_(athlete).get(f"/messages/{other}/older/?before=5,5"),
            as_(athlete).post(f"/messages/{other}/read/", {"seen": "1"}),
        ):
            assert answer.status_code == 404
    assert not DirectMessage.objects.exists()


def test_people_without_a_common_club_read_and_cannot_write(club: Club, athlete: User, clubmate: User) -> None:
    send_message(clubmate.pk, athlete.pk, "Before I go")
    leave(club.pk, clubmate.pk)
    page = shown(as_(athlete).get(path(clubmate)))
    assert "Before I go" in page
    assert "Bruno C." in page
    assert f'href="/athletes/{clubmate.pk}/"' not in page
    assert "You can't send messages to this person" in page
    assert "<textarea" not in page
    answer = as_(athlete).post(path(clubmate), {"text": "Wait"})
    assert answer.status_code == 403
    assert "You can't send messages to this person" in shown(answer)


def test_conversation_with_a_former_member_stays_readable(club: Club, athlete: User, clubmate: User) -> None:
    for number in range(35):
        send_message(
            athlete.pk if number % 2 else clubmate.pk, clubmate.pk if number % 2 else athlete.pk, f"no. {number}"
        )
    ConversationSide.objects.filter(user=clubmate).delete()
    clubmate.delete()
    address = f"/messages/former/{ConversationSide.objects.get().conversation_id}/"
    listed = shown(as_(athlete).get("/messages/"))
    assert f'href="{address}#newest">A former member' in listed
    assert "Bruno" not in listed

    page = shown(as_(athlete).get(address))
    assert "A former member" in page
    assert "no. 34" in page
    assert "<textarea" not in page
    older = re.search(r'href="(\?before=[^"]+)"', page)
    assert older
    assert "no. 0" in shown(as_(athlete).get(address + older[1]))
    assert as_(User.objects.create_user("eve")).get(address).status_code == 404


def test_older_messages_by_link_and_as_json(club: Club, athlete: User, clubmate: User) -> None:
    pairs = [(athlete, clubmate), (clubmate, athlete)]
    for number in range(40):
        sender, recipient = pairs[number % 2]
        send_message(sender.pk, recipient.pk, f"no. {number}")
    page = shown(as_(athlete).get(path(clubmate)))
    data = for_script(page)
    assert [one["text"] for one in data["messages"]] == [f"no. {number}" for number in range(10, 40)]
    answer = as_(athlete).get(f"{path(clubmate)}older/?before={data['older']}").json()
    assert [one["text"] for one in answer["messages"]] == [f"no. {number}" for number in range(10)]
    assert answer["older"] == ""

    older = shown(as_(athlete).get(f"{path(clubmate)}?before={data['older']}"))
    assert len(bubbles(older)) == 10
    assert "Back to the newest" in older
    assert "<textarea" not in older
    for wrong in ("", "?before=", "?before=x", "?before=5"):
        assert as_(athlete).get(f"{path(clubmate)}older/{wrong}").status_code == 404


def test_page_of_a_long_conversation_takes_no_more_queries(club: Club, athlete: User, clubmate: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_(athlete).get(path(clubmate)).status_code == 200
        return len(captured)

    send_message(clubmate.pk, athlete.pk, "Hello")
    few = queries()
    for number in range(50):
        send_message([athlete, clubmate][number % 2].pk, [clubmate, athlete][number % 2].pk, "Hello")
    assert queries() == few


def test_only_the_sender_deletes_a_message_and_for_both(club: Club, athlete: User, clubmate: User) -> None:
    sent = send_message(athlete.pk, clubmate.pk, "Oops")
    for message_id in (sent.pk, "", "x", "9" * 30):
        assert as_(clubmate).post(f"{path(athlete)}delete/", {"id": message_id}).status_code == 404
    assert f'name="id" value="{sent.pk}"' in shown(as_(athlete).get(path(clubmate)))

    answer = as_(athlete).post(f"{path(clubmate)}delete/", {"id": sent.pk})
    assert answer.headers["Location"] == f"{path(clubmate)}#message-{sent.pk}"
    for reader, other in ((athlete, clubmate), (clubmate, athlete)):
        page = shown(as_(reader).get(path(other)))
        assert "Oops" not in page
        assert "Message deleted" in page


def test_short_day() -> None:
    day = NOON.date()
    days = [day - timedelta(days=ago) for ago in (1, 2, 6, 7, 400)]
    assert [short_day(one, day) for one in days] == ["Yesterday", "Thu", "Sun", "14 Nov", "17 Oct 2025"]
