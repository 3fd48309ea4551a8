"""The examples of the API's direct messages, and the bodies of its requests."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from strava_live.protocol import api_messages as shapes
from strava_live.protocol.examples import ANSWER, DIRECT_MESSAGE
from strava_live.protocol.messages import MessageShape


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (MessageShape, DIRECT_MESSAGE),
        (MessageShape, ANSWER),
        (shapes.MessagesPage, shapes.MESSAGES_PAGE),
        (shapes.UnreadShape, shapes.UNREAD),
    ],
)
def test_example_is_valid(shape: Any, example: object) -> None:
    assert TypeAdapter(shape).validate_python(example, strict=True, extra="forbid") == example


@pytest.mark.parametrize("shape", [shapes.MessagesPage, shapes.UnreadShape, shapes.MessageBody, shapes.ReadBody])
def test_every_field_is_described(shape: Any) -> None:
    for name, field in TypeAdapter(shape).json_schema()["properties"].items():
        assert field.get("description"), name


@pytest.mark.parametrize(
    "body", [{"to": 7}, {"to": "7", "text": "a"}, {"to": 0, "text": "a"}, {"to": 10**30, "text": "a"}, {"text": "a"}]
)
def test_unsuitable_body_of_a_message_is_refused(body: object) -> None:
    with pytest.raises(ValidationError):
        shapes.MessageBody.model_validate(body)
