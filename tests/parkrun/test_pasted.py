"""Reading pasted text: every form of a table gives the same rows, and each unreadable line gives a fault."""

import contextlib
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.parkrun.pasted.dates import DateOrder
from strava_live.parkrun.pasted.faults import FaultCode, UnusablePaste
from strava_live.parkrun.pasted.owner import PasteOwner, find_owner, ownership_question
from strava_live.parkrun.pasted.reading import MOST_ROWS, Reading, read_results
from strava_live.parkrun.pasted.words import FAULT_TEXTS, fault_text
from tests.parkrun import pasted_texts as texts

TODAY = date(2026, 11, 20)
THREE = [
    ("Bushy Park", date(2024, 6, 1), 1471, 123),
    ("New Farm", date(2024, 5, 25), 1499, 88),
    ("Bushy Juniors", date(2024, 5, 19), 581, 7),
]


def read(text: str) -> Reading:
    return read_results(text, today=TODAY)


def rows_of(text: str) -> list[tuple[object, ...]]:
    return [(row.event, row.day, row.time_s, row.position) for row in read(text).rows]


def fault_texts(text: str) -> list[str]:
    return [fault_text(fault.code, fault.params) for fault in read(text).faults]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name)
        for name, text in {
            "tabs": texts.TABLE,
            "spaces": texts.SPACED,
            "single spaces": texts.SINGLY_SPACED,
            "a cell a line": texts.A_CELL_A_LINE,
            "Windows lines": texts.TABLE.replace("\n", "\r\n"),
            "without its head": texts.TABLE.replace(texts.HEAD, ""),
            "CSV": texts.CSV,
            "semicolons": texts.SEMICOLONS,
            "CSV without its head": texts.TABLE.replace("\t", ","),
            "twice on the page": texts.TABLE + texts.TABLE,
        }.items()
    ],
)
def test_every_form_of_a_table_gives_the_same_rows(text: str) -> None:
    assert rows_of(text) == THREE
    assert read(text).faults == []


def test_mail_is_one_parkrun() -> None:
    assert rows_of(texts.MAIL) == [("Bushy Park parkrun", *THREE[0][1:])]


def test_mail_that_thanks_for_volunteering_is_volunteering() -> None:
    row = read("2 Jun 2024\nHello Alva,\nThank you for volunteering at Bushy Park parkrun.").rows[0]

    assert (row.event, row.volunteered, row.time_s) == ("Bushy Park parkrun", True, None)


def test_mail_without_a_date_is_a_fault() -> None:
    without = texts.MAIL[texts.MAIL.index("Subject") :]

    assert read(without).rows == []
    assert fault_texts(without)[0].startswith("The email has no date")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1/6/2024", date(2024, 6, 1)),
        ("01.06.2024", date(2024, 6, 1)),
        ("01-06-2024", date(2024, 6, 1)),
        ("2024/06/01", date(2024, 6, 1)),
        ("01/06/24", date(2024, 6, 1)),
        ("1 June 2024", date(2024, 6, 1)),
        ("29/02/2020", date(2020, 2, 29)),
        ("1. Juni 2024", date(2024, 6, 1)),
        ("1er juin 2024", date(2024, 6, 1)),
        ("1 giugno 2024", date(2024, 6, 1)),
        ("1 czerwca 2024", date(2024, 6, 1)),
        ("1. kesäkuuta 2024", date(2024, 6, 1)),
        ("1 июня 2024", date(2024, 6, 1)),
        ("2. Ma\u0308rz 2024", date(2024, 3, 2)),
        ("16 marraskuuta 2024", date(2024, 11, 16)),
        ("June 1, 2024", date(2024, 6, 1)),
        ("2024年6月1日", date(2024, 6, 1)),
        ("06/15/2024", date(2024, 6, 15)),
    ],
)
def test_date_is_read_in_every_form(written: str, day: date) -> None:
    assert [row.day for row in read(texts.table(f"Bushy Park\t{written}\t1\t2\t24:31")).rows] == [day]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Bushy Park\t31/02/2024\t1\t2\t24:31\t50%", "There's no 31 February 2024"),
        ("Bushy Park\t29/02/2023\t1\t2\t24:31\t50%", "There's no 29 February 2023"),
        ("Bushy Park\t13/15/2024\t1\t2\t24:31\t50%", "There's no month 15: we read these dates as day/month/year"),
        ("Bushy Park\t21/11/2026\t1\t2\t24:31\t50%", "21 November 2026 is in the future"),
        ("Bushy Park\t25/09/2004\t1\t2\t24:31\t50%", "The first parkrun was on 2 October 2004"),
        ("Bushy Park\t01/06/2024\t1\t2\t24:71\t50%", "24:71 isn't a valid time"),
        ("Bushy Park\t01/06/2024\t1\t2\t02:10\t50%", "02:10 can't be a parkrun time"),
        ("Bushy Park\t01/06/2024\t1\t2\t9:59:00\t50%", "9:59:00 can't be a parkrun time"),
        (
            "Bushy Park\t01/06/2024\t1\t2\tsoon\t50%",
            "“soon” isn't a valid time: write minutes and seconds, such as 24:31",
        ),
        ("Bushy Park\t01/06/2024\t10", "No time on this line. Is it complete?"),
        ("Bushy Park\t01/06/2024", "No time on this line. Is it complete?"),
        ("\t01/06/2024\t1\t2\t24:31", "No event name"),
        ("Bushy Park\t950\t123\t24:31\t50%", "No date"),
        (f"{'x' * 200}\t01/06/2024\t1\t2\t24:31", "The text before the date is too long for an event name"),
        ("Bushy Park\t01/06/2024\t1\tfirst\t24:31", "“first” isn't a valid position"),
    ],
)
def test_unreadable_line_is_a_fault_with_a_sentence(row: str, words: str) -> None:
    assert read(texts.table(row)).rows == []
    assert fault_texts(texts.table(row)) == [words]


def test_fault_has_its_line_and_the_rest_is_read() -> None:
    reading = read(texts.TABLE.replace("25/05/2024", "31/02/2024"))

    assert [(fault.line, fault.text[:8]) for fault in reading.faults] == [(5, "New Farm")]
    assert len(reading.rows) == 2


def test_cut_off_table_is_read_up_to_its_end() -> None:
    half = texts.TABLE[: texts.TABLE.index("\t88")]

    assert [row.event for row in read(half).rows] == ["Bushy Park"]
    assert fault_texts(half) == ["No time on this line. Is it complete?"]


def test_second_row_with_other_details_is_a_fault() -> None:
    text = texts.table("Bushy Park\t01/06/2024\t1\t2\t24:31", "Bushy Park\t01/06/2024\t1\t2\t25:31")

    assert len(read(text).rows) == 1
    assert fault_texts(text)[0] == "Line 2 has different details for the same parkrun"


def test_garbage_has_neither_rows_nor_faults() -> None:
    reading = read("the quick brown fox\n\n<html>\x07 ;;;,,,\t\t\n" * 50)

    assert (reading.rows, reading.faults) == ([], [])


def test_every_fault_code_has_a_sentence() -> None:
    assert FAULT_TEXTS.keys() == set(FaultCode)


def test_column_of_volunteering_is_read() -> None:
    rows = read("Event,Date,Time,Role\nBushy Park,2024-06-01,,Timekeeper\nBushy Park,2024-06-08,24:31,no\n").rows

    assert [(row.volunteered, row.time_s) for row in rows] == [(True, None), (False, 1471)]


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        pytest.param(
            ["6/1/2024", "6/8/2024", "6/15/2024"], [(6, 1), (6, 8), (6, 15)], id="one can only be month first"
        ),
        pytest.param(["1/6/2024", "8/6/2024", "15/6/2024"], [(6, 1), (6, 8), (6, 15)], id="one can only be day first"),
        pytest.param(["6/1/2024", "5/4/2024"], [(6, 1), (5, 4)], id="only month first are they all Saturdays"),
        pytest.param(["6/1/2024", "7/10/2023"], [(1, 6), (10, 7)], id="only day first are they all Saturdays"),
        pytest.param(["1.6.2024", "6/1/2024", "6/29/2024"], [(6, 1), (6, 1), (6, 29)], id="full stops are day first"),
    ],
)
def test_all_dates_together_decide_whether_the_month_comes_first(dates: list[str], days: list[tuple[int, int]]) -> None:
    reading = read(texts.table(*(f"Event {number}x\t{day}\t1\t2\t24:31" for number, day in enumerate(dates))))

    assert [(row.day.month, row.day.day) for row in reading.rows] == days
    assert reading.ambiguous is None


@pytest.mark.parametrize("dates", [["6/1/2024"], ["6/1/2024", "3/2/2024"], ["6-1-2024"]])
def test_dates_that_can_be_read_both_ways_are_ambiguous(dates: list[str]) -> None:
    text = texts.table(*(f"Bushy Park\t{day}\t1\t2\t24:31" for day in dates))

    assert read(text).ambiguous == (date(2024, 1, 6), date(2024, 6, 1))
    assert read_results(text, today=TODAY, order=DateOrder.MONTH_FIRST).rows[0].day == date(2024, 6, 1)


@pytest.mark.parametrize("dates", [["1/1/2024"], ["01.06.2024"], ["1 June 2024"], ["2024-06-01"]])
def test_dates_that_are_the_same_both_ways_are_not_ambiguous(dates: list[str]) -> None:
    assert read(texts.table(*(f"Bushy Park\t{day}\t1\t2\t24:31" for day in dates))).ambiguous is None


@pytest.mark.parametrize("name", ["official time s", "official_time_s", "Seconds"])
def test_column_of_seconds_is_read(name: str) -> None:
    rows = read(f"Event,Date,{name}\nBushy Park,2024-06-01,1471\nBushy Park,2024-06-08,1481.0\n").rows

    assert [row.time_s for row in rows] == [1471, 1481]


def test_impossible_seconds_are_a_fault() -> None:
    assert fault_texts("Event,Date,Seconds\nBushy Park,2024-06-01,24\n")[0] == "24 can't be a parkrun time"


def test_five_thousand_rows_are_read_and_one_more_is_refused() -> None:
    began = time.process_time()
    assert len(read(texts.long_table(MOST_ROWS)).rows) == MOST_ROWS
    # It takes about 0.2 s; the limit catches a pattern that runs away.
    assert time.process_time() - began < 10

    with pytest.raises(UnusablePaste, match="more than 5,000 lines"):
        read(texts.long_table(MOST_ROWS + 1))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(part * (1_000_000 // len(part)) + end, id=repr(part + end))
        for part, end in [
            *[
                (part, "")
                for part in ("\n", " ", "\t", "a", "1", "1/", ":", ",", '"', "at ", "A1", "1\n", " \n", "1/1/2020 ")
            ],
            ("your time was ", ""),
            ("thank you for volunteering at ", ""),
            ("Hello ", "x"),
            (" ", "(A123)"),
        ]
    ],
)
def test_much_of_anything_is_read_in_linear_time(text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(UnusablePaste):
        read(text)
        read(f"Bushy Park 01/06/2024 {text} 24:31")

    # Each takes a second or two at most; the limit catches a pattern that takes hours.
    assert time.process_time() - began < 40


def test_line_of_a_megabyte_is_a_fault() -> None:
    reading = read(f"Bushy Park 01/06/2024 {' ' * 1_000_000} 24:31")

    assert [fault.code for fault in reading.faults] == [FaultCode.LINE_TOO_LONG]


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    read(text)


@given(st.text(alphabet="0123456789/:-. \t\n,;ABprkun%", max_size=400))
def test_any_text_like_a_table_can_be_read(text: str) -> None:
    for row in read(text).rows:
        assert row.day <= TODAY


@pytest.mark.parametrize(
    ("owner", "parkrun_id", "question"),
    [
        (PasteOwner(("1234567",), ("Alva BERG",)), "1234567", ""),
        (PasteOwner(("1234567",), ("Someone ELSE",)), "1234567", ""),
        (PasteOwner(("99",), ("Bo EK",)), "1234567", "These are A99's results (Bo EK). You are A1234567."),
        (PasteOwner(("99", "1234567"), ()), "1234567", "These are A99's results. You are A1234567."),
        (PasteOwner(("99",), ("Alva BERG",)), "", "These are A99's results. Is that you?"),
        (PasteOwner(("99",), ("Bo EK",)), "", "These results are for Bo EK. Is that you?"),
        (PasteOwner((), ("Bo",)), "1234567", "These results are for Bo. Is that you?"),
        (PasteOwner((), ("ALVA",)), "", ""),
        (PasteOwner(), "1234567", ""),
    ],
)
def test_results_that_may_be_another_parkrunners_raise_a_question(
    owner: PasteOwner, parkrun_id: str, question: str
) -> None:
    assert ownership_question(owner, parkrun_id=parkrun_id, names=("Alva Berg", "alva")) == question


def test_owner_is_found_in_a_page_and_in_a_mail() -> None:
    assert find_owner(texts.TABLE) == PasteOwner(("1234567",), ("Alva BERG",))
    assert find_owner(texts.MAIL) == PasteOwner((), ("Alva",))
    assert find_owner("https://www.parkrun.org.uk/parkrunner/0042/all/").ids == ("42",)
