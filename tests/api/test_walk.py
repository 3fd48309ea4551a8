"""Walk through a club's entries page by page, forward and back, while entries are added, changed and removed."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Entry
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.posts import add_post, delete_post
from tests.api.client import ApiClient
from tests.api.shapes import Json, checked_entries

pytestmark = pytest.mark.django_db
PAGE = 3
CHANGES = st.lists(
    st.tuples(st.sampled_from(["nothing", "add", "cheer", "uncheer", "remove"]), st.integers(0, 11)), max_size=12
)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr("strava_live.api.entries.PAGE_SIZE", PAGE)
    settings.API_READS_A_MINUTE = 100_000


def write_batches(club: Club, author_id: int, sizes: list[int]) -> list[int]:
    """Replace the club's entries by posts, of which those of one batch have the same time. Return ids, newest first."""
    Entry.objects.of_club(club.pk).delete()
    for batch, size in enumerate(sizes):
        with transaction.atomic(), entry_writers([club.pk]) as writers:
            for number in range(size):
                key = f"post.{batch}.{number}"
                writers[club.pk].add(kind=Entry.Kind.POST, key=key, athlete_id=author_id, name="Alva B.", text=key)
    return list(Entry.objects.of_club(club.pk).newest_first().values_list("pk", flat=True))


def change(member: Membership, kind: str, entry_id: int) -> None:
    shown = Entry.objects.not_removed().filter(pk=entry_id).exists()
    if kind == "add":
        add_post(member.user_id, member.club_id, "New")
    elif kind == "remove" and shown:
        delete_post(member.user_id, entry_id)
    elif kind in {"cheer", "uncheer"} and shown:
        {"cheer": cheer, "uncheer": uncheer}[kind](member.user_id, member.club_id, entry_id)


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4), changes=CHANGES)
@example(
    sizes=[5, 5, 2],
    changes=[("remove", 5), ("add", 0), ("remove", 8), ("uncheer", 6), ("remove", 0), ("cheer", 6), ("add", 0)],
)
@hypothesis_settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_that_stay_are_listed_once_on_each_way(
    read_token: str,
    member: Membership,
    small_pages: None,
    sizes: list[int],
    changes: list[tuple[str, int]],
) -> None:
    at_first = write_batches(member.club, member.user_id, sizes)
    client, pending = ApiClient(read_token), list(changes)

    def walk(page: Json, direction: str) -> list[Json]:
        """Return this page and all that follow in this direction, with one change after each."""
        pages = [page]
        while address := pages[-1][direction]:
            if pending:
                kind, number = pending.pop()
                change(member, kind, at_first[number % len(at_first)])
            pages.append(checked_entries(client.follow(address)))
        return pages

    forward = walk(checked_entries(client.get("clubs/striders/entries")), "next")
    assert_newest_first(forward, at_first)
    back = walk(forward[-1], "previous")
    assert_newest_first(back[::-1], at_first)


def assert_newest_first(pages: list[Json], at_first: list[int]) -> None:
    """Check that the pages list entries newest first, and none twice.

    They list every entry of `at_first` that was not removed.
    """
    items = [item for page in pages for item in page["items"]]
    places = [(item["at"], item["id"]) for item in items]
    assert places == sorted(set(places), reverse=True)
    standing = set(Entry.objects.not_removed().filter(pk__in=at_first).values_list("pk", flat=True))
    assert standing <= {item["id"] for item in items}
    assert all(len(page["items"]) <= PAGE for page in pages)
