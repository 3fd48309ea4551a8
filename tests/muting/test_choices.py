"""Mute and block a person, undo it, and ask who has done so."""

import pytest
from django.db import IntegrityError, transaction

from strava_live.accounts.models import User
from strava_live.muting.choices import block, mute, unblock, unmute
from strava_live.muting.models import Mute
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return people.athlete()


@pytest.fixture
def ben() -> User:
    return people.clubmate()


def test_mute_hides_and_does_not_block(ana: User, ben: User) -> None:
    mute(ana.pk, ben.pk)
    mute(ana.pk, ben.pk)

    assert Mute.objects.muted_by(ana.pk) == {ben.pk}
    assert Mute.objects.blocked_by(ana.pk) == set()
    assert Mute.objects.muted_by(ben.pk) == set()
    assert not Mute.objects.is_between(ana.pk, ben.pk)


def test_block_hides_too_and_holds_in_both_directions(ana: User, ben: User) -> None:
    mute(ana.pk, ben.pk)
    block(ana.pk, ben.pk)

    assert Mute.objects.muted_by(ana.pk) == Mute.objects.blocked_by(ana.pk) == {ben.pk}
    assert Mute.objects.is_between(ana.pk, ben.pk)
    assert Mute.objects.is_between(ben.pk, ana.pk)


def test_mute_does_not_weaken_a_block(ana: User, ben: User) -> None:
    block(ana.pk, ben.pk)
    mute(ana.pk, ben.pk)
    unmute(ana.pk, ben.pk)

    assert Mute.objects.blocked_by(ana.pk) == {ben.pk}


def test_undo(ana: User, ben: User) -> None:
    mute(ana.pk, ben.pk)
    unblock(ana.pk, ben.pk)
    assert Mute.objects.muted_by(ana.pk) == {ben.pk}

    unmute(ana.pk, ben.pk)
    unmute(ana.pk, ben.pk)
    assert Mute.objects.muted_by(ana.pk) == set()

    block(ana.pk, ben.pk)
    unblock(ana.pk, ben.pk)
    assert not Mute.objects.exists()


def test_muting_names_those_who_muted_a_person(ana: User, ben: User) -> None:
    mute(ana.pk, ben.pk)

    assert Mute.objects.muting(ben.pk, [ana.pk, ben.pk]) == {ana.pk}
    assert Mute.objects.muting(ben.pk, []) == set()


def test_muting_oneself_is_refused(ana: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        mute(ana.pk, ana.pk)
