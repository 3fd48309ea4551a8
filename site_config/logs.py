"""One line an event, key=value, with the request's id; no secret that travels in a path is ever in one.

Nothing here imports Django: settings need it before Django is set up.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Path segments that are keys: a screen's, an invitation's, the webhook's, a password reset's.
SECRET_IN_PATH = re.compile(
    r"(?P<before>/screen/|/ws/screens/|/join/|/strava/webhook/|/password/reset/key/)(?P<secret>[^/?#\s\"']+)"
)
BEARER = re.compile(r"(?i)\b(bearer|access_token|refresh_token|client_secret|code|state|token)([=: ]+)[^\s&\"',;]+")
OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time"}


def masked(text: str) -> str:
    """The text without keys in paths and without tokens in query strings or headers."""
    return BEARER.sub(r"\1\2***", SECRET_IN_PATH.sub(r"\g<before>***", text))


def quoted(value: object) -> str:
    text = masked(str(value)).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
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
        if record.exc_info:
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
    """What Sentry may have of an event: keys masked, no cookies, no headers, no body, no query string."""
    request = event.get("request", {})
    for field in ("cookies", "headers", "data", "query_string", "env"):
        request.pop(field, None)
    if "url" in request:
        request["url"] = masked(request["url"])
    return event
