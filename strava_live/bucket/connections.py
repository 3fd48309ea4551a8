"""Connect a user to their Bucket, and disconnect them.

A grant is what Bucket returns when a person consents: tokens with their scopes, and who the person is. A revocation is
a row with tokens that Bucket is asked to end (revocations.py).
"""

from datetime import timedelta
from enum import Enum, auto
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from strava_live.accounts.encryption import code_of_person
from strava_live.accounts.token_service import columns_of_tokens
from strava_live.activities.athlete_state import AthleteErased, lock_athlete
from strava_live.broadcast import announce_work_after_commit
from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.messages import announce_disconnected
from strava_live.bucket.models import BucketConnection, BucketRevocation, Sending
from strava_live.bucket.provider import NEEDED_SCOPES, SCOPES
from strava_live.bucket_client.errors import BucketAnswerNotUnderstood
from strava_live.bucket_client.shapes import BucketPerson, BucketTokens

LONGEST_NAME = 200
"""The most characters of a person's id, and of their name, that the table can hold."""


class GrantRefusal(Enum):
    """Why a grant is not accepted."""

    SCOPE_MISSING = auto()
    """The person has not ticked a scope that this site needs."""
    ANOTHER_PERSON = auto()
    """The user is connected to another person's Bucket: what was sent, and the ids of Things, belong to that person."""
    ANOTHER_USER = auto()
    """Another user of this site is connected to this person's Bucket."""
    ACCOUNT_GONE = auto()
    """The user has deleted their account meanwhile."""


class GrantRefused(Exception):
    """This site does not accept a grant, and has Bucket revoke it."""

    def __init__(self, refusal: GrantRefusal, *, scopes: list[str] | None = None, person: str = "") -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.scopes = scopes or []
        """The scopes that are missing."""
        self.person = person
        """The person to whose Bucket the user is connected."""


def connect_with_code(user_id: int, code: str, *, redirect_uri: str, verifier: str) -> BucketConnection:
    """Exchange the code of a consent for tokens, and store them as the user's connection.

    Raise BucketError or GrantRefused if no connection is made. After every error, tokens that were granted are revoked.
    """
    client = bucket(timeouts=settings.BUCKET_PAGE_TIMEOUTS)
    tokens = async_to_sync(client.exchange)(code, redirect_uri=redirect_uri, verifier=verifier)
    try:
        missing = [scope for scope in NEEDED_SCOPES if scope not in granted_scopes(tokens)]
        if missing:
            raise GrantRefused(GrantRefusal.SCOPE_MISSING, scopes=missing)
        person = async_to_sync(client.person)(tokens.access)
        return connect_bucket(user_id, person, tokens)
    except Exception:
        revoke_grant(tokens)
        raise


def connect_bucket(user_id: int, person: BucketPerson, tokens: BucketTokens) -> BucketConnection:
    """Store a grant as the user's connection. Raise GrantRefused if it is not accepted.

    If the user is already connected to the same person, the grant replaces the older one, which is revoked.
    """
    try:
        return store_grant(user_id, person, tokens)
    except IntegrityError:  # another request has just connected this person: now that can be seen
        return store_grant(user_id, person, tokens)
    except AthleteErased:
        raise GrantRefused(GrantRefusal.ACCOUNT_GONE) from None


def store_grant(user_id: int, person: BucketPerson, tokens: BucketTokens) -> BucketConnection:
    if len(person.id) > LONGEST_NAME:
        raise BucketAnswerNotUnderstood("a person with too long an id")
    with transaction.atomic():
        lock_athlete(user_id)
        existing = BucketConnection.objects.select_for_update().filter(user_id=user_id).first()
        if existing is not None and existing.person_id != person.id:
            raise GrantRefused(GrantRefusal.ANOTHER_PERSON, person=existing.name)
        if BucketConnection.objects.filter(person_id=person.id).exclude(user_id=user_id).exists():
            raise GrantRefused(GrantRefusal.ANOTHER_USER)
        if existing is not None:
            revoke_tokens_of(existing)
        granted = {
            **columns_of_tokens(tokens),
            "person_id": person.id,
            "name": (person.name or person.username)[:LONGEST_NAME],
            "scopes": " ".join(sorted(granted_scopes(tokens))),
            "connected_at": timezone.now(),
        }
        connection, _ = BucketConnection.objects.update_or_create(user_id=user_id, defaults=granted)
    return connection


def granted_scopes(tokens: BucketTokens) -> set[str]:
    """Return the granted scopes, without any that were not asked for. Bucket may name none if it granted them all."""
    return set(tokens.scopes or SCOPES) & set(SCOPES)


def revoke_grant(tokens: BucketTokens) -> None:
    """Have Bucket revoke a grant that this site does not keep."""
    BucketRevocation.objects.create(**columns_of_tokens(tokens), scopes=" ".join(sorted(granted_scopes(tokens))))
    announce_work_after_commit()


def disconnect_bucket(user_id: int, *, delete_there: bool) -> BucketRevocation | None:
    """Delete the user's connection and the rows that refer to it, and return the revocation for Bucket.

    With `delete_there`, Bucket is also asked to delete this site's Thing with all that was sent to it. Return None if
    the user is not connected. A sending that is under way finds no connection, and ends.

    To delete an account, call this in the same transaction.
    """
    with transaction.atomic():
        lock_athlete(user_id)
        connection = BucketConnection.objects.select_for_update().filter(user_id=user_id).first()
        if connection is None:
            return None
        revocation = revoke_tokens_of(connection, delete_there=delete_there)
        if not connection.thing_id and Sending.objects.of(user_id).live().exists():
            # A sending may be making the Thing now. It then needs the tokens to delete the Thing again (thing.py).
            later = timezone.now() + timedelta(seconds=settings.BUCKET_TIMEOUTS.total)
            BucketRevocation.objects.filter(pk=revocation.pk).update(next_try_at=later)
        connection.delete()
        transaction.on_commit(partial(async_to_sync(announce_disconnected), user_id))
    return revocation


def revoke_tokens_of(connection: BucketConnection, *, delete_there: bool = False) -> BucketRevocation:
    """Have Bucket revoke the tokens of a connection. A refresh that is under way gives its tokens to the revocation.

    With `delete_there`, what was sent with the connection is first deleted at Bucket.
    """
    thing_id = connection.thing_id if delete_there else ""
    copied = ("access_token", "refresh_token", "expires_at", "scopes", "refresh_owner", "refresh_until")
    columns: dict[str, Any] = {name: getattr(connection, name) for name in copied}
    columns["person_code"] = code_of_person(connection.user_id)
    revocation = BucketRevocation.objects.create(**columns, deletes_there=delete_there, thing_id=thing_id)
    announce_work_after_commit()
    return revocation
