"""Numbered changes of a club that arrive duplicated and out of order."""

from hypothesis import given
from hypothesis import strategies as st

from strava_live.broadcast import EncodedChange
from strava_live.hub.sequence_buffer import SequenceBuffer


def changes(*numbers: int) -> list[EncodedChange]:
    return [EncodedChange(number, f"m{number}", f"s{number}") for number in numbers]


@given(st.data())
def test_each_change_is_returned_once_and_in_order(data: st.DataObject) -> None:
    """For any order, any duplicates, and a first snapshot at any time."""
    start = data.draw(st.integers(0, 5))
    wanted = list(range(1, 12))
    arriving = data.draw(st.permutations(wanted + data.draw(st.lists(st.sampled_from(wanted), max_size=8))))
    starts_after = data.draw(st.integers(0, len(arriving)))
    buffer, returned = SequenceBuffer(), []

    for count, number in enumerate(arriving):
        if count == starts_after:
            returned += buffer.start_at(start)
        returned += buffer.add(changes(number))
    if starts_after == len(arriving):
        returned += buffer.start_at(start)

    assert [one.seq for one in returned] == wanted[start:]
    assert not buffer.has_gap
    assert not buffer.early


def test_gap_is_known_from_the_first_snapshot_on() -> None:
    buffer = SequenceBuffer()
    buffer.note_exists(3)
    assert not buffer.has_gap, "there is no starting point yet"
    buffer.start_at(3)
    assert not buffer.has_gap
    assert buffer.add(changes(5)) == []
    assert buffer.has_gap
    assert [one.seq for one in buffer.add(changes(4))] == [4, 5]
    assert not buffer.has_gap


def test_change_from_the_database_replaces_a_waiting_announcement() -> None:
    """An entry that was announced as changed has been removed by the time the gap before it is read."""
    buffer = SequenceBuffer()
    buffer.start_at(1)
    buffer.add([EncodedChange(3, "changed", ""), EncodedChange(5, "later", "")])
    returned = buffer.add_from_database([EncodedChange(number, "removed", "") for number in (2, 3, 4)])
    assert [one.members for one in returned] == ["removed", "removed", "removed", "later"]
