"""Text at rest under FIELD_KEYS: the first key encrypts, every key decrypts, so a new one is simply put in front."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class UnreadableSecret(Exception):
    """None of FIELD_KEYS opens what is stored: a key was taken away before `manage.py rekey` had run."""


@lru_cache(maxsize=4)
def keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypted(plain: str) -> str:
    return keyring(tuple(settings.FIELD_KEYS)).encrypt(plain.encode()).decode()


def decrypted(stored: str) -> str:
    try:
        return keyring(tuple(settings.FIELD_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret("None of FIELD_KEYS can read a stored secret.") from None


def rekeyed(stored: str) -> str:
    """The same secret under the first key."""
    try:
        return keyring(tuple(settings.FIELD_KEYS)).rotate(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret("None of FIELD_KEYS can read a stored secret.") from None


class Secret:
    """A stored secret: it never shows itself in a log, a page or a debugger, and is read on purpose with reveal()."""

    __slots__ = ("stored",)

    def __init__(self, stored: str) -> None:
        self.stored = stored

    @classmethod
    def of(cls, plain: str) -> "Secret":
        return cls(encrypted(plain) if plain else "")

    def reveal(self) -> str:
        return decrypted(self.stored) if self.stored else ""

    @property
    def is_readable(self) -> bool:
        """Whether one of FIELD_KEYS opens it."""
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
    """A column of ciphertext; in Python it is a Secret, so that nobody prints it by accident."""

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
