"""Pages of lists: addresses that lead to the next and the previous page, with the request's other parameters."""

from typing import Any

import pytest

from strava_live.clubs.models import Membership
from strava_live.feed.models import Entry
from strava_live.social.posts import post
from tests.api.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample_urls")]


@pytest.fixture
def api(read_token: str) -> ApiClient:
    return ApiClient(read_token)


@pytest.fixture
def posts(member: Membership) -> list[int]:
    """The ids of five posts, newest first."""
    return [post(member.user_id, member.club_id, f"Post {number}").pk for number in range(5)][::-1]


def first_page(api: ApiClient, query: str = "") -> Any:
    return api.get(f"sample/clubs/striders/entries{query}").json()


def opened(api: ApiClient, address: str) -> Any:
    assert address.startswith("http://testserver/api/v1/sample/clubs/striders/entries?")
    return api.browser.get(address, headers=api.headers).json()


def ids(page: Any) -> list[int]:
    return [item["id"] for item in page["items"]]


def test_empty_list(api: ApiClient, member: Membership) -> None:
    page = first_page(api)

    assert page == {"items": [], "next": None, "previous": None, "epoch": member.club.epoch}


def test_addresses_lead_forward_and_back(api: ApiClient, posts: list[int]) -> None:
    first = first_page(api)
    second = opened(api, first["next"])
    third = opened(api, second["next"])

    assert (ids(first), ids(second), ids(third)) == (posts[:2], posts[2:4], posts[4:])
    assert (first["previous"], third["next"]) == (None, None)
    assert ids(opened(api, third["previous"])) == posts[2:4]
    back = opened(api, opened(api, third["previous"])["previous"])
    assert (ids(back), back["previous"]) == (posts[:2], None)
    assert ids(opened(api, back["next"])) == posts[2:4]


def test_addresses_keep_the_other_parameters(api: ApiClient, posts: list[int]) -> None:
    page = first_page(api, "?kind=post&extra=%C3%A9%26%3D&cursor=")

    assert page["next"].startswith(
        "http://testserver/api/v1/sample/clubs/striders/entries?kind=post&extra=%C3%A9%26%3D&cursor=before."
    )
    assert opened(api, page["next"])["next"].count("cursor=") == 1


def test_rows_that_are_added_and_removed_move_no_other_row(
    api: ApiClient, posts: list[int], member: Membership
) -> None:
    first = first_page(api)
    Entry.objects.filter(pk=posts[1]).delete()
    newer = post(member.user_id, member.club_id, "New").pk
    second = opened(api, first["next"])

    assert ids(second) == posts[2:4]
    assert ids(opened(api, second["previous"])) == [newer, posts[0]]


def test_page_whose_rows_were_all_removed_leads_back_to_the_last_row_seen(api: ApiClient, posts: list[int]) -> None:
    first = first_page(api)
    Entry.objects.filter(pk__in=posts[2:]).delete()
    second = opened(api, first["next"])

    assert (ids(second), second["next"]) == ([], None)
    assert ids(opened(api, second["previous"])) == posts[:2]
