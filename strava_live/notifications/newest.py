"""Read a person's notifications in words, with the names that this person may see now."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple, cast

from django.db.models import Exists, OuterRef, Window
from django.db.models.functions import RowNumber

from strava_live.clubs.models import Membership
from strava_live.formats import utc_iso_exact
from strava_live.notifications.models import Notification, NotificationActor
from strava_live.notifications.wording import WITHOUT_NAME, address, says
from strava_live.protocol.notifications import NotificationKind, NotificationShape
from strava_live.visibility import MOST_OPEN_FIRST, ShownAs, name_shown

NAMED = 3
"""The most actors that a notification names."""
ACTOR_COLUMNS = (
    "notification",
    "actor",
    "times",
    "actor__display_name",
    "actor__username",
    "actor__memberships__club",
    "actor__memberships__shown_as",
    "actor__memberships__state",
    "is_common",
)


class ActorInClub(NamedTuple):
    """One actor of a notification in one of the actor's clubs. `club_id` is None for an actor who is in no club."""

    note_id: int
    user_id: int
    times: int
    display_name: str
    username: str
    club_id: int | None
    shown_as: str | None
    state: str | None
    is_common: bool
    """Whether the reader is a member of this club."""

    def shows_name_in(self, club_id: int | None) -> bool:
        """Return whether the reader may see the actor's name: in the club `club_id` or, if None, in any common club."""
        if self.state != Membership.MemberState.ACTIVE or self.shown_as == ShownAs.HIDDEN:
            return False
        return self.is_common if club_id is None else self.club_id == club_id

    @property
    def name(self) -> str:
        return name_shown(self.display_name or self.username, self.shown_as or ShownAs.HIDDEN)


class Actor(NamedTuple):
    user_id: int
    times: int
    name: str
    """The name that the reader sees; "" if the person hides it."""


def encoded(user_id: int, notes: Sequence[Notification]) -> list[NotificationShape]:
    """Return a person's notifications as sockets and the API send them. One query, if `with_words` has loaded them."""
    actors = newest_actors(user_id, notes)
    return [encode(note, actors.get(note.pk, [])) for note in notes]


def encode(note: Notification, actors: Sequence[Actor]) -> NotificationShape:
    return {
        "id": note.pk,
        "kind": cast("NotificationKind", str(note.kind)),
        "at": utc_iso_exact(note.at),
        "read": note.read_at is not None,
        "says": says(note, [one.name for one in actors], actors[0].times if actors else 1),
        "url": address(note, actors[0].user_id if actors else None),
        "actors": [
            {"id": one.user_id, "name": one.name} if one.name else {"id": None, "name": WITHOUT_NAME.lower()}
            for one in actors
        ],
        "count": note.count,
    }


def newest_actors(user_id: int, notes: Sequence[Notification]) -> dict[int, list[Actor]]:
    """Return the newest actors of each notification, newest first, with the names that the reader sees."""
    clubs = {note.pk: note.club_id for note in notes if note.count}
    if not clubs:
        return {}
    place = Window(RowNumber(), partition_by="notification", order_by=["-at", "-pk"])
    newest = NotificationActor.objects.filter(notification__in=clubs).annotate(place=place).filter(place__lte=NAMED)
    common = Membership.objects.active().filter(user=user_id, club=OuterRef("actor__memberships__club"))
    rows = NotificationActor.objects.filter(pk__in=newest.values("pk")).annotate(is_common=Exists(common))
    in_clubs = [ActorInClub(*row) for row in rows.order_by("-at", "-pk").values_list(*ACTOR_COLUMNS)]
    actors: dict[int, list[Actor]] = {}
    for (note_id, actor_id), found in groupby(in_clubs, key=lambda row: (row.note_id, row.user_id)):
        of_actor = list(found)
        name = name_seen(of_actor, clubs[note_id])
        actors.setdefault(note_id, []).append(Actor(actor_id, of_actor[0].times, name))
    return actors


def name_seen(of_actor: Sequence[ActorInClub], club_id: int | None) -> str:
    """Return the most open of an actor's names that the reader may see; "" if there is none."""
    shown = [row for row in of_actor if row.shows_name_in(club_id)]
    return min(shown, key=lambda row: MOST_OPEN_FIRST.index(ShownAs(row.shown_as or ""))).name if shown else ""
