"""The log format: one line of key=value pairs per event, with the request id, and with secrets masked.

This module must not import Django, because the settings use it before Django is set up.
"""

import logging
import re
import traceback
from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Secrets in paths: of a wall screen, an invitation, the webhook, a password reset, an email confirmation. People type
# URLs without the first slash, with double slashes or in capitals, so those match too.
SECRET_IN_PATH = re.compile(
    r"(?i)(?P<before>(?<![\w-])(?:screens?|join|strava/+webhooks?|password/+reset/+key|confirm-email)[/\\]+)"
    r"(?P<secret>[^/\\?#\s\"']+)"
)
# Any other path segment that contains what could be one of our keys: at least 43 characters of base64.
PATH_SEGMENT = re.compile(r"[/\\][^/\\?#\s\"']{43,}")
KEY = re.compile(r"[A-Za-z0-9_-]{43,}")
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
MOST_ENCODINGS = 3  # how many times a text may be percent-encoded
# Tokens in headers, query strings, JSON and reprs: the name, the separator and the secret.
TOKEN = re.compile(
    r"(?i)(?P<before>\bbearer\s+|[?&](?:code|state|token|hub\.verify_token)="
    r"|\b(?:access_token|refresh_token|client_secret|verify_token)\b[\"']?\s*[=:]\s*[\"']?)"
    r"(?P<secret>[^\s&\"',;}]+)"
)
API_TOKEN = re.compile(r"(?P<before>satlive_[rw]_)(?P<secret>[A-Za-z0-9_-]{20,})")
OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time"}
"""Fields of a log record that do not come from the `extra` of a logging call."""


def masked(text: str) -> str:
    """Replace secret keys in paths, and tokens in query strings, headers, JSON and reprs, by ***.

    A percent-encoded text that contains a secret is returned decoded.
    """
    hidden = replace_secrets(text)
    for _ in range(MOST_ENCODINGS):
        if not ENCODED.search(text):
            break
        text = unquote(text)
        if (decoded := replace_secrets(text)) != text:
            hidden = decoded
    return hidden


def replace_secrets(text: str) -> str:
    for pattern in (SECRET_IN_PATH, TOKEN, API_TOKEN):
        text = pattern.sub(r"\g<before>***", text)
    return PATH_SEGMENT.sub(lambda segment: KEY.sub("***", segment[0]), text)


def quoted(value: object) -> str:
    """Return a value for a log line: secrets masked, control characters escaped, in quotes if necessary."""
    text = masked(str(value)).replace("\\", "\\\\").replace("\n", "\\n")
    text = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    if text and not re.search(r'[\s="]', text):
        return text
    return '"' + text.replace('"', '\\"') + '"'


class KeyValueFormatter(logging.Formatter):
    """Format a record as time=… level=… logger=… request=… event="…", with each field of `extra` as key=value."""

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


LOGGED_ERRORS: Counter[tuple[str, str]] = Counter()
"""How many errors this process has logged since its start, by name of the logger and class of the exception."""
MOST_KINDS = 200
"""The most kinds of errors that are counted separately. Further kinds are counted together as "other"."""


class CountingHandler(logging.Handler):
    """Count errors in LOGGED_ERRORS, for /metrics."""

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[0] if record.exc_info else None
        kind = (record.name, raised.__name__ if raised else "")
        if kind not in LOGGED_ERRORS and len(LOGGED_ERRORS) >= MOST_KINDS:
            kind = ("other", "")
        LOGGED_ERRORS[kind] += 1


def logging_config(*, debug: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"key_value": {"()": KeyValueFormatter}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "key_value"},
            "errors": {"()": CountingHandler, "level": "ERROR"},
        },
        "root": {"handlers": ["console", "errors"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            # The access log has a line for every response, so a 404 needs no second one.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": False},
            "daphne": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "strava_live": {"level": "DEBUG" if debug else "INFO"},
        },
    }


def without_secrets(event: Any, _hint: Mapping[str, Any]) -> Any:
    """Mask secrets in an event for Sentry, and remove the request's cookies, headers, body and query string."""
    request = event.get("request", {})
    for field in ("cookies", "headers", "data", "query_string", "env"):
        request.pop(field, None)
    return mask_nested(event)


def mask_nested(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: mask_nested(part) for key, part in value.items()}
    return [mask_nested(part) for part in value] if isinstance(value, list) else value
