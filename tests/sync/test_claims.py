"""Find the runs to claim, and claim several: if one claim fails, the claims before it stay."""

from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.sync.claims import claim_runs, end_and_find_runs
from strava_live.sync.models import SyncRun, SyncRunQuerySet
from tests.sync.runs import LEASE, waiting_run_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(athlete: User, clubmate: User) -> list[int]:
    """Two runs that may be claimed."""
    runs = [waiting_run_of(one).pk for one in (athlete, clubmate)]
    SyncRun.objects.update(wait_until=None)
    return runs


def fail_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the claim with this number fail, counted from 0."""
    real, results = SyncRunQuerySet.claim, iter([True] * number)

    def claim(*args: Any, **options: Any) -> bool:
        if not next(results, False):
            raise OperationalError
        return real(*args, **options)

    monkeypatch.setattr(SyncRunQuerySet, "claim", claim)


def test_runs_claimed_before_a_failure_are_returned(waiting: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, 1)

    assert [run.pk for run in claim_runs(waiting, LEASE)] == waiting[:1]


def test_failure_of_the_first_claim_is_raised(waiting: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, 0)

    with pytest.raises(OperationalError):
        claim_runs(waiting, LEASE)


def test_one_query_is_enough_while_no_run_is_live(
    athlete: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kinds = SyncRun.RunKind
    slots = {kinds.ACTIVITIES: 5, kinds.HISTORY: 5}
    with django_assert_num_queries(1):
        assert end_and_find_runs(slots, 5) == {}

    run = SyncRun.objects.create(athlete=athlete, strava_id=17, started_at=timezone.now())
    assert end_and_find_runs(slots, 5) == {kinds.ACTIVITIES: [], kinds.HISTORY: [run.pk]}
    assert end_and_find_runs({kinds.HISTORY: 0}, 5) == {kinds.HISTORY: []}
