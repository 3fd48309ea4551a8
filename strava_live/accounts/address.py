"""Addresses: the client's IP address, the site's public URL, and URLs that can be redirected to.

Each proxy appends the address it received the request from to X-Forwarded-For. Behind N proxies of our own, the N-th
address from the right is the client's. The addresses left of it were sent by the client, who can write anything there.
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LONGEST_REDIRECT = 2000
"""Characters. Django refuses to redirect to more than 2,048, and a view may append a fragment."""


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address, or "" if the server knows none (a Unix socket).

    If X-Forwarded-For has fewer addresses than there are proxies, it is ignored.
    """
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    claimed = hops[-proxies] if 0 < proxies <= len(hops) else nearest
    return claimed if is_address(claimed) else nearest


def site_address(request: HttpRequest) -> str:
    """Return the site's URL for links from outside: SITE_URL, or on a developer's machine the URL in the browser.

    `localhost` and `127.0.0.1` reach the same site there, but the browser sends its cookies only to the name in use.
    """
    port = f":{settings.SITE.port}" if settings.SITE.port else ""
    local = settings.SITE.host in LOOPBACK and request.get_host() in {f"{name}{port}" for name in LOOPBACK}
    return f"{settings.SITE.scheme}://{request.get_host()}" if local else str(settings.SITE_URL)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def can_redirect_to(url: str) -> bool:
    """Return False for a URL that Python cannot parse (`//[`, `http://[`) or that is too long for a header."""
    try:
        urlsplit(url)
        urlsplit(url.replace("\\", "/"))
    except ValueError:
        return False
    return len(iri_to_uri(url)) <= LONGEST_REDIRECT
