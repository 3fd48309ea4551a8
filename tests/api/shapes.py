"""Check the API's answers against their declared shapes."""

from typing import Any

from pydantic import TypeAdapter

from tests.api.client import Response


def read_answer(answer: Response, shape: Any, *, status: int = 200) -> Any:
    """Return the answer's JSON, which has exactly the declared fields. Fail if it has another status."""
    assert answer.status_code == status, answer.content
    TypeAdapter[Any](shape).validate_json(answer.content, strict=True, extra="forbid")
    return answer.json()


def faults_in(answer: Response, *, code: str = "bad_message") -> dict[str, str]:
    """Return the fields of an answer that refuses what was sent, with the sentence of each."""
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.content
    fields: dict[str, str] = answer.json().get("fields", {})
    return fields
