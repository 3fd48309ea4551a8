"""/clubs/<slug>/ and the page of one entry: replies, mentions, floods, and what can be done with a post."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.models import Entry
from strava_live.muting.choices import mute
from strava_live.social.moderation import hide_post
from strava_live.social.posts import add_post, post
from strava_live.web.entry_words import FloodRow
from strava_live.web.post_links import with_links
from tests.clubs.visits import as_
from tests.web.club_feed import FEED, entry_of, shown

pytestmark = pytest.mark.django_db
ALVA, OTHER_ALVA = {"id": 1, "name": "Alva B."}, {"id": 2, "name": "Alva B."}


def flood(club: Club, athlete: User, count: int, *, shown_first: int = 10) -> list[Entry]:
    """Add parkruns of one event to the table, of which all but the first ones are folded away."""
    entries = [entry_of(club, athlete, event_name="Brandon Hill parkrun") for _ in range(shown_first + count)]
    folded = Entry.objects.filter(pk__in=[one.pk for one in entries[shown_first:]])
    folded.update(fold=entries[shown_first - 1].pk)
    return entries


def test_replies_are_in_the_card_of_their_entry(club: Club, athlete: User, clubmate: User, posted: Entry) -> None:
    for number in range(6):
        post(clubmate.pk, club.pk, f"Reply {number}", reply_to=posted.pk)

    card = as_(athlete).get(FEED).context["entries"][0]

    assert [str(reply.text) for reply in card.earlier_replies] == ["Reply 0", "Reply 1", "Reply 2"]
    assert [str(reply.text) for reply in card.replies] == ["Reply 3", "Reply 4", "Reply 5"]
    assert "Show 3 earlier replies" in shown(as_(athlete).get(FEED))


def test_flood_is_one_row_at_the_place_of_its_oldest_parkrun(club: Club, athlete: User, posted: Entry) -> None:
    flood(club, athlete, 14)
    entry_of(club, athlete, "joined")

    answer = as_(athlete).get(FEED)

    row = answer.context["entries"][1]
    assert row.words == "14 more at Brandon Hill"
    assert "14 more at Brandon Hill" in shown(answer)
    assert len(row.cards) == 14
    assert len(answer.context["entries"]) == 1 + 1 + 10 + 1


def test_flood_that_is_longer_than_a_page_fills_no_page(club: Club, athlete: User) -> None:
    """The rest of a flood comes with its oldest parkrun, also if the entry below which it is folded is gone."""
    entries = flood(club, athlete, 60)
    Entry.objects.filter(pk=entries[9].pk).update(removed=True)

    cards = as_(athlete).get(FEED).context["entries"]

    assert isinstance(cards[0], FloodRow)
    assert len(cards[0].cards) == 60
    assert len(cards) == 1 + 9


def test_queries_do_not_grow_with_replies_and_floods(club: Club, athlete: User, posted: Entry) -> None:
    flood(club, athlete, 1)
    post(athlete.pk, club.pk, "Reply", reply_to=posted.pk)
    browser = as_(athlete)
    with CaptureQueriesContext(connection) as few:
        browser.get(FEED)
    flood(club, athlete, 20)
    for number in range(20):
        add_post(athlete.pk, club.pk, f"Reply {number}", reply_to=posted.pk)
    with CaptureQueriesContext(connection) as many:
        browser.get(FEED)
    assert len(many) == len(few)


def test_posts_and_replies_of_muted_members_are_left_out(
    club: Club, athlete: User, clubmate: User, captain: User, posted: Entry
) -> None:
    theirs = post(clubmate.pk, club.pk, "By Bruno")
    post(captain.pk, club.pk, "Below Bruno", reply_to=theirs.pk)
    answer = post(clubmate.pk, club.pk, "Bruno replies", reply_to=posted.pk)
    entry_of(club, clubmate, name="Bruno C.")
    mute(athlete.pk, clubmate.pk)

    page = shown(as_(athlete).get(FEED))

    assert "Coffee at Anna's?" in page
    for words in ("By Bruno", "Below Bruno", "Bruno replies"):
        assert words not in page
    assert "Bushy parkrun" in page
    assert f'data-muted="[{clubmate.pk}]"' in page
    assert as_(athlete).get(f"{FEED}entries/{theirs.pk}/").status_code == 404
    assert as_(athlete).get(f"{FEED}entries/{answer.pk}/").status_code == 404
    assert "By Bruno" in shown(as_(captain).get(FEED))


def test_page_of_a_post_offers_what_the_reader_may_do(
    club: Club, athlete: User, clubmate: User, captain: User, posted: Entry
) -> None:
    for who, actions in (
        (athlete, {"edit", "remove", "reply"}),
        (clubmate, {"report", "mute", "reply"}),
        (captain, {"report", "mute", "hide", "remove", "reply"}),
    ):
        answer = as_(who).get(f"{FEED}entries/{posted.pk}/")
        assert {name for name, may in answer.context["may"].items() if may} == actions

    Entry.objects.filter(pk=posted.pk).update(at=timezone.now() - timedelta(minutes=16))
    assert not as_(athlete).get(f"{FEED}entries/{posted.pk}/").context["may"]["edit"]


def test_hidden_post_says_so_and_takes_no_replies(club: Club, athlete: User, captain: User, posted: Entry) -> None:
    hide_post(captain.pk, posted.pk)

    page = shown(as_(athlete).get(f"{FEED}entries/{posted.pk}/"))

    assert "A captain has hidden this post." in page
    assert "Coffee at Anna's?" not in page
    assert "Write a reply" not in page
    may = as_(captain).get(f"{FEED}entries/{posted.pk}/").context["may"]
    assert {name for name, allowed in may.items() if allowed} == {"remove", "mute", "restore"}


def test_page_of_a_reply_shows_the_entry_above(club: Club, athlete: User, clubmate: User, posted: Entry) -> None:
    reply = post(clubmate.pk, club.pk, "Yes", reply_to=posted.pk)

    page = shown(as_(athlete).get(f"{FEED}entries/{reply.pk}/"))

    assert "Reply by Bruno C." in page
    assert "Coffee at Anna's?" in page


def test_page_of_a_parkrun_that_is_folded_away_shows_its_card(club: Club, athlete: User) -> None:
    folded = flood(club, athlete, 2)[-1]

    page = shown(as_(athlete).get(f"{FEED}entries/{folded.pk}/"))

    assert "Brandon Hill parkrun" in page
    assert "more at" not in page
    assert "Report to the captains" not in page


@pytest.mark.parametrize(("form", "fields"), [("posts/", {"reply_to": "{pk}"}), ("entries/{pk}/edit/", {})])
def test_refused_reply_or_edit_is_shown_in_its_form(
    club: Club, athlete: User, posted: Entry, form: str, fields: dict[str, str]
) -> None:
    data = {name: value.format(pk=posted.pk) for name, value in fields.items()}

    answer = as_(athlete).post(f"{FEED}{form.format(pk=posted.pk)}", {"text": "x" * 1001} | data)

    page = shown(answer)
    assert answer.status_code == 422
    assert "That's 1,001 characters" in page
    assert f'aria-describedby="{"draft" if fields else "edit"}-' in page
    assert "x" * 1001 in page


@pytest.mark.parametrize(
    ("text", "mentions", "linked"),
    [
        ("Well done @Alva B.!", [ALVA], [1]),
        ("@Alva B. and @Alva B.", [ALVA], [1, 1]),
        ("@Alva B. and @Alva B.", [ALVA, OTHER_ALVA], [1, 2]),
        ("https://a.example/@Alva B.", [ALVA], []),
        ("@Alva B. Berg", [ALVA, {"id": 3, "name": "Alva B. Berg"}], [3]),
        ("@Alva", [ALVA], []),
        ("@<script>", [{"id": 4, "name": "<script>"}], [4]),
    ],
)
def test_mentions_are_links_to_members(text: str, mentions: list[dict[str, object]], linked: list[int]) -> None:
    html = with_links(text, mentions)

    assert [pk for pk in (1, 2, 3, 4) for _ in range(html.count(f'href="/athletes/{pk}/"'))] == linked
    assert "<script>" not in html
