"""Which addresses are those of push services. No other address is ever called.

Anybody who has an account can send this site an endpoint, which the site calls later. So without this check, they could
make it call any address, also one inside the network of the site.
"""

import re
from collections.abc import Collection

from strava_live.push_client.errors import PushAddressRefused

HOSTS = frozenset({"fcm.googleapis.com", "android.googleapis.com", "jmt17.google.com"})
"""The hosts of Google's service, for Chrome and browsers built on it. The last is for builds without Google's keys."""
DOMAINS = (".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com")
"""How the hosts of other services end: Firefox, Edge, Safari."""
APPLE = ".push.apple.com"
LONGEST = 1000
"""The most characters of an endpoint. Those of push services have up to about 600."""
ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
    r"/[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*"
)
"""An address without user name, fragment or spaces, so that every program finds the same host in it."""

LABEL = re.compile(r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A part of a host's name between dots. No push service has letters of other alphabets in it (`xn--`), and a program
may fail over such a part that is malformed."""


def require_known_endpoint(endpoint: str, extra_hosts: Collection[str] = ()) -> str:
    """Return the host of an endpoint, with its port if it has one. Raise PushAddressRefused if it may not be called.

    `extra_hosts` are further hosts, each with its port if that is not the usual one. Only these may use plain HTTP.
    """
    parts = ENDPOINT.fullmatch(endpoint) if len(endpoint) <= LONGEST else None
    if parts is None:
        raise PushAddressRefused("the endpoint is not a web address")
    host, port = parts["host"], parts["port"]
    named = host if port is None else f"{host}:{port}"
    if named in extra_hosts:
        return named
    if parts["scheme"] != "https" or port not in (None, "443") or not is_push_service(host):
        raise PushAddressRefused("the endpoint is not at a known push service")
    return host


def host_of(endpoint: str) -> str:
    """Return the host of an endpoint, with its port if it has one; "" if it is not a web address."""
    parts = ENDPOINT.fullmatch(endpoint)
    return "" if parts is None else parts["host"] + (f":{parts['port']}" if parts["port"] else "")


def is_push_service(host: str) -> bool:
    if host in HOSTS:
        return True
    return host.endswith(DOMAINS) and all(LABEL.fullmatch(label) for label in host.split("."))


def shows_every_message(host: str) -> bool:
    """Return True for a browser that withdraws the subscription if a message shows nothing: Safari."""
    return host.endswith(APPLE)
