"""The table of error codes, and that every code which is sent comes from it."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory
from pydantic import TypeAdapter

import strava_live
from strava_live.error_codes import ErrorCode
from strava_live.protocol import ErrorBody
from strava_live.strava.errors import StravaError
from strava_live.sync.failures import KINDS
from strava_live.web.errors import error_answer, too_many_requests, try_again

OF_THE_CONTRACT = (
    "not_connected",
    "reconnect_needed",
    "scope_missing",
    "strava_inactive",
    "strava_down",
    "already_running",
    "bad_dates",
    "unknown_activity",
    "bad_message",
)
"""The codes that clients have relied on since the first version."""
LITERAL = re.compile(r"""["']?\bcode["']?\s*(=|==|:|in)\s*\(?["'][a-z_]+["']""")
BODY = TypeAdapter(ErrorBody)


def test_table_has_the_codes_of_the_contract() -> None:
    assert set(OF_THE_CONTRACT) <= set(ErrorCode)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_has_a_status_and_a_meaning(code: ErrorCode) -> None:
    assert re.fullmatch(r"[a-z_]+", code)
    assert 400 <= code.status < 600
    assert code.meaning.endswith(".")


def test_errors_of_a_run_have_a_code_of_the_table() -> None:
    for error in (*KINDS.values(), *StravaError.__subclasses__()):
        assert isinstance(error.code, ErrorCode), error


def test_no_code_is_written_as_text() -> None:
    room = Path(strava_live.__file__).parent
    written = [
        f"{path.relative_to(room)}: {found[0]}"
        for path in room.rglob("*.py")
        if "migrations" not in path.parts
        for found in LITERAL.finditer(path.read_text())
    ]
    assert written == []


def test_every_code_is_used() -> None:
    room = Path(strava_live.__file__).parent
    source = "\n".join(path.read_text() for path in room.rglob("*.py"))
    assert [code.name for code in ErrorCode if f"ErrorCode.{code.name}" not in source] == []


def test_answers_in_json_have_the_error_body(rf: RequestFactory) -> None:
    request = rf.get("/sync/figures/", headers={"accept": "application/json"})
    answers = [error_answer(code, "Sorry.") for code in ErrorCode]
    for answer in (*answers, too_many_requests(request), try_again(request, None)):
        body = BODY.validate_json(answer.content, strict=True, extra="forbid")
        assert answer.status_code == body["code"].status
