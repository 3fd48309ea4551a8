"""Stored secrets, and changing the keys that encrypt them."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.encryption import Secret, UnreadableSecret
from strava_live.accounts.models import Revocation, StravaConnection, User

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def connected(user: User) -> StravaConnection:
    return StravaConnection.objects.create(
        user=user,
        strava_id=17,
        access_token=Secret.of("access-in-clear"),
        refresh_token=Secret.of("refresh-in-clear"),
        expires_at=timezone.now(),
        scopes="read",
    )


def test_secret_is_not_in_its_repr() -> None:
    secret = Secret.of("in-clear")

    assert "in-clear" not in f"{secret!r} {secret} {secret.stored}"
    assert secret.reveal() == "in-clear"


def test_plain_text_cannot_be_stored(athlete: User) -> None:
    with pytest.raises(TypeError):
        Revocation.objects.create(strava_id=17, token="in-clear")  # type: ignore[misc]


def test_database_has_no_plain_token(athlete: User) -> None:
    connected(athlete)

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM strava_live_stravaconnection")
        assert "in-clear" not in str(cursor.fetchall())


def test_new_key_and_rekey_keep_every_connection(athlete: User, settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    connected(athlete)
    Revocation.objects.create(strava_id=17, token=Secret.of("to-forget"))

    settings.FIELD_KEYS = [NEW, OLD]
    assert StravaConnection.objects.get().refresh_token.reveal() == "refresh-in-clear"
    said = StringIO()
    call_command("rekey", stdout=said)

    settings.FIELD_KEYS = [NEW]
    kept = StravaConnection.objects.get()
    assert (kept.access_token.reveal(), kept.refresh_token.reveal()) == ("access-in-clear", "refresh-in-clear")
    assert Revocation.objects.get().token.reveal() == "to-forget"
    assert said.getvalue() == "3 secrets are now encrypted with the first key.\n"


def test_rekey_without_the_old_key_changes_nothing(athlete: User, settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    connected(athlete)
    settings.FIELD_KEYS = [NEW]

    with pytest.raises(CommandError, match="Put the missing key back"):
        call_command("rekey")

    with pytest.raises(UnreadableSecret):
        StravaConnection.objects.get().access_token.reveal()
    settings.FIELD_KEYS = [OLD]
    assert StravaConnection.objects.get().access_token.reveal() == "access-in-clear"


def test_rekey_includes_two_step_sign_in(operator: User, settings: Settings) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    settings.FIELD_KEYS = [OLD]
    TOTP.activate(operator, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(operator).get_unused_codes()

    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rekey", stdout=StringIO())
    settings.FIELD_KEYS = [NEW]

    recovery = Authenticator.objects.get(user=operator, type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(recovery).get_unused_codes() == codes
    totp = Authenticator.objects.get(user=operator, type=Authenticator.Type.TOTP)
    assert "JBSWY3DPEHPK3PXP" not in str(totp.data)
