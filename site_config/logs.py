"""One line an event, key=value, with the request's id; no secret that travels in a path is ever in one.

Nothing here imports Django: settings need it before Django is set up.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Path segments that are keys: a screen's, an invitation's, the webhook's, a password reset's, an e-mail's confirmation.
# Typed addresses lack the first slash, double one, or are written in capitals.
SECRET_IN_PATH = re.compile(
    r"(?i)(?P<before>(?<![\w-])(?:screens?|join|strava/+webhook|password/+reset/+key|confirm-email)[/\\]+)"
    r"(?P<secret>[^/\\?#\s\"']+)"
)
# In any other path segment, what looks like one of our keys: 43 characters of base64, and whatever is glued to them.
PATH_SEGMENT = re.compile(r"[/\\][^/\\?#\s\"']{43,}")
KEY = re.compile(r"[A-Za-z0-9_-]{43,}")
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
MOST_ENCODINGS = 3
# In headers, query strings, JSON and reprs: a name that says what it is, what stands between, and the secret.
TOKEN = re.compile(
    r"(?i)(?P<before>\bbearer\s+|[?&](?:code|state|token|hub\.verify_token)="
    r"|\b(?:access_token|refresh_token|client_secret|verify_token)\b[\"']?\s*[=:]\s*[\"']?)"
    r"(?P<secret>[^\s&\"',;}]+)"
)
OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time"}


def masked(text: str) -> str:
    """The text without keys in paths and without tokens in query strings, headers, JSON or reprs.

    Percent-encoded text in which a key is found is returned decoded.
    """
    hidden = hide_secrets(text)
    for _ in range(MOST_ENCODINGS):
        if not ENCODED.search(text):
            break
        text = unquote(text)
        if (decoded := hide_secrets(text)) != text:
            hidden = decoded
    return hidden


def hide_secrets(text: str) -> str:
    for pattern in (SECRET_IN_PATH, TOKEN):
        text = pattern.sub(r"\g<before>***", text)
    return PATH_SEGMENT.sub(lambda segment: KEY.sub("***", segment[0]), text)


def quoted(value: object) -> str:
    """One line of printable characters: nothing in it can end the line or reach a terminal's controls."""
    text = masked(str(value)).replace("\\", "\\\\").replace("\n", "\\n")
    text = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    if text and not re.search(r'[\s="]', text):
        return text
    return '"' + text.replace('"', '\\"') + '"'


class KeyValueFormatter(logging.Formatter):
    """time=… level=… logger=… request=… event="…" key=value …"""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if request_id.get():
            fields["request"] = request_id.get()
        fields["event"] = record.getMessage()
        fields.update({key: value for key, value in vars(record).items() if key not in OWN_FIELDS})
        if record.exc_info and not record.name.startswith("django.security"):
            fields["error"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return " ".join(f"{key}={quoted(value)}" for key, value in fields.items())


def logging_config(*, debug: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"key_value": {"()": KeyValueFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "key_value"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            # The access log has told of every answer; a 404 needs no second line.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": False},
            "daphne": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "strava_live": {"level": "DEBUG" if debug else "INFO"},
        },
    }


def without_secrets(event: Any, _hint: Mapping[str, Any]) -> Any:
    """What Sentry may have of an event: keys masked wherever they stand; no cookies, headers, body or query string."""
    request = event.get("request", {})
    for field in ("cookies", "headers", "data", "query_string", "env"):
        request.pop(field, None)
    return masked_through(event)


def masked_through(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_through(part) for key, part in value.items()}
    return [masked_through(part) for part in value] if isinstance(value, list) else value
