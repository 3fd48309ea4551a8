"""Delete an account with all that is stored about the person, in one transaction.

The transaction holds the athlete's lock. Everything else that writes about an athlete takes this lock, or has a foreign
key to the account, so nothing is written afterwards: `lock_athlete` then raises AthleteErased.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from strava_live.accounts.connections import disconnect_strava
from strava_live.accounts.encryption import code_of_athlete, code_of_person
from strava_live.accounts.models import Revocation, User
from strava_live.accounts.person_sessions import Erasable, delete_sessions, sessions_of
from strava_live.accounts.revocations import RevocationOutcome, revoke_now
from strava_live.accounts.sessions import close_sockets_of_person
from strava_live.activities.athlete_state import lock_athlete
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.models import BucketRevocation
from strava_live.bucket.revocations import BucketRevocationOutcome, revoke_bucket_now
from strava_live.clubs.locks import lock_clubs
from strava_live.lifecycle.inventory import Counts, count_stored, strava_ids_of
from strava_live.lifecycle.receipt import AtBucket, AtStrava, ErasureReceipt
from strava_live.membership.leaving import leave_every_club
from strava_live.messages.forgetting import forget_person as forget_in_messages
from strava_live.notifications.forgetting import forget_person as forget_in_notifications
from strava_live.notifications.forgetting import lock_concerned
from strava_live.protocol import Close

logger = logging.getLogger(__name__)
IN_ADMIN_LOG = "a deleted account"
"""What the admin's log shows in place of the person's name."""
OUTCOMES = {
    RevocationOutcome.REVOKED: AtStrava.REVOKED,
    RevocationOutcome.UNANSWERED: AtStrava.UNANSWERED,
    RevocationOutcome.UNREADABLE: AtStrava.UNREADABLE,
}


class QueuedBefore(NamedTuple):
    """Whether earlier revocations of the person are queued, such as one from an earlier disconnection."""

    at_strava: bool
    at_bucket: bool


class Erased(NamedTuple):
    receipt: ErasureReceipt
    revocation: Revocation | None
    """The token that Strava is to revoke. None if Strava was not connected."""
    bucket_revocation: BucketRevocation | None
    """The tokens that Bucket is to revoke. None if Bucket was not connected."""
    queued: QueuedBefore


def what_is_stored(user: User) -> Counts:
    """Count what `erase` would delete, except sessions."""
    return count_stored(user.pk)


def erase(user: User, *, delete_at_bucket: bool = False) -> Erased:
    """Delete the account, and return the receipt. Raise AthleteErased if it is already deleted.

    With `delete_at_bucket`, Bucket is also asked to delete what was sent there.

    Sessions are looked up before the transaction, because reading all of them takes a while, and once more after it:
    a sign-in that was under way may have stored one.
    """
    user_id = user.pk
    strava_ids = {str(strava_id) for strava_id in strava_ids_of(user_id)}
    sessions = sessions_of(user_id, strava_ids)
    with transaction.atomic():
        lock_athlete(user_id)
        receipt = ErasureReceipt.new(count_stored(user_id) | counted_sessions(sessions))
        close_sockets_of_person(user_id, Close.NOT_SIGNED_IN)
        revocation = disconnect_strava(user)
        bucket_revocation = disconnect_bucket(user_id, delete_there=delete_at_bucket)
        queued = queued_before(user_id, strava_ids, revocation, bucket_revocation)
        lock_clubs(user_id)  # after the connections, as connecting Strava does: in two orders they can deadlock
        forget_in_messages(user_id)
        lock_concerned(user_id)  # after the inboxes are locked, as those who read and send messages do
        leave_every_club(user_id)
        forget_in_notifications(user_id)
        delete_sessions(sessions.keys)
        clear_admin_log(user_id)
        delete_user(user_id)
    delete_sessions(sessions_of(user_id, strava_ids).keys)
    logger.info("an account was deleted", extra={"receipt": receipt.number})
    at_strava = AtStrava.UNANSWERED if revocation or queued.at_strava else AtStrava.NOT_CONNECTED
    at_bucket = AtBucket.UNANSWERED if bucket_revocation or queued.at_bucket else AtBucket.NOT_CONNECTED
    receipt = replace(receipt, at_strava=at_strava, at_bucket=at_bucket)
    return Erased(receipt, revocation, bucket_revocation, queued)


def queued_before(
    user_id: int, strava_ids: set[str], newest: Revocation | None, newest_at_bucket: BucketRevocation | None
) -> QueuedBefore:
    """Look for the person's revocations that are queued besides the newest ones.

    Older rows have no code of the person, and may have the Strava id itself, which a code replaces.
    """
    codes = []
    for strava_id in map(int, strava_ids):
        codes.append(code_of_athlete(strava_id))
        Revocation.objects.filter(strava_id=strava_id).update(strava_id=codes[-1])
    person = Q(person_code=code_of_person(user_id))
    at_strava = Revocation.objects.unanswered().filter(person | Q(strava_id__in=codes))
    if newest is not None:  # Strava ends all tokens of an athlete at once
        at_strava = at_strava.exclude(strava_id=newest.strava_id)
    at_bucket = BucketRevocation.objects.filter(person)
    if newest_at_bucket is not None:
        at_bucket = at_bucket.exclude(pk=newest_at_bucket.pk)
    return QueuedBefore(at_strava.exists(), at_bucket.exists())


def delete_user(user_id: int) -> None:
    """Delete the row of the account, and all rows that refer to it.

    The row is locked before the others are looked up. On Postgres a row that is inserted meanwhile without the
    athlete's lock, such as an event from Strava, then waits and is refused. Otherwise the commit would fail.
    """
    User.objects.select_for_update().get(pk=user_id).delete()


def withdraw_access(erased: Erased) -> ErasureReceipt:
    """Ask Strava and Bucket to revoke the access, and return the receipt with the outcomes.

    Each takes a few seconds at most. After an unexpected error, and if there was no answer, a worker asks again.
    """
    receipt = erased.receipt
    if erased.revocation is not None:
        with errors_logged():
            at_strava = OUTCOMES[async_to_sync(revoke_now)(erased.revocation)]
            if at_strava is AtStrava.REVOKED and erased.queued.at_strava:
                at_strava = AtStrava.UNANSWERED
            receipt = replace(receipt, at_strava=at_strava)
    if erased.bucket_revocation is not None:
        with errors_logged():
            at_bucket = withdraw_from_bucket(erased.bucket_revocation)
            if at_bucket is not AtBucket.UNREADABLE and erased.queued.at_bucket:
                at_bucket = AtBucket.UNANSWERED
            receipt = replace(receipt, at_bucket=at_bucket)
    return receipt


@contextmanager
def errors_logged() -> Iterator[None]:
    """Log an error in the block and go on: the account is already deleted, and its owner must get the receipt."""
    try:
        yield
    except Exception:
        logger.exception("the access of a deleted account could not be withdrawn now")


def withdraw_from_bucket(revocation: BucketRevocation) -> AtBucket:
    match async_to_sync(revoke_bucket_now)(revocation):
        case BucketRevocationOutcome.DONE:
            return AtBucket.DELETED if revocation.deletes_there else AtBucket.REVOKED
        case BucketRevocationOutcome.UNANSWERED:
            return AtBucket.UNANSWERED
        case BucketRevocationOutcome.REFUSED:
            return AtBucket.LEFT
        case BucketRevocationOutcome.UNREADABLE:
            return AtBucket.UNREADABLE


def counted_sessions(sessions: Erasable) -> Counts:
    return {"sessions": sessions.signed_in} if sessions.signed_in else {}


def clear_admin_log(user_id: int) -> None:
    """Replace the person's name in the log of what operators did to the account in the admin."""
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user_id))
    about.update(object_repr=IN_ADMIN_LOG, change_message="")
