"""Why a run has failed: stored as a kind, shown in sentences, and converted by migration 0016."""

from importlib import import_module

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.accounts.tokens import TokensUnreadable
from strava_live.strava.errors import Garbled, Gone, ReconnectNeeded, StravaDown, TokenRefused
from strava_live.sync.failures import KINDS, UnexpectedFailure, error_of, kind_of
from strava_live.sync.models import SyncRun
from tests.migration_steps import migrate_to, migrate_to_newest

BEFORE, AFTER = "0015_athlete_state", "0016_failure_kinds"
ROWS = {
    # code, sentence → kind
    ("reconnect_needed", "Strava no longer lets us read your activities."): "reconnect_needed",
    ("reconnect_needed", "This site can no longer read its key to your Strava."): "tokens_unreadable",
    ("scope_missing", "You have not allowed this site to see your activities on Strava."): "scope_missing",
    ("strava_inactive", "Strava has switched this site off for everyone."): "strava_inactive",
    ("strava_down", "Strava isn't answering right now."): "strava_down",
    ("strava_down", "Strava gave an answer that this site does not understand."): "unexpected_answer",
    ("strava_down", "We couldn't understand Strava's answer."): "unexpected_answer",
    ("strava_down", "Something went wrong here during your import."): "unexpected_failure",
    ("strava_down", "Something went wrong here while your Strava was being read."): "unexpected_failure",
    ("", ""): "",
}


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


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_migration_converts_sentences_to_kinds_and_back(athlete: User) -> None:
    latest = import_module(f"strava_live.migrations.{AFTER}").SENTENCES
    try:
        old = migrate_to(BEFORE).get_model("strava_live", "SyncRun")
        for code, message in ROWS:
            old.objects.create(
                athlete_id=athlete.pk,
                strava_id=1,
                state="failed" if code else "finished",
                started_at=timezone.now(),
                error_code=code,
                error_message=message,
            )
        new = migrate_to(AFTER).get_model("strava_live", "SyncRun")
        assert list(new.objects.order_by("pk").values_list("failure_kind", flat=True)) == list(ROWS.values())

        old = migrate_to(BEFORE).get_model("strava_live", "SyncRun")
        back = old.objects.order_by("pk").values_list("error_code", "error_message")
        assert list(back) == [(code, latest[kind][0] if kind else "") for (code, _), kind in ROWS.items()]
    finally:
        migrate_to_newest()
