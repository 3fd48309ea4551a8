"""Splitting changes into frames. A frame says which marks it covers, so that a socket notices missing ones."""

from strava_live.protocol import ActivitiesFound, ActivitySaved
from strava_live.protocol.examples import ITEM
from strava_live.sync.changes import ITEMS_PER_FRAME, ActivityChange, frames, mark_before


def saved(mark: int) -> ActivityChange:
    return ActivitySaved(item=ITEM, mark=mark)


def found(items: int, mark: int) -> ActivityChange:
    return ActivitiesFound(run_id=0, items=[ITEM] * items, mark=mark)


def covered(changes: list[ActivityChange]) -> list[tuple[int, int]]:
    return [(mark_before(messages[0]), messages[-1].mark) for messages in frames(changes)]


def test_changes_without_a_gap_share_a_frame() -> None:
    assert covered([saved(7), saved(8), found(3, 11), saved(12)]) == [(6, 12)]


def test_gap_between_marks_starts_a_new_frame() -> None:
    assert covered([saved(3), saved(7), saved(8)]) == [(2, 3), (6, 8)]


def test_frame_holds_a_limited_number_of_items() -> None:
    assert covered([saved(mark) for mark in range(1, 2 * ITEMS_PER_FRAME + 2)]) == [(0, 200), (200, 400), (400, 401)]
    assert covered([found(200, 200), found(200, 400), saved(401)]) == [(0, 200), (200, 400), (400, 401)]


def test_no_changes_make_no_frame() -> None:
    assert covered([]) == []
