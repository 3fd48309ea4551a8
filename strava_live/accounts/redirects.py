"""Which of the addresses that a request names can be redirected to at all."""

from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

LONGEST = 2000
"""Characters; Django refuses to redirect to more than 2,048, and a view may append a fragment."""


def can_redirect_to(url: str) -> bool:
    """Return False for an address that Python cannot parse (`//[`, `http://[`) or that is too long for a header."""
    try:
        urlsplit(url)
        urlsplit(url.replace("\\", "/"))
    except ValueError:
        return False
    return len(iri_to_uri(url)) <= LONGEST
