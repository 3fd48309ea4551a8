"""Where a request comes from, for every limit: counted from the right of X-Forwarded-For.

Each proxy appends the address that it has seen. With N proxies of our own, the N-th from the right is the client's;
whatever stands left of it was sent along by the client and may say anything.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """An IP address, or "" when the server knows none (a Unix socket). A header that is too short is not believed."""
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    claimed = hops[-proxies] if 0 < proxies <= len(hops) else nearest
    return claimed if is_address(claimed) else nearest


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
