"""The sentence of each kind of entry, for clients that show nothing else of it."""

from typing import Any

import pytest

from strava_live.feed.models import Entry
from strava_live.feed.wording import card_words, screen_words, text_of, watching_text
from strava_live.protocol import EntryShape, examples

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


def mark(words: str, *, celebrate: bool = True) -> dict[str, Any]:
    return {"words": words, "celebrate": celebrate}


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (Kind.PARKRUN, parkrun(count=None), {}),
        (Kind.PARKRUN, parkrun(), {"marks": [mark("3rd parkrun", celebrate=False)]}),
        (
            Kind.PARKRUN,
            parkrun(count=50, first_here=True, best="event"),
            {"marks": [mark("50th parkrun"), mark("First time here"), mark("PB here")]},
        ),
        (
            Kind.PARKRUN,
            parkrun(count=10, junior=True, best="ever"),
            {"marks": [mark("10th junior parkrun"), mark("PB")]},
        ),
        (Kind.MILESTONE, {"event_name": "Bushy parkrun", "count": 50}, {"title": "50th parkrun", "says": "at Bushy"}),
        (
            Kind.HISTORY,
            {"count": 1, "since": 2025, "junior": True},
            {
                "says": "added 1 earlier junior parkrun, from 2025",
                "folded": "Added 1 earlier junior parkrun, from 2025",
            },
        ),
        (Kind.JOINED, {}, {"says": "has joined. Welcome!"}),
        (Kind.POST, {"ref": "r"}, {}),
    ],
)
def test_words_of_each_kinds_card(kind: Entry.Kind, data: dict[str, Any], words: dict[str, Any]) -> None:
    """The text of a post, and the event of a parkrun, are in the entry already."""
    assert card_words(Entry(kind=kind, name="Alva B.", data=data)) == words


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (Kind.PARKRUN, parkrun(count=None), {"place": "Bushy"}),
        (
            Kind.PARKRUN,
            parkrun(first_here=True),
            {
                "place": "Bushy",
                "note": mark("first time here"),
                "marks": [mark("3rd parkrun", celebrate=False), mark("First time here")],
            },
        ),
        (
            Kind.PARKRUN,
            parkrun(count=50, best="ever"),
            {"place": "Bushy", "note": mark("50th parkrun"), "marks": [mark("PB")], "milestone": "parkruns"},
        ),
        (
            Kind.MILESTONE,
            {"event_name": "Bushy junior parkrun", "count": 10, "junior": True},
            {"place": "Bushy juniors", "note": mark("10th junior parkrun"), "milestone": "junior parkruns"},
        ),
        # a kind without a number, such as a contributor would add
        (Kind.MILESTONE, {"event_name": "Bushy parkrun"}, {"place": "Bushy"}),
        (Kind.POST, {}, {}),
        (Kind.HISTORY, {"count": 1, "since": 2025}, {}),
    ],
)
def test_words_on_a_wall(kind: Entry.Kind, data: dict[str, Any], words: dict[str, Any]) -> None:
    assert screen_words(Entry(kind=kind, name="Alva B.", data=data)) == words


@pytest.mark.parametrize(
    ("members", "screens", "words"),
    [
        (0, 0, ""),
        (1, 0, "1 member is watching"),
        (0, 1, "1 screen is watching"),
        (1, 1, "1 member and 1 screen are watching"),
        (1200, 2, "1,200 members and 2 screens are watching"),
    ],
)
def test_watching_text(members: int, screens: int, words: str) -> None:
    assert watching_text(members, screens) == words


@pytest.mark.parametrize("example", examples.ENTRIES, ids=lambda example: example["kind"])
def test_examples_in_the_documentation_have_the_words_that_the_site_sends(example: EntryShape) -> None:
    athlete = example["athlete"]
    entry = Entry(kind=example["kind"], name=athlete["name"] if athlete else "", data=example["data"])
    if entry.kind == Kind.POST:
        entry.text = example["text"]

    assert text_of(entry) == example["text"]
    sent = {name: example[name] for name in ("title", "says", "marks", "folded") if name in example}
    assert card_words(entry) == sent


def test_there_is_an_example_of_each_kind() -> None:
    assert [example["kind"] for example in examples.ENTRIES] == list(Kind.values)
