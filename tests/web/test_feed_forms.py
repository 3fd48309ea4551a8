"""The forms of a club's feed, which work without a socket: posts, cheers, deleting."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Cheer, Entry
from strava_live.social.cheers import cheer
from strava_live.social.moderation import hide_post
from strava_live.social.posts import post
from tests.clubs.visits import as_
from tests.web.club_feed import FEED, entry_of, shown
from tests.web.reading import messages_in

pytestmark = pytest.mark.django_db


def test_post_redirects_to_the_feed(club: Club, athlete: User) -> None:
    form = {"text": "Well done\r\nall!", "ref": "abc", "next": "/"}
    for _ in range(2):  # submitted twice
        answer = as_(athlete).post(f"{FEED}posts/", form)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert as_(athlete).post(f"{FEED}posts/", {"text": "More", "next": "//evil.example"}).headers["Location"] == FEED

    assert [entry.text for entry in Entry.objects.not_removed().order_by("pk")] == ["Well done\nall!", "More"]


@pytest.mark.parametrize(("text", "words"), [("  \n ", "Write something first."), ("é" * 1001, "1,001 characters")])
def test_refused_post_stays_in_the_field(club: Club, athlete: User, text: str, words: str) -> None:
    answer = as_(athlete).post(f"{FEED}posts/", {"text": text})
    assert answer.status_code == 422
    assert words in shown(answer)
    assert text.strip() in shown(answer)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("ref", ["\x00", "x" * 65, "a b", "é"])
def test_invalid_ref_is_ignored(club: Club, athlete: User, ref: str) -> None:
    assert as_(athlete).post(f"{FEED}posts/", {"text": "Hello", "ref": ref}).status_code == 302
    assert Entry.objects.get().text == "Hello"


def test_cheer_and_uncheer(club: Club, posted: Entry, clubmate: User) -> None:
    browser = as_(clubmate)
    for _ in range(2):
        answer = browser.post(f"{FEED}entries/{posted.pk}/cheer/")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{FEED}#entry-{posted.pk}")
    assert Cheer.objects.get().user == clubmate
    assert "1 cheer<" in shown(browser.get(FEED))
    assert f"entries/{posted.pk}/uncheer/" in shown(browser.get(FEED))

    browser.post(f"{FEED}entries/{posted.pk}/uncheer/")
    posted.refresh_from_db()
    assert (posted.cheers, Cheer.objects.count()) == (0, 0)


def test_hidden_post_has_a_button_only_to_take_a_cheer_back(
    club: Club, posted: Entry, clubmate: User, captain: User
) -> None:
    cheer(clubmate.pk, club.pk, posted.pk)
    hide_post(captain.pk, posted.pk)
    for who, hidden in ((clubmate, False), (captain, True)):
        for path in (FEED, f"{FEED}entries/{posted.pk}/"):
            assert ("data-cheer hidden>" in as_(who).get(path).text.split("<template")[0]) == hidden

    path = f"{FEED}entries/{posted.pk}"
    refused = as_(captain).post(f"{path}/cheer/", follow=True)
    assert "A captain has hidden this post." in messages_in(refused)
    as_(clubmate).post(f"{path}/uncheer/")
    assert not Cheer.objects.exists()
    assert "data-cheer hidden>" in as_(clubmate).get(FEED).text


def test_cheers_are_listed_by_the_names_the_club_sees(club: Club, posted: Entry, clubmate: User, captain: User) -> None:
    path = f"{FEED}entries/{posted.pk}/cheers/"
    assert "No cheers yet." in shown(as_(clubmate).get(path))
    for who in (clubmate, captain):
        cheer(who.pk, club.pk, posted.pk)
    Membership.objects.filter(user=captain).update(shown_as="hidden")

    assert "Bruno C. and 1 member cheered." in shown(as_(clubmate).get(path))
    for_script = as_(clubmate).get(path, headers={"Accept": "application/json"}).json()
    assert for_script == {"sentence": "Bruno C. and 1 member cheered."}


def test_cheers_for_a_card_list_each_member_once(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    run, milestone = entry_of(club, athlete), entry_of(club, athlete, "milestone")
    for who, entry in ((clubmate, run), (clubmate, milestone), (captain, milestone)):
        cheer(who.pk, club.pk, entry.pk)

    page = shown(as_(captain).get(FEED))
    assert ">3 cheers<" in page
    assert f'href="{FEED}entries/{run.pk}/cheers/?also={milestone.pk}"' in page
    assert f"entries/{milestone.pk}/uncheer/" in page
    path = f"{FEED}entries/{run.pk}/cheers/?also={milestone.pk}&also=x&also=999"
    assert "Bruno C. and Carol D. cheered." in shown(as_(athlete).get(path))


def test_post_is_deleted_by_its_author_or_a_captain(
    club: Club, athlete: User, clubmate: User, captain: User, posted: Entry
) -> None:
    path = f"{FEED}entries/{posted.pk}/remove/"
    assert "Delete post" in shown(as_(athlete).get(FEED))
    assert as_(clubmate).post(path).status_code == 403
    assert as_(athlete).post(path).status_code == 302
    assert not Entry.objects.not_removed().exists()
    assert as_(athlete).post(path).status_code == 404

    again = post(athlete.pk, club.pk, "Once more")
    assert as_(captain).post(f"{FEED}entries/{again.pk}/remove/").status_code == 302
    assert not Entry.objects.not_removed().exists()


def test_only_posts_are_deleted(club: Club, athlete: User, captain: User) -> None:
    run = entry_of(club, athlete)
    for who in (athlete, captain):
        assert as_(who).post(f"{FEED}entries/{run.pk}/remove/").status_code == 404


def test_entry_of_another_club_is_404(club: Club, posted: Entry, stranger: User) -> None:
    other = Club.objects.create(slug="other", name="Other")
    Membership.objects.create(club=other, user=stranger, role=Membership.Role.CAPTAIN)
    for verb in ("cheer", "uncheer", "remove"):
        assert as_(stranger).post(f"/clubs/other/entries/{posted.pk}/{verb}/").status_code == 404
    assert as_(stranger).get(f"/clubs/other/entries/{posted.pk}/cheers/").status_code == 404
    assert Entry.objects.not_removed().exists()


@pytest.mark.parametrize("pk", [0, 2**63, 10**30])
def test_unknown_entry_is_404(club: Club, athlete: User, pk: int) -> None:
    for verb in ("cheer", "uncheer", "remove"):
        assert as_(athlete).post(f"{FEED}entries/{pk}/{verb}/").status_code == 404
    assert as_(athlete).get(f"{FEED}entries/{pk}/cheers/").status_code == 404
