"""Which entries of the feed are shown in the card of a parkrun.

tests/browser/test_feed.py checks that the script makes the same cards.
"""

from typing import Any

import pytest

from strava_live.protocol import Json
from strava_live.web.folding import hosts_of, replies_folded, threads_of

ALVA, BRUNO = {"id": 1, "name": "Alva B."}, {"id": 2, "name": "Bruno C."}
RUN = {"event": "bushy", "date": "2026-11-21", "junior": False, "count": 50}


def entry(pk: int, kind: str, athlete: Json | None = ALVA, at: str = "09:40:00", **data: Any) -> Json:
    about = {"count": 214, "since": 2016, "junior": False} if kind == "history" else RUN
    return {"id": pk, "kind": kind, "at": f"2026-11-21T{at}.000000Z", "athlete": athlete, "data": about | data}


@pytest.mark.parametrize("kind", ["milestone", "history"])
def test_milestone_and_history_are_in_the_card_of_their_run(kind: str) -> None:
    assert hosts_of([entry(2, kind, at="11:00:00"), entry(1, "parkrun")]) == {2: 1}


@pytest.mark.parametrize("kind", ["milestone", "history"])
def test_milestone_and_history_without_a_parkrun_have_their_own_cards(kind: str) -> None:
    another: Json = {"milestone": {"event": "dulwich"}, "history": {}}[kind]
    at = {"milestone": "09:40:00", "history": "11:00:00"}[kind]  # this history arrived before the run
    assert hosts_of([entry(3, "parkrun", at=at, **another), entry(2, "parkrun", BRUNO), entry(1, kind)]) == {}


def test_history_is_in_the_card_of_the_newest_earlier_run() -> None:
    runs = [entry(4, "parkrun", at="12:00:00"), entry(2, "parkrun", date="2026-11-21"), entry(1, "parkrun")]
    assert hosts_of([runs[0], entry(3, "history"), *runs[1:]]) == {3: 2}


def test_history_added_a_day_later_has_its_own_card() -> None:
    late = entry(2, "history") | {"at": "2026-11-23T09:40:00.000000Z"}
    assert hosts_of([late, entry(1, "parkrun")]) == {}


def test_members_without_a_name_keep_their_own_milestones() -> None:
    first, second = entry(1, "parkrun", None), entry(2, "parkrun", None, count=100, at="09:50:00")
    found = hosts_of([entry(5, "history", None, at="09:50:00"), entry(4, "milestone", None), second, first])
    assert found == {5: 2, 4: 1}


def test_two_nameless_members_with_the_same_count_get_one_milestone_each() -> None:
    found = hosts_of(
        [
            entry(number, kind, None)
            for number, kind in ((4, "milestone"), (3, "milestone"), (2, "parkrun"), (1, "parkrun"))
        ]
    )
    assert found == {4: 2, 3: 1}


def test_parkrun_that_is_folded_away_takes_no_milestone_with_it() -> None:
    folded = entry(1, "parkrun") | {"fold": 10}
    assert hosts_of([entry(3, "history", at="11:00:00"), entry(2, "milestone"), folded]) == {}


def test_replies_are_listed_by_their_entry_oldest_first() -> None:
    later, earlier, other = (
        entry(pk, "post", at=at) | {"reply_to": to}
        for pk, at, to in ((4, "12:00:00", 1), (3, "11:00:00", 1), (5, "13:00:00", 2))
    )
    assert threads_of([later, other, earlier, entry(1, "post")]) == {1: [earlier, later], 2: [other]}


def test_of_more_than_four_replies_three_are_shown() -> None:
    assert [replies_folded(count) for count in (0, 1, 4, 5, 20)] == [0, 0, 0, 2, 17]
