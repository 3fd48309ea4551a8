"""Each known error response of Bucket becomes its own error, any other BucketAnswerNotUnderstood or BucketDown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.bucket_client.errors import (
    BucketAddressUnknown,
    BucketAnswerNotUnderstood,
    BucketBodyTooLarge,
    BucketClientRefused,
    BucketDown,
    BucketError,
    BucketHeaderMalformed,
    BucketHeaderMissing,
    BucketNotAllowed,
    BucketPropertyNotFound,
    BucketReconnectNeeded,
    BucketRequestRefused,
    BucketTokenRefused,
    BucketTypeUnknown,
    BucketValueMismatch,
    BucketWrongToken,
)
from strava_live.bucket_client.faults import api_error, sign_in_error

HTML = b"<html><title>502</title></html>"
NO_TYPE = 'Could not find any entity of type "PropertyType" matching: "STEPS"'


def fault(hint: str | None = None, *, message: str = "Resource not found", name: str = "DCD Hub Error") -> bytes:
    return json.dumps({"message": message, "name": name, "hint": hint}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, fault("Add 'Authorization' header."), BucketHeaderMissing),
        (403, fault("Add 'bearer ' in front of your 'Authorization' token."), BucketHeaderMalformed),
        (403, fault("The bearer token is not active"), BucketTokenRefused),
        (403, fault("The bearer token is not an access token"), BucketWrongToken),
        (403, fault("Request was not allowed"), BucketNotAllowed),
        (403, fault("The moon is not full"), BucketAnswerNotUnderstood),
        (403, fault(), BucketAnswerNotUnderstood),
        (403, HTML, BucketAnswerNotUnderstood),
        (401, b"", BucketTokenRefused),
        (400, fault("Add field name.", message="Thing information missing or malformed"), BucketRequestRefused),
        (400, fault("Add field timestamps.", message="Information missing or malformed"), BucketRequestRefused),
        (400, HTML, BucketAnswerNotUnderstood),
        (404, fault("Mismatch type of value for dimension heart-rate"), BucketValueMismatch),
        (404, fault("Property not found in the thing."), BucketPropertyNotFound),
        (404, fault("Something else"), BucketPropertyNotFound),
        (404, fault("This URL does not match any Bucket API."), BucketAddressUnknown),
        (404, HTML, BucketAnswerNotUnderstood),
        (413, HTML, BucketBodyTooLarge),
        (500, fault(message="request entity too large", name="PayloadTooLargeError"), BucketBodyTooLarge),
        (500, fault(message=NO_TYPE, name="EntityNotFound"), BucketTypeUnknown),
        (500, fault(message='Could not find any entity of type "Thing"', name="EntityNotFound"), BucketDown),
        (500, fault(message="Unexpected token", name="SyntaxError"), BucketDown),
        (502, HTML, BucketDown),
        (503, b"", BucketDown),
        (302, b"", BucketAnswerNotUnderstood),
        (418, b"[]", BucketAnswerNotUnderstood),
    ],
)
def test_response_of_the_api_becomes_its_error(status: int, body: bytes, expected: type[BucketError]) -> None:
    assert type(api_error(status, {}, body)) is expected


def test_mismatch_names_the_dimension() -> None:
    error = api_error(404, {}, fault("Mismatch type of value for dimension heart-rate"))
    assert isinstance(error, BucketValueMismatch)
    assert error.dimension == "heart-rate"


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "invalid_grant", BucketReconnectNeeded),
        (401, "invalid_grant", BucketReconnectNeeded),
        (400, "invalid_request", BucketReconnectNeeded),
        (400, "token_inactive", BucketReconnectNeeded),
        (401, "invalid_client", BucketClientRefused),
        (400, "unauthorized_client", BucketClientRefused),
        (401, "request_unauthorized", BucketTokenRefused),
        (400, "never_heard_of", BucketAnswerNotUnderstood),
        (404, None, BucketAnswerNotUnderstood),
        (500, "server_error", BucketDown),
        (503, None, BucketDown),
    ],
)
def test_response_of_the_sign_in_becomes_its_error(status: int, error: str | None, expected: type[BucketError]) -> None:
    body = HTML if error is None else json.dumps({"error": error, "error_description": "…"}).encode()
    assert type(sign_in_error(status, {}, body)) is expected


def test_error_carries_the_wait_that_bucket_asks_for() -> None:
    assert api_error(503, {"retry-after": "30"}, b"").retry_after == 30
    assert sign_in_error(503, {"retry-after": "30"}, b"").retry_after == 30


def test_message_is_not_in_the_text_for_the_log() -> None:
    error = api_error(500, {}, fault(message="unable to parse 'TEXT Text=\"My secret run\"'", name="ResponseError"))
    assert str(error) == "500 ResponseError"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["hint", "name", "message", "error"]), inner),
)


@given(st.integers(300, 599), JSON, st.binary())
def test_any_response_becomes_an_error(status: int, data: Any, raw: bytes) -> None:
    for body in (json.dumps(data).encode(), raw):
        assert isinstance(api_error(status, {}, body), BucketError)
        assert isinstance(sign_in_error(status, {}, body), BucketError)
