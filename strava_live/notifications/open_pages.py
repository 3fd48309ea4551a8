"""Note which people have a page of the site open, because browser push is only for those who have none.

Each page of a signed-in person has a socket, /ws/notifications/. The socket notes its page in a set in the cache, and
renews the note with each ping of the client. Without Redis, the cache is in the memory of the one process. If a process
is killed, its notes expire by themselves.
"""

from typing import Protocol, cast

from django.core.cache import cache

SEEN_FOR_S = 60.0
"""How long a page counts as open after its last ping. A client pings at least every 30 seconds."""
HIDDEN_FOR_S = 30.0
"""How long a page counts as open after the person has gone to another tab or app."""
LEFT_FOR_S = 5.0
"""How long a page counts as open after it was left: as long as the next page may take to open."""


class Sets(Protocol):
    """What the caches of site_config/cache.py have beside Django's methods."""

    def keep_in_set(self, key: str, member: str, seconds: float) -> None: ...
    def is_set_empty(self, key: str) -> bool: ...


def note_page(user_id: int, page: str, seconds: float = SEEN_FOR_S) -> None:
    """Count a page as open for `seconds` from now. `page` is any name that no other page has."""
    cast(Sets, cache).keep_in_set(key_of(user_id), page, seconds)


def has_page_open(user_id: int) -> bool:
    """Return whether the person has a page open that can be seen, or was seen a moment ago."""
    return not cast(Sets, cache).is_set_empty(key_of(user_id))


def key_of(user_id: int) -> str:
    return f"pages.{user_id}"
