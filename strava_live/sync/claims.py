"""Find the runs that a process may claim, claim them, and renew their leases."""

import logging
from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from strava_live.leases import Lease
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import end_cancelled

logger = logging.getLogger(__name__)


def renew_leases(lease: Lease, run_ids: list[int]) -> None:
    SyncRun.objects.renew_leases(run_ids, lease, now=timezone.now())


def end_and_find_runs(slots: Mapping[SyncRun.RunKind, int], routine_limit: int) -> dict[SyncRun.RunKind, list[int]]:
    """End the runs without a lease that athletes want stopped, and return for each kind the runs to claim.

    `slots` says how many runs of each kind the process can execute. Every process calls this regularly, so if no run is
    live, make only one query and return an empty dictionary.
    """
    if not SyncRun.objects.live().exists():
        return {}
    end_cancelled(SyncRun.objects.all())
    return {kind: claimable_runs(kind, free, routine_limit) for kind, free in slots.items()}


def claimable_runs(kind: SyncRun.RunKind, limit: int, routine_limit: int) -> list[int]:
    """Return at most `limit` runs of this kind to claim, of which at most `routine_limit` are routine syncs."""
    if limit <= 0:
        return []
    claimable = SyncRun.objects.claimable(now=timezone.now()).filter(kind=kind)
    found = list(claimable.values_list("pk", "reason")[:limit])
    routine = [run_id for run_id, reason in found if reason == SyncRun.Trigger.ROUTINE]
    others = [run_id for run_id, reason in found if reason != SyncRun.Trigger.ROUTINE]
    return others + routine[:routine_limit]


def routine_slots() -> int:
    """Return the most routine syncs that a process executes at the same time."""
    return max(1, settings.SYNC_RUNS_A_PROCESS // 4)


def claim_runs(run_ids: Collection[int], lease: Lease) -> list[SyncRun]:
    """Claim those of these runs that are still free and due. Return them.

    If a claim fails, for example because another transaction has locked the row, return the runs claimed before, so
    that they are executed. If there are none, raise the error.
    """
    claimed = []
    for run_id in run_ids:
        try:
            if SyncRun.objects.claim(run_id, lease, now=timezone.now()):
                claimed.append(run_id)
        except DatabaseError:
            if not claimed:
                raise
            logger.warning("a run could not be claimed", extra={"run": run_id}, exc_info=True)
            break
    return list(SyncRun.objects.filter(pk__in=claimed).leased_by(lease.owner)) if claimed else []
