"""Refuse sockets that pages of other sites open. Check host and scheme of requests that bypass Django's middleware.

If a page of another site opens a socket to us, a browser may send our session cookie with it.
"""

import io
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http.request import validate_host


class SameOriginOnly:
    """ASGI middleware that refuses a handshake unless its Origin header names this site.

    The scheme must be that of settings.SITE. Host and port must be those of the Host header, and ALLOWED_HOSTS must
    allow the host.
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.denied: Any = WebsocketDenier.as_asgi()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        allowed = is_same_origin(header(scope, b"origin"), header(scope, b"host"))
        return await (self.application if allowed else self.denied)(scope, receive, send)


def header(scope: dict[str, Any], name: bytes) -> str:
    """Return the value of a request header; "" if it is missing or sent more than once."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def request_to_site(scope: dict[str, Any]) -> ASGIRequest | None:
    """Return an HTTP request without its body; None if its host or scheme is wrong by Django's own rules."""
    request = ASGIRequest(scope, io.BytesIO())
    try:
        request.get_host()
    except DisallowedHost:
        return None
    return None if settings.SECURE_SSL_REDIRECT and not request.is_secure() else request


def is_same_origin(origin: str, host: str) -> bool:
    """Return whether an Origin header names the site of a Host header, and that host is allowed."""
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"{settings.SITE.scheme}://{host}")
        same_port = port_of(theirs.scheme, theirs.port) == port_of(ours.scheme, ours.port)
    except ValueError:
        return False
    same = theirs.scheme == ours.scheme and theirs.hostname == ours.hostname and same_port
    allowed = ours.hostname is not None and validate_host(bracketed(ours.hostname), settings.ALLOWED_HOSTS)
    bare = not (theirs.path or theirs.query or theirs.fragment or "@" in theirs.netloc)
    return bool(same and allowed and bare)


def port_of(scheme: str, port: int | None) -> int:
    """Return the port, or the default port of the scheme."""
    return port or {"https": 443}.get(scheme, 80)


def bracketed(hostname: str) -> str:
    """Put an IPv6 address in brackets, as `validate_host` expects it."""
    return f"[{hostname}]" if ":" in hostname else hostname
