"""Disconnect Strava from an account, and delete what came from there."""

from functools import partial
from typing import NamedTuple

from asgiref.sync import async_to_sync
from django.db import transaction

from strava_live.accounts.connections import disconnect_strava
from strava_live.accounts.models import Revocation, User
from strava_live.activities.models import Activity
from strava_live.bucket.forgetting import CopiesAtBucket, part_from_copies
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.formats import quantity
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult, StartingNumbers
from strava_live.sync.forgetting import announce_revoked, forget_activities


class FromStrava(NamedTuple):
    """How much disconnecting deletes, and how much of the parkruns the athlete can keep."""

    activities: int
    recognised: int
    """Parkruns that this site has recognised in the activities."""
    typed_in: int
    """Parkruns that the athlete has typed in or pasted, also where an activity is linked to them."""
    withheld: int
    """How many of the typed-in parkruns lose their activity, so that only the athlete sees them."""

    @property
    def staying(self) -> str:
        """What the athlete can keep: "5 parkruns"."""
        return quantity(self.typed_in, "parkrun", "parkruns")

    @property
    def going(self) -> str:
        """What is deleted in any case: "3,000 activities and 76 parkruns"."""
        activities = quantity(self.activities, "activity", "activities")
        if not self.recognised:
            return activities
        return f"{activities} and {quantity(self.recognised, 'parkrun', 'parkruns')} that we recognised in them"


def what_came_from_strava(user_id: int) -> FromStrava:
    results = ParkrunResult.objects.of(user_id)
    recognised = results.filter(source=ParkrunResult.Source.RECOGNISED)
    stated = results.exclude(source=ParkrunResult.Source.RECOGNISED)
    return FromStrava(
        activities=Activity.objects.of(user_id).count(),
        recognised=recognised.count(),
        typed_in=stated.count(),
        withheld=stated.exclude(activity=None).count(),
    )


class Disconnected(NamedTuple):
    revocation: Revocation
    """The token that Strava is to revoke."""
    copies: CopiesAtBucket


def disconnect(user: User, *, keep_typed_in: bool, delete_at_bucket: bool = False) -> Disconnected | None:
    """Delete the connection and everything that came from Strava, with the sync runs that read it.

    Return None, and change nothing, if the athlete is not connected. With `delete_at_bucket`, background work also
    deletes the copies in the athlete's Bucket.

    With `keep_typed_in`, results that the athlete has typed in or pasted stay, as after a revocation at Strava
    (sync/forgetting.py). Without it, all results are deleted, with the numbers that counting starts from.
    """
    with athlete_lock(user.pk):
        revocation = disconnect_strava(user)
        if revocation is None:
            return None
        forget_activities(user.pk)
        if not keep_typed_in:
            forget_results(user.pk)
        transaction.on_commit(partial(async_to_sync(announce_revoked), user.pk))
        return Disconnected(revocation, part_from_copies(user.pk, delete_there=delete_at_bucket))


def forget_results(user_id: int) -> None:
    """Delete all results, the starting numbers, an import that is not confirmed, and the athlete's own events."""
    ParkrunResult.objects.of(user_id).delete()
    StartingNumbers.objects.filter(athlete=user_id).delete()
    ImportDraft.objects.filter(athlete=user_id).delete()
    ParkrunEvent.objects.own(user_id).delete()
