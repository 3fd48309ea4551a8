"""The client's IP address, the site's public URL, and which URLs can be redirected to.

Each proxy appends to X-Forwarded-For the IP address from which it has received the request. Behind N proxies of our
own, the N-th address from the right is the client's. The addresses to the left of that come from the client itself, who
can write anything there.
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The host names of a site on the visitor's own machine."""
OTHER_PROXY_HEADERS = ("Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto")
"""Headers by which a request without X-Forwarded-For shows that it came through a proxy."""
LONGEST_REDIRECT = 2000
"""The most characters of a URL to redirect to. Django refuses more than 2,048, and a view may append a fragment."""


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address; "" if there is none, as for a request through a Unix socket.

    The address is taken from X-Forwarded-For (see the module). The address of the connection is taken instead in three
    cases: TRUSTED_PROXIES is 0, the header has fewer addresses than TRUSTED_PROXIES, or the text in the client's place
    is not a valid address.
    """
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    claimed = hops[-proxies] if 0 < proxies <= len(hops) else nearest
    return claimed if is_address(claimed) else nearest


def is_on_this_machine(request: HttpRequest) -> bool:
    """Return whether the client is on this machine.

    Behind a proxy on this machine that TRUSTED_PROXIES does not count, every client would seem to be on this machine.
    So also return False if a request may have come through such a proxy:

    - The request has X-Forwarded-For, but TRUSTED_PROXIES is 0.
    - X-Forwarded-For has fewer addresses than TRUSTED_PROXIES.
    - The request has no X-Forwarded-For, but one of OTHER_PROXY_HEADERS.
    """
    forwarded = request.headers.get("X-Forwarded-For")
    if forwarded is None and any(name in request.headers for name in OTHER_PROXY_HEADERS):
        return False
    if forwarded is not None and not 0 < settings.TRUSTED_PROXIES <= len(forwarded.split(",")):
        return False
    client = client_address(request)
    if not is_address(client):
        return False
    address = ipaddress.ip_address(client)
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def site_address(request: HttpRequest) -> str:
    """Return the site's URL for links that lead back from elsewhere, such as from Strava.

    This is SITE_URL. On a developer's machine it is the URL that the browser uses: `localhost` and `127.0.0.1` are the
    same site there, but a browser has separate cookies for the two.
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
    """Return False if Python cannot parse the URL (`//[`, `http://[`), or if it is too long for a redirect."""
    try:
        urlsplit(url)
        urlsplit(url.replace("\\", "/"))
    except ValueError:
        return False
    return len(iri_to_uri(url)) <= LONGEST_REDIRECT
