"""Every error has a code and words for the person, and none of them quotes what was sent."""

import inspect

import pytest

from strava_live.bucket_client import errors
from strava_live.bucket_client.errors import BucketError, BucketRowInvalid
from strava_live.error_codes import ErrorCode
from strava_live.http.errors import TemporaryError

RAISED = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, BucketError) and kind is not BucketError
]


@pytest.mark.parametrize("kind", RAISED)
def test_error_has_a_code_and_words(kind: type[BucketError]) -> None:
    assert isinstance(kind.code, ErrorCode)
    assert kind.code.startswith("bucket_")
    assert kind.sentence.endswith(".")
    assert kind.next_step.endswith(".")


def test_errors_that_may_pass_are_temporary() -> None:
    assert {kind.__name__ for kind in RAISED if issubclass(kind, TemporaryError)} == {
        "BucketDown",
        "BucketGarbled",
        "BucketRateLimited",
    }


def test_tree_in_the_docstring_has_every_error() -> None:
    assert [kind.__name__ for kind in RAISED if kind.__name__ not in (errors.__doc__ or "")] == []


def test_invalid_row_is_named_with_its_dimension() -> None:
    error = BucketRowInvalid(3, "must be a number", dimension="Heart Rate")
    assert (error.row, error.dimension, error.sentence) == (3, "Heart Rate", "Row 3: Heart Rate must be a number.")
    assert BucketRowInvalid(1, "is too long").sentence == "Row 1 is too long."
