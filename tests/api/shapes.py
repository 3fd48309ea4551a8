"""Check the API's answers against their declared shapes."""

from typing import Any

from pydantic import TypeAdapter

from strava_live.protocol import EntryShape
from strava_live.protocol.api_club import ClubsPage, EntriesPage, MyClubShape
from strava_live.protocol.club_shapes import DATA_OF_KIND
from tests.api.client import Response

Json = dict[str, Any]
CLUB, CLUBS = TypeAdapter(MyClubShape), TypeAdapter(ClubsPage)
ENTRY, ENTRIES = TypeAdapter(EntryShape), TypeAdapter(EntriesPage)
DATA = {kind: TypeAdapter[Any](data) for kind, data in DATA_OF_KIND.items()}


def checked(shape: TypeAdapter[Any], response: Any, status: int = 200) -> Json:
    """Return the answer's JSON, after checking its status and each of its fields."""
    assert response.status_code == status, response.content
    shape.validate_json(response.content, strict=True, extra="forbid")
    answer: Json = response.json()
    return answer


def checked_entry(response: Any, status: int = 200) -> Json:
    entry = checked(ENTRY, response, status)
    check_personal(entry)
    return entry


def checked_entries(response: Any) -> Json:
    page = checked(ENTRIES, response)
    for entry in page["items"]:
        if "removed" not in entry:
            check_personal(entry)
    return page


def check_personal(entry: Json) -> None:
    """Check what a member gets of an entry: `cheered`, and the fields that go with its kind."""
    assert isinstance(entry["cheered"], bool), entry
    DATA[entry["kind"]].validate_python(entry["data"], strict=True, extra="forbid")


def texts(page: Json) -> list[str]:
    return [entry["text"] for entry in page["items"]]


def read_answer(answer: Response, shape: Any, *, status: int = 200) -> Any:
    """Return the answer's JSON, which has exactly the declared fields. Fail if it has another status."""
    return checked(TypeAdapter[Any](shape), answer, status)


def faults_in(answer: Response, *, code: str = "bad_message") -> dict[str, str]:
    """Return the fields of an answer that refuses what was sent, with the sentence of each."""
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.content
    fields: dict[str, str] = answer.json().get("fields", {})
    return fields
