"""Reading a client's frame: what is refused, with which sentence and code."""

import json
from datetime import date
from typing import Any

import pytest

from strava_live.protocol import (
    CLUB_COMMANDS,
    LARGEST_ID,
    SYNC_COMMANDS,
    BadDates,
    InvalidMessage,
    Ping,
    SyncStart,
    parse_command,
)

COMMANDS = {**SYNC_COMMANDS, **CLUB_COMMANDS}
AN_OBJECT = "A message must be one JSON object."
A_REF = "ref must be a text of at most 64 printable characters."
AN_ID = "id must be the id of an entry."
A_STRAVA_ID = "strava_id is the number that Strava gives an activity."
A_TEXT = "text must be a text."
A_TYPE = "This socket has no message of this type."
A_DATE = "Write a date as YYYY-MM-DD."


def refused(text: str | None) -> InvalidMessage:
    with pytest.raises(InvalidMessage) as info:
        parse_command(text, COMMANDS)
    return info.value


@pytest.mark.parametrize("text", [None, "", "{", "[]", "5", "null", '"ping"', "[" * 100_000])
def test_frame_that_is_no_object_is_refused(text: str | None) -> None:
    error = refused(text)
    assert (str(error), error.code, error.ref) == (AN_OBJECT, "bad_message", "")


@pytest.mark.parametrize("ref", [None, 5, True, [], "r" * 65, "\x00", "\ud800", "a\nb"])
def test_invalid_ref_is_refused_first_and_not_sent_back(ref: object) -> None:
    for message in ({"type": "cheer", "id": "x"}, {"type": "nothing"}, {}):
        error = refused(json.dumps(message | {"ref": ref}))
        assert (str(error), error.code, error.ref) == (A_REF, "bad_message", "")


@pytest.mark.parametrize("message", [{}, {"type": None}, {"type": 5}, {"type": []}, {"type": "hello"}])
def test_unknown_type_is_refused(message: dict[str, Any]) -> None:
    error = refused(json.dumps(message | {"ref": "r1"}))
    assert (str(error), error.code, error.ref) == (A_TYPE, "bad_message", "r1")


@pytest.mark.parametrize("number", [None, True, False, 0, -1, 1.0, "1", [1], LARGEST_ID + 1, 2**80])
def test_number_that_is_no_id_is_refused(number: object) -> None:
    for kind, name, sentence in (
        ("cheer", "id", AN_ID),
        ("uncheer", "id", AN_ID),
        ("activity.save", "strava_id", A_STRAVA_ID),
        ("activity.unsave", "strava_id", A_STRAVA_ID),
    ):
        for message in ({"type": kind, name: number}, {"type": kind}):
            error = refused(json.dumps(message | {"ref": "r1"}))
            assert (str(error), error.code, error.ref) == (sentence, "bad_message", "r1")


@pytest.mark.parametrize("message", [{}, {"text": None}, {"text": 5}, {"text": True}, {"text": ["x"]}])
def test_post_without_a_text_is_refused(message: dict[str, Any]) -> None:
    error = refused(json.dumps({"type": "post.create"} | message))
    assert (str(error), error.code) == (A_TEXT, "bad_message")


@pytest.mark.parametrize(
    "day", [5, True, "soon", "2026-1-1", "20260101", "2026-02-30", "2026-01-01T00:00:00", "２０２６-01-01", []]
)
def test_invalid_date_is_refused(day: object) -> None:
    for name in ("since", "until"):
        error = refused(json.dumps({"type": "sync.start", name: day, "ref": "r1"}))
        assert isinstance(error, BadDates)
        assert (str(error), error.code, error.ref) == (A_DATE, "bad_dates", "r1")


def test_valid_commands_are_read() -> None:
    start = parse_command('{"type":"sync.start","since":"2026-01-01","until":"","ref":"r1"}', COMMANDS)
    assert start == SyncStart(ref="r1").model_copy(update={"since": date(2026, 1, 1)})
    assert parse_command(f'{{"type":"cheer","id":{LARGEST_ID}}}', COMMANDS).model_dump()["id"] == LARGEST_ID
    assert parse_command(json.dumps({"type": "post.create", "text": "\ud800"}), COMMANDS).model_dump()["ref"] == ""
    assert parse_command('{"type":"ping","ref":5}', COMMANDS) == Ping()
