"""Invitations and screens: encrypted secrets, found by their digest, valid until they expire or are revoked."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from strava_live.broadcast import screen_target
from strava_live.clubs import keys
from strava_live.clubs.keys import (
    TooManyKeys,
    UnknownKey,
    invite,
    purge_ended_keys,
    put_up_screen,
    revoke_invitation,
    revoke_screen,
)
from strava_live.clubs.models import Club, Invitation, Screen
from tests.clubs.evictions import Evictions

pytestmark = pytest.mark.django_db


def is_valid(kind: type[Invitation] | type[Screen], secret: str) -> bool:
    return bool(kind.objects.valid(now=timezone.now()).with_secret(secret).exists())


@pytest.mark.parametrize(("make", "kind"), [(invite, Invitation), (put_up_screen, Screen)])
def test_key_is_found_by_its_secret_which_is_stored_encrypted(
    club: Club, make: Callable[..., Any], kind: type[Invitation] | type[Screen]
) -> None:
    secret = make(club.pk).secret.reveal()

    assert len(secret) == 43
    assert is_valid(kind, secret)
    assert not is_valid(kind, secret.swapcase())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {kind._meta.db_table}")  # noqa: S608 our own table
        assert secret not in str(cursor.fetchall())


def test_two_keys_are_never_the_same(club: Club) -> None:
    assert len({invite(club.pk).secret.reveal() for _ in range(10)}) == 10


def test_invitation_expires_on_time(club: Club) -> None:
    secret = invite(club.pk, lasts=timedelta(days=7)).secret.reveal()

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert is_valid(Invitation, secret)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert not is_valid(Invitation, secret)


def test_invitation_is_revoked_once_and_only_by_its_club(club: Club, other_club: Club) -> None:
    invitation = invite(club.pk)
    with pytest.raises(UnknownKey):
        revoke_invitation(other_club.pk, invitation.pk)
    assert is_valid(Invitation, invitation.secret.reveal())

    revoke_invitation(club.pk, invitation.pk)

    assert not is_valid(Invitation, invitation.secret.reveal())
    with pytest.raises(UnknownKey):
        revoke_invitation(club.pk, invitation.pk)


def test_revoked_screen_loses_its_sockets(club: Club, django_capture_on_commit_callbacks: Any) -> None:
    screen, evictions = put_up_screen(club.pk, name="Café"), Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        revoke_screen(club.pk, screen.pk)

    assert not is_valid(Screen, screen.secret.reveal())
    assert evictions.sent() == [(screen_target(screen.pk), 4403)]


def test_number_of_keys_in_use_is_limited(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    first = invite(club.pk)
    invite(club.pk)
    with pytest.raises(TooManyKeys, match="Revoke one"):
        invite(club.pk)

    revoke_invitation(club.pk, first.pk)

    invite(club.pk)
    put_up_screen(club.pk)


def test_invitations_and_screens_survive_new_field_keys(club: Club, settings: Settings) -> None:
    invitation, screen = invite(club.pk), put_up_screen(club.pk)
    plain = invitation.secret.reveal(), screen.secret.reveal()
    new = Fernet.generate_key().decode()

    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    said = StringIO()
    call_command("rekey", stdout=said)
    settings.FIELD_KEYS = [new]

    assert (Invitation.objects.get().secret.reveal(), Screen.objects.get().secret.reveal()) == plain
    assert said.getvalue() == "2 secrets are now encrypted with the first key.\n"


@pytest.mark.django_db(transaction=True)
def test_ended_invitations_and_screens_are_deleted_a_week_later(club: Club) -> None:
    now = timezone.now()
    days_ago = {days: now - timedelta(days=days, minutes=1) for days in (6, 7)}
    for model, make in ((Invitation, invite), (Screen, put_up_screen)):
        for at in days_ago.values():
            model.objects.filter(pk=make(club.pk).pk).update(revoked_at=at)
            model.objects.filter(pk=make(club.pk).pk).update(expires_at=at)
        make(club.pk)

    async_to_sync(purge_ended_keys)()

    for model in (Invitation, Screen):
        ends = list(model.objects.order_by("pk").values_list("revoked_at", "expires_at"))
        assert ends == [(days_ago[6], None), (None, days_ago[6]), (None, None)]
