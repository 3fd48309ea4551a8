"""Invitations and screens: secrets at rest, found by their digest, good until they are not."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
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
    put_up_screen,
    revoke_invitation,
    revoke_screen,
)
from strava_live.clubs.models import Club, Invitation, Screen
from tests.clubs.evictions import Evictions

pytestmark = pytest.mark.django_db


def is_good(kind: type[Invitation] | type[Screen], secret: str) -> bool:
    return bool(kind.objects.valid(now=timezone.now()).with_secret(secret).exists())


@pytest.mark.parametrize(("make", "kind"), [(invite, Invitation), (put_up_screen, Screen)])
def test_key_is_found_by_its_secret_which_the_table_does_not_show(
    club: Club, make: Callable[..., Any], kind: type[Invitation] | type[Screen]
) -> None:
    secret = make(club.pk).secret.reveal()

    assert len(secret) == 43
    assert is_good(kind, secret)
    assert not is_good(kind, secret.swapcase())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {kind._meta.db_table}")  # noqa: S608 our own table
        assert secret not in str(cursor.fetchall())


def test_two_keys_are_never_the_same(club: Club) -> None:
    assert len({invite(club.pk).secret.reveal() for _ in range(10)}) == 10


def test_invitation_lasts_as_long_as_it_says(club: Club) -> None:
    secret = invite(club.pk, lasts=timedelta(days=7)).secret.reveal()

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert is_good(Invitation, secret)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert not is_good(Invitation, secret)


def test_revoked_is_revoked_and_only_once(club: Club, other_club: Club) -> None:
    invitation = invite(club.pk)
    with pytest.raises(UnknownKey):
        revoke_invitation(other_club.pk, invitation.pk)
    assert is_good(Invitation, invitation.secret.reveal())

    revoke_invitation(club.pk, invitation.pk)

    assert not is_good(Invitation, invitation.secret.reveal())
    with pytest.raises(UnknownKey):
        revoke_invitation(club.pk, invitation.pk)


def test_revoked_screen_is_shown_out(club: Club, django_capture_on_commit_callbacks: Any) -> None:
    screen, evictions = put_up_screen(club.pk, name="Café"), Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        revoke_screen(club.pk, screen.pk)

    assert not is_good(Screen, screen.secret.reveal())
    assert evictions.sent() == [(screen_target(screen.pk), 4403)]


def test_club_has_so_many_keys_in_use_and_no_more(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    first = invite(club.pk)
    invite(club.pk)
    with pytest.raises(TooManyKeys, match="Revoke one"):
        invite(club.pk)

    revoke_invitation(club.pk, first.pk)

    invite(club.pk)
    put_up_screen(club.pk)


def test_changing_field_keys_loses_no_invitation_and_no_screen(club: Club, settings: Settings) -> None:
    invitation, screen = invite(club.pk), put_up_screen(club.pk)
    plain = invitation.secret.reveal(), screen.secret.reveal()
    new = Fernet.generate_key().decode()

    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    said = StringIO()
    call_command("rekey", stdout=said)
    settings.FIELD_KEYS = [new]

    assert (Invitation.objects.get().secret.reveal(), Screen.objects.get().secret.reveal()) == plain
    assert said.getvalue() == "2 secrets are now under the first key.\n"
