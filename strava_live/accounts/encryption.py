"""Encrypt secrets that are stored in the database, with the keys in settings.FIELD_KEYS. Make the digests by which rows
of secrets are found.

The first key encrypts, and every key decrypts. To change keys, put a new one in front and run `manage.py rekey`.
"""

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac


class UnreadableSecret(Exception):
    """No key in FIELD_KEYS decrypts a stored secret. Its key may have been removed before `manage.py rekey` was run."""


@lru_cache(maxsize=4)
def keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(plain: str) -> str:
    return keyring(tuple(settings.FIELD_KEYS)).encrypt(plain.encode()).decode()


def decrypt(stored: str) -> str:
    try:
        return keyring(tuple(settings.FIELD_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret("None of FIELD_KEYS can read a stored secret.") from None


def reencrypt(stored: str) -> str:
    """Return the same secret, encrypted with the first key."""
    try:
        return keyring(tuple(settings.FIELD_KEYS)).rotate(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret("None of FIELD_KEYS can read a stored secret.") from None


def digest_of(secret: str) -> str:
    """Return the digest by which the row of a secret is found. A reader of the table cannot get the secret from it."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def code_of_athlete(strava_id: int) -> int:
    """Return a negative number that stands for a Strava id. The id can be found out from it only with SECRET_KEY."""
    digest = salted_hmac("strava_live.code_of_athlete", str(strava_id), algorithm="sha256").digest()
    return -(int.from_bytes(digest[:8]) >> 1) - 1


def code_of_person(user_id: int) -> str:
    """Return a code that stands for a user of this site. The user can be found out from it only with SECRET_KEY."""
    return salted_hmac("strava_live.code_of_person", str(user_id), algorithm="sha256").hexdigest()[:32]


class Secret:
    """A secret in its encrypted form. Only `reveal` returns the text, so that no log or page shows it by accident."""

    __slots__ = ("stored",)

    def __init__(self, stored: str) -> None:
        self.stored = stored

    @classmethod
    def of(cls, plain: str) -> "Secret":
        return cls(encrypt(plain) if plain else "")

    def reveal(self) -> str:
        return decrypt(self.stored) if self.stored else ""

    @property
    def can_be_decrypted(self) -> bool:
        """True if a key in FIELD_KEYS decrypts the secret, or if the secret is empty."""
        try:
            self.reveal()
        except UnreadableSecret:
            return False
        return True

    def __bool__(self) -> bool:
        return bool(self.stored)

    def __repr__(self) -> str:
        return "Secret(…)"


if TYPE_CHECKING:
    SecretColumn = models.TextField[Secret, Secret]
else:
    SecretColumn = models.TextField


class SecretField(SecretColumn):
    """A column that holds ciphertext in the database and a `Secret` in Python."""

    def from_db_value(self, value: str | None, *_: Any) -> Secret | None:
        return None if value is None else Secret(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Secret) or value is None else Secret(value)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Secret):
            return value.stored
        if not value:
            return value
        raise TypeError("Store a Secret, made with Secret.of(), never plain text.")

    def value_to_string(self, obj: models.Model) -> str:
        value: Secret = self.value_from_object(obj)
        return value.stored
