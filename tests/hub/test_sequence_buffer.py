"""A club's numbers, whatever way they arrive."""

from hypothesis import given
from hypothesis import strategies as st

from strava_live.broadcast import News
from strava_live.hub.sequence_buffer import SequenceBuffer


def news(*numbers: int) -> list[News]:
    return [News(number, f"m{number}", f"s{number}") for number in numbers]


@given(st.data())
def test_each_is_passed_on_once_and_in_order(data: st.DataObject) -> None:
    """Doubled, out of order, in any portions; from wherever the first snapshot stands."""
    start = data.draw(st.integers(0, 5))
    wanted = list(range(1, 12))
    arriving = data.draw(st.permutations(wanted + data.draw(st.lists(st.sampled_from(wanted), max_size=8))))
    begins = data.draw(st.integers(0, len(arriving)))
    numbers, passed_on = SequenceBuffer(), []

    for place, number in enumerate(arriving):
        if place == begins:
            passed_on += numbers.begin_at(start)
        passed_on += numbers.take(news(number))
    if begins == len(arriving):
        passed_on += numbers.begin_at(start)

    assert [one.seq for one in passed_on] == wanted[start:]
    assert not numbers.behind
    assert not numbers.early


def test_knows_that_something_is_missing() -> None:
    numbers = SequenceBuffer()
    numbers.know(3)
    assert not numbers.behind, "nobody has been told anything yet"
    numbers.begin_at(3)
    assert not numbers.behind
    assert numbers.take(news(5)) == []
    assert numbers.behind
    assert [one.seq for one in numbers.take(news(4))] == [4, 5]
    assert not numbers.behind


def test_the_table_knows_better_than_what_waits() -> None:
    """What was announced as changed is gone by the time that the hole before it is read from the table."""
    numbers = SequenceBuffer()
    numbers.begin_at(1)
    numbers.take([News(3, "changed", ""), News(5, "another", "")])
    passed_on = numbers.take_from_table([News(2, "removed", ""), News(3, "removed", ""), News(4, "removed", "")])
    assert [one.members for one in passed_on] == ["removed", "removed", "removed", "another"]
