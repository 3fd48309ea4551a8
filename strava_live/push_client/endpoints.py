"""Check that an address belongs to a known push service. No other address is ever called.

A person with an account can send this site any endpoint, and the site calls it later. Without this check, the person
could make the site call an address in its own network.
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
"""The most characters of an endpoint. Real endpoints have up to about 600."""
ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
    r"/[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*"
)
"""An address without user name, fragment or spaces, so that every program finds the same host in it."""
HOST = re.compile(r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]+")
"""A valid host name. International names are left out: no push service has one, and some are not valid."""


def require_known_endpoint(endpoint: str, extra_hosts: Collection[str] = ()) -> str:
    """Return the host of an endpoint, with its port if it has one. Raise PushAddressRefused if the site may not call
    it.

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
    return host in HOSTS or (host.endswith(DOMAINS) and HOST.fullmatch(host) is not None)


def must_show_every_message(host: str) -> bool:
    """Return True for Safari, which ends a subscription if a message to it shows no notification."""
    return host.endswith(APPLE)
