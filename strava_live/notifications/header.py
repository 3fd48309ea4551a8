"""What the header of every page shows, read in few queries: counts, and the newest notifications.

The number of unread direct messages is a column of `Inbox`. This module reads the column through `User`, and so does
not import `strava_live.messages`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from strava_live.accounts.models import User
from strava_live.notifications.models import Notification
from strava_live.notifications.newest import encoded
from strava_live.protocol.notifications import NEWEST_NOTIFICATIONS, NotificationShape


class HeaderState(NamedTuple):
    """A person's unread notifications and messages. Two states differ if the header has something new to show."""

    unread: int = 0
    messages: int = 0
    newest: datetime | None = None
    """The time of the newest unread notification."""
    people: int = 0
    """How many actors the unread notifications have in all."""


class HeaderContents(NamedTuple):
    state: HeaderState
    notifications: list[NotificationShape]
    """The newest notifications, newest first."""


def header_states(user_ids: Sequence[int]) -> list[HeaderState]:
    """Return the state of each of these people, in one query. The counts of a deleted account are 0."""
    rows = User.objects.filter(pk__in=user_ids).annotate(**columns("pk", inbox="inbox__unread"))
    found = {pk: HeaderState(*state) for pk, *state in rows.values_list("pk", *HeaderState._fields)}
    return [found.get(user_id, HeaderState()) for user_id in user_ids]


def read_header(user_id: int) -> HeaderContents:
    """Return the state and the newest notifications of a person, in two queries."""
    notes = Notification.objects.of(user_id).newest_first().with_words()
    rows = list(notes.annotate(**columns("user", inbox="user__inbox__unread"))[:NEWEST_NOTIFICATIONS])
    if not rows:
        return HeaderContents(header_states([user_id])[0], [])
    state = HeaderState(*(getattr(rows[0], name) for name in HeaderState._fields))
    return HeaderContents(state, encoded(user_id, rows))


def columns(user: str, *, inbox: str) -> dict[str, Any]:
    """Return expressions for the values of a HeaderState. `user` and `inbox` are the paths from the queried rows."""
    unread = Notification.objects.unread().filter(user=OuterRef(user)).order_by().values("user")
    return {
        "unread": Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0),
        "messages": Coalesce(F(inbox), 0),
        "newest": Subquery(unread.annotate(n=Max("at")).values("n")),
        "people": Coalesce(Subquery(unread.annotate(n=Sum("count")).values("n")), 0),
    }
