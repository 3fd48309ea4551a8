"""Read settings from environment variables. An invalid value stops the process at its start with one line of text.

The line names the variable, its value (unless it is a secret), and what a valid value looks like. A function that takes
the name of a variable returns a valid value, or the default if the variable is not set. So no other code has to check
values.
"""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.validators import validate_email

from strava_live.push_client.vapid import is_private_key

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.IGNORECASE)


class BadSetting(SystemExit):
    """An environment variable is not usable. Python prints the message to standard error and exits with 1."""

    def __init__(self, name: str, value: str, instead: str) -> None:
        problem = f"{name}={value} cannot be used" if value else f"{name} is not set"
        super().__init__(f"{problem}: {instead}")


class Site(NamedTuple):
    """The site's public address, and its parts."""

    url: str
    scheme: str
    host: str
    port: int | None

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def secret(name: str, *, required: bool, instead: str, least: int = 1) -> str:
    value = text(name)
    if (required or value) and len(value) < least:
        raise BadSetting(name, "(not shown)" if value else "", instead)
    return value


def webhook_token(name: str) -> str:
    """Return the token in the webhook's address; "" if the variable is not set.

    A token has at most 128 characters, because Strava accepts addresses of at most 255.
    """
    value = text(name)
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{16,128}", value):
        instead = (
            "it must be 16 to 128 letters, digits, - and _; make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(24))"`.'
        )
        raise BadSetting(name, "(not shown)", instead)
    return value


def token(name: str, *, least: int) -> str:
    """Return a secret without spaces, which clients send in a header; "" if the variable is not set."""
    value = text(name)
    if value and not re.fullmatch(rf"[!-~]{{{least},}}", value):
        instead = f"it must be a random text of at least {least} letters and digits, without spaces."
        raise BadSetting(name, "(not shown)", instead)
    return value


def switch(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name, value, "it must be 1 or 0.")


def choice(name: str, *among: str) -> str:
    """Return the value, which must be one of `among`. The first of them is the default."""
    value = text(name, among[0])
    if value not in among:
        raise BadSetting(name, value, f"it must be {' or '.join(among)}.")
    return value


def whole_number(name: str, *, default: int, least: int, most: int, because: str = "") -> int:
    """Return the value, which must be from `least` to `most`. `because` is a sentence that says why."""
    value = text(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise BadSetting(name, value[:50], f"it must be a whole number from {least} to {most}. {because}".strip())
    return int(value)


def share(name: str, *, default: float, most: float) -> float:
    """Return a share such as 0.15, from 0 to `most`."""
    value = text(name, str(default))
    if not re.fullmatch(r"\d(\.\d+)?", value, re.ASCII) or float(value) > most:
        raise BadSetting(name, value, f"it must be a number from 0 to {most}, such as {default}.")
    return float(value)


def split(name: str, value: str, instead: str) -> SplitResult:
    """Split the URL `value`. Raise BadSetting if its host or port is invalid, or if it has spaces or control codes.

    `name` is the variable, and `instead` says how a valid value looks.
    """
    shown = without_password(value)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BadSetting(name, shown, instead) from None
    bare = parts.netloc.rpartition("@")[2]
    named = parts.hostname is not None and is_host(bracketed(parts.hostname))
    if not named or port == 0 or bare.endswith(":") or not value.isprintable() or " " in value:
        raise BadSetting(name, shown, instead)
    return parts


def site(name: str, default: str) -> Site:
    value = text(name, default)
    instead = "it must be the site's public address, such as https://club.example.org, without a path."
    parts = split(name, value, instead)
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not bare:
        raise BadSetting(name, without_password(value), instead)
    host = bracketed(str(parts.hostname))
    return Site(f"{parts.scheme}://{parts.netloc.lower()}", parts.scheme, host, parts.port)


def is_host(value: str) -> bool:
    return HOST.fullmatch(value) is not None and ".." not in value


def bracketed(hostname: str) -> str:
    """Put an IPv6 address in brackets, as ALLOWED_HOSTS needs it."""
    return f"[{hostname}]" if ":" in hostname else hostname


def hosts(name: str) -> list[str]:
    """Return host names. The variable lists them with commas."""
    named = [part.strip().lower() for part in text(name).split(",") if part.strip()]
    for host in named:
        if not is_host(host):
            raise BadSetting(name, host, "it must be host names without port, separated by commas.")
    return named


def address(name: str, default: str) -> str:
    """Return the base URL of an external service, without a trailing slash."""
    value = text(name, default).rstrip("/")
    instead = f"it must be a web address, such as {default}."
    parts = split(name, value, instead)
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.query or parts.fragment:
        raise BadSetting(name, without_password(value), instead)
    return value


def secure_address(name: str, default: str, *, debug: bool) -> str:
    """Return the base URL of a service that receives secrets.

    It must begin with https, unless the service is on this machine, or with `debug`.
    """
    value = address(name, default)
    parts = urlsplit(value)
    if parts.scheme != "https" and not (debug or is_this_machine(str(parts.hostname))):
        raise BadSetting(name, value, f"it must begin with https://, such as {default}.")
    return value


def is_this_machine(hostname: str) -> bool:
    return hostname == "::1" or re.fullmatch(r"(.+\.)?localhost|127(\.[0-9]{1,3}){3}", hostname) is not None


def development_address(name: str, example: str, *, debug: bool) -> str:
    """Return the URL of a service that only a site with DEBUG may use; "" if the variable is not set."""
    value = text(name)
    if value and not debug:
        raise BadSetting(name, without_password(value), "it must only be set with DEBUG=1, for development.")
    return address(name, example) if value else ""


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, as a content security policy needs them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def redis(name: str) -> str:
    value = text(name)
    instead = "it must look like redis://host:6379/0 or rediss://:password@host:6379."
    if value:
        parts = split(name, value, instead)
        if parts.scheme not in {"redis", "rediss"} or not re.fullmatch(r"/?[0-9]*", parts.path):
            raise BadSetting(name, without_password(value), instead)
    return value


def database(name: str, *, default: Path) -> dict[str, Any]:
    """Return an entry for DATABASES. `default` is the file of an SQLite database."""
    value = text(name, f"sqlite:///{default}")
    instead = "it must look like postgres://user:password@host:5432/name, or sqlite:////path/to/file."
    scheme = value.partition("://")[0]
    if scheme in {"postgres", "postgresql"}:
        split(name, value, instead)
    elif scheme != "sqlite":
        raise BadSetting(name, without_password(value), instead)
    try:
        config = dict(environ.Env.db_url_config(value))
    except (ValueError, TypeError, KeyError):
        raise BadSetting(name, without_password(value), instead) from None
    if config["NAME"] in {"", ":memory:"}:
        raise BadSetting(name, without_password(value), instead)
    if scheme == "sqlite" and value != f"sqlite:///{default}" and not Path(config["NAME"]).parent.is_dir():
        raise BadSetting(name, value, "the folder of that file does not exist.")
    return config


def email(name: str) -> dict[str, Any]:
    """Return Django's settings for sending email (EMAIL_HOST and so on), from a URL."""
    value = text(name)
    instead = "it must look like smtp+tls://user:password@host:587."
    if not value:
        return {}
    scheme = value.partition("://")[0]
    if scheme not in environ.Env.EMAIL_SCHEMES:
        raise BadSetting(name, without_password(value), instead)
    if scheme.startswith("smtp"):
        split(name, value, instead)
    return dict(environ.Env.email_url_config(value))


def email_address(name: str) -> str:
    """Return an email address, which may be written as `Name <address>`."""
    value = text(name)
    if value:
        try:
            validate_email(parseaddr(value)[1] if value.isprintable() else "")
        except Exception:  # a ValidationError, whose module cannot be imported before the settings are loaded
            raise BadSetting(name, value, "it must be an e-mail address.") from None
    return value


def fernet_keys(name: str, *, required: bool) -> list[str]:
    """Return the keys with which secrets are encrypted. The variable lists them with commas."""
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


def vapid_key(name: str) -> str:
    """Return the private key for push services; "" if the variable is not set."""
    value = text(name)
    if value and not is_private_key(value):
        instead = (
            "it must be a key of 43 letters, digits, - and _; make one with "
            '`python -c "from strava_live.push_client.vapid import new_private_key; print(new_private_key())"`.'
        )
        raise BadSetting(name, "(not shown)", instead)
    return value


def hosts_with_ports(name: str) -> list[str]:
    """Return host names, each with a port if it is not the usual one. The variable lists them with commas."""
    named = [part.strip().lower() for part in text(name).split(",") if part.strip()]
    for one in named:
        host = one.partition(":")[0]
        if not is_host(host) or not re.fullmatch(r"(:[1-9][0-9]{0,4})?", one.removeprefix(host)):
            raise BadSetting(name, one, "it must be host names separated by commas, such as localhost:8003.")
    return named


def sentry(name: str) -> str:
    """Return the DSN with which errors are reported to Sentry."""
    value = text(name)
    instead = "it must be the DSN that Sentry shows, such as https://key@host/123."
    if value:
        parts = split(name, value, instead)
        if parts.scheme not in {"http", "https"} or not parts.username or not re.fullmatch(r".*/[0-9]+", parts.path):
            raise BadSetting(name, without_password(value), instead)
    return value


def without_password(url: str) -> str:
    """Replace all that stands between the scheme and the last @ of a URL: in a malformed URL it may be a password."""
    return re.sub(r"^((?:[a-z+]+:)?/*).*@", r"\1(not shown)@", url, flags=re.IGNORECASE | re.DOTALL)
