"""Which notifications a mute or a block holds back: those of people whose names the reader sees.

In a club in which a person hides their name, a mute has no effect. If it had, a post without a name would come without
a notification only if its author is muted. By muting one clubmate after another, a member could learn whose it is.
"""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q

from strava_live.clubs.models import Membership
from strava_live.muting.models import Mute
from strava_live.notifications.models import NotificationActor


def muting(actor_id: int, people: Collection[int], club_id: int | None) -> set[int]:
    """Return those of `people` who are not to be notified of what a person does in a club (None: outside clubs)."""
    found = Mute.objects.muting(actor_id, people)
    if found and Membership.objects.hidden().of(actor_id).filter(club=club_id).exists():
        return set()
    return found


def with_name(actor_id: int) -> Q:
    """Filter for rows of NotificationActor: what a person has done outside the clubs in which their name is hidden."""
    return ~Q(notification__club__in=Membership.objects.hidden().of(actor_id).values("club"))


def from_muted_people(notification_ids: Iterable[int]) -> set[int]:
    """Return the ids of the notifications whose actors the reader has all muted or blocked, and sees under their names.

    Pass only notifications that have actors.
    """
    acted = set(notification_ids)
    if not acted:
        return set()
    mute = Mute.objects.filter(owner=OuterRef("notification__user"), other=OuterRef("actor"))
    hidden = Membership.objects.hidden().filter(user=OuterRef("actor"), club=OuterRef("notification__club"))
    heard = NotificationActor.objects.filter(Exists(hidden) | ~Exists(mute), notification__in=acted)
    return acted - set(heard.values_list("notification", flat=True))
