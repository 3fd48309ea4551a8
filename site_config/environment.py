"""Reads settings from the environment, and stops the start with one plain line when a value makes no sense.

A reader returns a value that the rest of the site can rely on, so nothing after it checks again. The line names the
variable, the value (unless it is a secret) and what would be right.
"""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.validators import validate_email

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.IGNORECASE)


class BadSetting(SystemExit):
    """Ends the process; Python prints the sentence on standard error and exits with 1."""

    def __init__(self, name: str, value: str, instead: str) -> None:
        told = f"{name}={value} cannot be used" if value else f"{name} is not set"
        super().__init__(f"{told}: {instead}")


class Site(NamedTuple):
    url: str
    scheme: str
    host: str
    port: int | None

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def secret(name: str, *, required: bool) -> str:
    value = text(name)
    if required and not value:
        raise BadSetting(name, "", "set it to a long random text; it is required unless DEBUG=1.")
    return value


def switch(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name, value, "it must be 1 or 0.")


def whole_number(name: str, *, default: int, least: int, most: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise BadSetting(name, value, f"it must be a whole number from {least} to {most}.")
    return int(value)


def share(name: str, *, default: float, most: float) -> float:
    value = text(name, str(default))
    if not re.fullmatch(r"\d(\.\d+)?", value, re.ASCII) or float(value) > most:
        raise BadSetting(name, value, f"it must be a number from 0 to {most}, such as {default}.")
    return float(value)


def site(name: str, default: str) -> Site:
    value = text(name, default)
    instead = "it must be the site's public address, such as https://club.example.org, without a path."
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BadSetting(name, value, instead) from None
    named = parts.hostname is not None and is_host(bracketed(parts.hostname))
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not named or not bare or parts.hostname is None:
        raise BadSetting(name, value, instead)
    return Site(f"{parts.scheme}://{parts.netloc.lower()}", parts.scheme, bracketed(parts.hostname), port)


def is_host(value: str) -> bool:
    return HOST.fullmatch(value) is not None and ".." not in value


def bracketed(hostname: str) -> str:
    """An IPv6 address the way ALLOWED_HOSTS writes it."""
    return f"[{hostname}]" if ":" in hostname else hostname


def hosts(name: str) -> list[str]:
    named = [part.strip().lower() for part in text(name).split(",") if part.strip()]
    for host in named:
        if not is_host(host):
            raise BadSetting(name, host, "it must be host names without port, separated by commas.")
    return named


def address(name: str, default: str) -> str:
    """The base address of somebody else's service, without a slash at its end."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadSetting(name, value, f"it must be a web address, such as {default}.")
    return value


def origin(url: str) -> str:
    """Scheme, host and port of an address, the way a content security policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def redis(name: str) -> str:
    value = text(name)
    parts = urlsplit(value)
    if value and (parts.scheme not in {"redis", "rediss"} or not parts.hostname):
        raise BadSetting(name, without_password(value), "it must begin with redis:// or rediss:// and name a host.")
    return value


def database(name: str, *, default: Path) -> dict[str, Any]:
    value = text(name, f"sqlite:///{default}")
    instead = "it must look like postgres://user:password@host:5432/name, or sqlite:////path/to/file."
    scheme = urlsplit(value).scheme
    if scheme not in {"postgres", "postgresql", "sqlite"}:
        raise BadSetting(name, without_password(value), instead)
    try:
        config = environ.Env.db_url_config(value)
    except (ValueError, TypeError, KeyError):
        raise BadSetting(name, without_password(value), instead) from None
    if config["NAME"] in {"", ":memory:"}:
        raise BadSetting(name, without_password(value), instead)
    return dict(config)


def email(name: str) -> dict[str, Any]:
    value = text(name)
    if not value:
        return {}
    scheme = urlsplit(value).scheme
    if scheme not in environ.Env.EMAIL_SCHEMES:
        raise BadSetting(name, without_password(value), "it must look like smtp+tls://user:password@host:587.")
    return dict(environ.Env.email_url_config(value))


def email_address(name: str) -> str:
    """An address, plain or as «Name <address>»."""
    value = text(name)
    if value:
        try:
            validate_email(parseaddr(value)[1])
        except Exception:
            raise BadSetting(name, value, "it must be an e-mail address.") from None
    return value


def fernet_keys(name: str, *, required: bool) -> list[str]:
    keys = [part.strip() for part in text(name).split(",") if part.strip()]
    instead = (
        "it must be one or more Fernet keys separated by commas; make one with "
        '`python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`.'
    )
    if required and not keys:
        raise BadSetting(name, "", instead)
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise BadSetting(name, "(not shown)", instead) from None
    return keys


def sentry(name: str) -> str:
    value = text(name)
    if value and not re.fullmatch(r"https?://[^@/\s]+@[^@/\s]+/\S+", value):
        raise BadSetting(
            name, without_password(value), "it must be the DSN that Sentry shows, https://key@host/project."
        )
    return value


def without_password(url: str) -> str:
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1:(not shown)@", url)
