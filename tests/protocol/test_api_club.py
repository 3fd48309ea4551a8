"""The examples of the API's club resources, the words for a member's role and name, and a post's body."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from strava_live.clubs.models import Membership
from strava_live.protocol import EntryShape
from strava_live.protocol import api_examples_club as examples
from strava_live.protocol.api_club import ClubsPage, EntriesPage, MyClubShape, PostBody, RoleWord, ShownAsWord
from strava_live.visibility import ShownAs


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (MyClubShape, examples.MY_CLUB),
        (ClubsPage, examples.CLUBS_PAGE),
        (EntriesPage, examples.ENTRIES_PAGE),
        (EntryShape, examples.OWN_POST),
        (EntryShape, examples.CHEERED),
        (EntryShape, examples.UNCHEERED),
    ],
)
def test_example_is_valid(shape: Any, example: object) -> None:
    assert TypeAdapter(shape).validate_python(example, strict=True, extra="forbid") == example


@pytest.mark.parametrize("shape", [MyClubShape, ClubsPage, EntriesPage, PostBody])
def test_every_field_is_described(shape: Any) -> None:
    for name, field in TypeAdapter(shape).json_schema()["properties"].items():
        assert field.get("description"), name


def test_words_are_those_that_models_store() -> None:
    assert list(get_args(RoleWord)) == Membership.Role.values
    assert list(get_args(ShownAsWord)) == ShownAs.values


@pytest.mark.parametrize(
    "body", [{}, {"text": 7}, {"text": None}, {"text": "a", "ref": "x" * 65}, {"text": "a", "ref": "a\nb"}]
)
def test_unsuitable_body_of_a_post_is_refused(body: object) -> None:
    with pytest.raises(ValidationError):
        PostBody.model_validate(body)


def test_body_of_a_post_may_have_fields_that_the_server_does_not_know() -> None:
    assert PostBody.model_validate({"text": "Coffee?", "later": 1}) == PostBody(text="Coffee?")
