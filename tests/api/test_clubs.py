"""GET clubs: the caller's own clubs, with what each sees of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.membership.sharing import share
from tests.api.client import ApiClient
from tests.api.shapes import CLUB, CLUBS, checked

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_club_says_what_it_sees_of_the_caller(read_token: str, club: Club, member: Membership) -> None:
    share(club.pk, member.user_id, parkruns=True, shown_as="hidden")
    club.refresh_from_db()

    found = checked(CLUB, ApiClient(read_token).get("clubs/striders"))

    assert found == {
        "slug": "striders",
        "name": "Striders",
        "time_zone": "Europe/London",
        "role": "member",
        "shares_parkruns": True,
        "shown_as": "hidden",
        "epoch": club.epoch,
        "seq": club.seq,
        "entries": club.entry_count,
    }
    assert checked(CLUBS, ApiClient(read_token).get("clubs")) == {"items": [found], "next": None, "previous": None}


def test_club_of_other_people_is_as_unknown_as_one_that_does_not_exist(
    read_token: str, athlete: User, club: Club, other_club: Club
) -> None:
    Membership.objects.create(club=club, user=athlete, state=Membership.MemberState.ASKING)
    client = ApiClient(read_token)

    answers = [client.get(f"clubs/{slug}") for slug in ("striders", "other", "nowhere")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert answers[0].json()["code"] == "not_found"
    assert checked(CLUBS, client.get("clubs"))["items"] == []


def test_list_has_the_club_joined_last_first_and_leads_forward_and_back(read_token: str, athlete: User) -> None:
    now, count = timezone.now(), 60
    clubs = Club.objects.bulk_create(Club(slug=f"club-{number}", name="Club") for number in range(count))
    Membership.objects.bulk_create(
        Membership(club=club, user=athlete, joined_at=now - timedelta(days=number // 2))
        for number, club in enumerate(clubs)
    )
    client = ApiClient(read_token)

    first = checked(CLUBS, client.get("clubs"))
    second = checked(CLUBS, client.follow(first["next"]))

    assert (len(first["items"]), len(second["items"])) == (50, 10)
    slugs = [club["slug"] for club in first["items"] + second["items"]]
    assert slugs == [f"club-{number ^ 1}" for number in range(count)]
    assert (first["previous"], second["next"]) == (None, None)
    assert checked(CLUBS, client.follow(second["previous"]))["items"] == first["items"]


def test_cursor_that_is_none_is_refused(read_token: str) -> None:
    for cursor in ("x", "before.x", "before.2026-11-21T09:00:00Z", "sideways.2026-11-21T09:00:00Z,1"):
        refused = ApiClient(read_token).get("clubs", cursor=cursor)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["cursor"])
