"""manage.py erase WHO."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection
from tests.bucket.connected import connected_to, username_of
from tests.erased import assert_nothing_left
from tests.person_with_everything import STRAVA_ID, USERNAME, person_with_everything

pytestmark = pytest.mark.django_db(transaction=True)


def erase(who: str, *, typed: str | None = None, monkeypatch: pytest.MonkeyPatch, **options: bool) -> str:
    def answer() -> str:
        if typed is None:
            raise EOFError
        return typed

    monkeypatch.setattr("builtins.input", answer)
    said = StringIO()
    call_command("erase", who, stdout=said, **options)
    return said.getvalue()


@pytest.mark.parametrize("who", [USERNAME, f"strava:{STRAVA_ID}"])
def test_operator_deletes_an_account(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = person_with_everything()

    said = erase(who, typed=USERNAME, monkeypatch=monkeypatch)

    before, _, receipt = said.partition("Receipt ")
    assert "- 3 activities from Strava" in before
    assert "The club Sunday Club closes" in before
    assert "- 3 activities from Strava" in receipt
    assert USERNAME not in receipt
    assert_nothing_left(everything.marks)


def test_with_yes_nothing_is_asked(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Receipt " in erase("alva", monkeypatch=monkeypatch, yes=True)

    assert not User.objects.exists()


@pytest.mark.parametrize(("option", "left"), [(True, 0), (False, 1)])
def test_operator_can_have_bucket_delete_what_was_sent(
    athlete: User, bucket: BucketStandIn, option: bool, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connected_to(bucket, athlete)
    BucketConnection.objects.update(thing_id=bucket.add_thing(username_of(connection), "Activities"))

    said = erase("alva", monkeypatch=monkeypatch, yes=True, delete_at_bucket=option)

    assert ("Bucket is asked to delete what was sent there" in said) is option
    assert ("Bucket has deleted what we sent, and has withdrawn our access." in said) is option
    assert len(bucket.things(username_of(connection))) == left


@pytest.mark.parametrize("typed", [None, "", "yes"])
def test_nothing_is_deleted_without_the_username(
    athlete: User, typed: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="Nothing was deleted"):
        erase("alva", typed=typed, monkeypatch=monkeypatch)

    assert User.objects.get() == athlete


@pytest.mark.parametrize("who", ["nobody", "strava:1", "strava:"])
def test_unknown_person(athlete: User, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="no account called"):
        erase(who, monkeypatch=monkeypatch, yes=True)
