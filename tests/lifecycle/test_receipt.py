"""The receipt says whether the access at Strava and Bucket is withdrawn, and claims no more than is true."""

from dataclasses import replace

import pytest
from django.utils import timezone

from strava_live.accounts.encryption import Secret, code_of_athlete
from strava_live.accounts.models import Revocation, User
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.lifecycle.erasure import erase, withdraw_access
from strava_live.lifecycle.receipt import AtBucket, AtStrava, ErasureReceipt
from tests.web import kept

pytestmark = pytest.mark.django_db
NOTHING, KEYS = "Nothing about you is left", "nothing about you but encrypted keys"


def connect_to_bucket(user: User) -> None:
    tokens = {"access_token": Secret.of("a"), "refresh_token": Secret.of("r"), "expires_at": timezone.now()}
    BucketConnection.objects.create(user=user, person_id=f"dcd:persons:{user.pk}", scopes="openid offline", **tokens)


def disconnected(user: User, *, strava_id: int) -> None:
    """Disconnect both services while neither of them answers, so that the revocations stay in their queues."""
    kept.connected(user, strava_id=strava_id)
    connect_to_bucket(user)
    disconnect(user, keep_typed_in=True)
    disconnect_bucket(user.pk, delete_there=False)


def test_revocations_from_disconnecting_earlier_are_named(athlete: User) -> None:
    disconnected(athlete, strava_id=17)

    receipt = withdraw_access(erase(athlete))

    assert (receipt.at_strava, receipt.at_bucket) == (AtStrava.UNANSWERED, AtBucket.UNANSWERED)
    text = receipt.as_text()
    assert "We've asked Strava to withdraw our access" in text
    assert "We've asked Bucket to withdraw our access" in text
    assert NOTHING not in text
    assert KEYS in text


def test_revocations_of_others_are_not_named(athlete: User, clubmate: User) -> None:
    disconnected(clubmate, strava_id=17)

    receipt = erase(athlete).receipt

    assert (receipt.at_strava, receipt.at_bucket) == (AtStrava.NOT_CONNECTED, AtBucket.NOT_CONNECTED)
    assert NOTHING in receipt.as_text()


def test_codes_of_persons_say_nothing_without_the_key(athlete: User) -> None:
    disconnected(athlete, strava_id=17)

    codes = {Revocation.objects.get().person_code, BucketRevocation.objects.get().person_code}

    assert len(codes) == 1
    assert len(codes.pop()) == 32


def test_older_revocation_is_found_by_the_strava_id_and_loses_it(athlete: User) -> None:
    kept.connected(athlete, strava_id=17)
    Revocation.objects.create(strava_id=17, token=Secret.of("older"))

    erase(athlete)

    assert {row.strava_id for row in Revocation.objects.all()} == {code_of_athlete(17)}


@pytest.mark.parametrize(
    ("at_strava", "at_bucket", "words"),
    [
        (AtStrava.NOT_CONNECTED, AtBucket.NOT_CONNECTED, NOTHING),
        (AtStrava.NOT_CONNECTED, AtBucket.DELETED, NOTHING),
        (AtStrava.NOT_CONNECTED, AtBucket.LEFT, NOTHING),
        (AtStrava.REVOKED, AtBucket.REVOKED, "except a code that stands for your athlete number at Strava"),
        (AtStrava.REVOKED, AtBucket.UNANSWERED, KEYS),
        (AtStrava.NOT_CONNECTED, AtBucket.UNREADABLE, KEYS),
        (AtStrava.UNANSWERED, AtBucket.NOT_CONNECTED, KEYS),
        (AtStrava.UNREADABLE, AtBucket.DELETED, KEYS),
    ],
)
def test_nothing_is_left_is_said_only_if_it_is_true(at_strava: AtStrava, at_bucket: AtBucket, words: str) -> None:
    receipt = replace(ErasureReceipt.new({}), at_strava=at_strava, at_bucket=at_bucket)

    assert words in receipt.kept[0]
    assert (NOTHING in " ".join(receipt.kept)) == (words != KEYS)
