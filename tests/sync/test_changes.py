"""Which changes go out together: a frame says which marks it covers, so that a socket notices what it has missed."""

from strava_live.protocol import ActivitiesFound, ActivitySaved
from strava_live.sync.changes import ITEMS_A_FRAME, Change, frames, mark_before


def saved(mark: int) -> Change:
    return ActivitySaved(item={}, mark=mark)


def found(items: int, mark: int) -> Change:
    return ActivitiesFound(run_id=0, items=[{}] * items, mark=mark)


def covered(changes: list[Change]) -> list[tuple[int, int]]:
    return [(mark_before(together[0]), together[-1].mark) for together in frames(changes)]


def test_changes_without_a_gap_go_out_together() -> None:
    assert covered([saved(7), saved(8), found(3, 11), saved(12)]) == [(6, 12)]


def test_gap_between_marks_parts_two_frames() -> None:
    assert covered([saved(3), saved(7), saved(8)]) == [(2, 3), (6, 8)]


def test_frame_holds_so_many_items_and_no_more() -> None:
    assert covered([saved(mark) for mark in range(1, 2 * ITEMS_A_FRAME + 2)]) == [(0, 200), (200, 400), (400, 401)]
    assert covered([found(200, 200), found(200, 400), saved(401)]) == [(0, 200), (200, 400), (400, 401)]


def test_nothing_is_no_frame() -> None:
    assert covered([]) == []
