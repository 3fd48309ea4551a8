"""Why a run has failed: stored as a kind, and shown in sentences."""

import pytest

from strava_live.accounts.tokens import TokensUnreadable
from strava_live.strava.errors import Garbled, Gone, ReconnectNeeded, StravaDown, TokenRefused
from strava_live.sync.failures import KINDS, UnexpectedFailure, error_of, kind_of
from strava_live.sync.models import SyncRun


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_an_error_gives_its_sentences_again(kind: str) -> None:
    assert error_of(kind) is KINDS[kind]
    assert (SyncRun._meta.get_field("failure_kind").max_length or 0) >= len(kind)


def test_kind_is_that_of_the_nearest_known_error() -> None:
    errors = [TokensUnreadable("x"), TokenRefused("x"), ReconnectNeeded("x"), Garbled("x"), Gone("x"), StravaDown("x")]

    assert [kind_of(error) for error in [*errors, UnexpectedFailure("x")]] == [
        "tokens_unreadable",
        "reconnect_needed",
        "reconnect_needed",
        "unexpected_answer",
        "unknown_activity",
        "strava_down",
        "unexpected_failure",
    ]
