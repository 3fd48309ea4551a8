"""The sentence of each kind of entry, for clients that show nothing else of it."""

from typing import Any

import pytest

from strava_live.feed.models import Entry
from strava_live.feed.wording import text_of

Kind = Entry.Kind


def parkrun(**different: Any) -> dict[str, Any]:
    return {
        "event_name": "Bushy parkrun",
        "time_s": 1500,
        "count": 3,
        "first_here": False,
        "best": None,
        "junior": False,
        **different,
    }


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        (Kind.PARKRUN, parkrun(), "At Bushy parkrun, Alva B. finished in 25:00: 3rd parkrun."),
        (Kind.PARKRUN, parkrun(count=None), "At Bushy parkrun, Alva B. finished in 25:00."),
        (Kind.PARKRUN, parkrun(count=None, time_s=None), "At Bushy parkrun, Alva B. took part."),
        (
            Kind.PARKRUN,
            parkrun(first_here=True, best="ever"),
            "At Bushy parkrun, Alva B. finished in 25:00: 3rd parkrun, first time there, PB.",
        ),
        (
            Kind.PARKRUN,
            parkrun(best="event", junior=True),
            "At Bushy parkrun, Alva B. finished in 25:00: 3rd junior parkrun, PB there.",
        ),
        (Kind.MILESTONE, parkrun(count=50), "50th parkrun for Alva B., at Bushy parkrun."),
        (Kind.HISTORY, {"count": 1, "since": 2025}, "1 earlier parkrun, from 2025, added by Alva B."),
        (
            Kind.HISTORY,
            {"count": 1200, "since": 2009, "junior": True},
            "1,200 earlier junior parkruns, back to 2009, added by Alva B.",
        ),
        (Kind.JOINED, {}, "Welcome to Alva B., who has joined."),
    ],
)
def test_sentence_of_each_kind(kind: Entry.Kind, data: dict[str, Any], sentence: str) -> None:
    assert text_of(Entry(kind=kind, name="Alva B.", data=data)) == sentence


@pytest.mark.parametrize(("name", "ending"), [("Alva B.", "by Alva B."), ("Alva", "by Alva."), ("", "by a member.")])
def test_sentence_that_ends_with_a_name_has_one_full_stop(name: str, ending: str) -> None:
    assert text_of(Entry(kind=Kind.HISTORY, name=name, data={"count": 3, "since": 2009})).endswith(f"added {ending}")


def test_hidden_member_is_called_a_member() -> None:
    assert text_of(Entry(kind=Kind.JOINED, name="")) == "Welcome to a member, who has joined."


def test_post_says_what_its_author_wrote() -> None:
    assert text_of(Entry(kind=Kind.POST, name="Alva B.", text="Coffee?")) == "Coffee?"
