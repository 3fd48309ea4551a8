"""Where a request comes from, and where the site is.

For every limit an address is counted from the right of X-Forwarded-For.

Each proxy appends the address that it has seen. With N proxies of our own, the N-th from the right is the client's;
whatever stands left of it was sent along by the client and may say anything.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def client_address(request: HttpRequest) -> str:
    """An IP address, or "" when the server knows none (a Unix socket). A header that is too short is not believed."""
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    claimed = hops[-proxies] if 0 < proxies <= len(hops) else nearest
    return claimed if is_address(claimed) else nearest


def site_address(request: HttpRequest) -> str:
    """Where links from outside lead: the one public address. On one's own machine every name of it is as good, and
    only the one in the browser has its cookies."""
    port = f":{settings.SITE.port}" if settings.SITE.port else ""
    local = settings.SITE.host in LOOPBACK and request.get_host() in {f"{name}{port}" for name in LOOPBACK}
    return f"{settings.SITE.scheme}://{request.get_host()}" if local else str(settings.SITE_URL)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
