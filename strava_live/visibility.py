"""The rules of who may see what of an athlete. Pages, sockets, wall screens and counts all use this module.

A wall screen is a display for everyone to see, such as a television in the club's café.

- A club sees an athlete's parkruns only while the athlete shares them with this club. Even then, a parkrun whose
  activity is not visible to everyone at Strava stays private.
- Members and screens see an athlete under the name that the athlete chose for this club. A hidden athlete is
  "a member": no id, no link to Strava, and no model of a watch, which could tell who it is.
- Wall screens get no athlete's id and no link, because anyone who passes by can read them.
- Captains see the full name of each member and of each person who asks to join.
- A person with an invitation who is not a member sees the club's name and its number of members, but no member's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, TextChoices

from strava_live.protocol import AthleteShape

FOR_EVERYONE = "everyone"
"""Strava's word for an activity that everyone may see. Clubs see only such activities. Strava's other words are
`followers_only` and `only_me`."""
SHAREABLE_RESULT = Q(activity=None, withheld=False) | Q(activity__visibility=FOR_EVERYONE)
"""Filter for parkrun results that clubs may see if their athlete shares parkruns: those whose activity is visible to
everyone at Strava, and those that never had an activity. A result is `withheld` after its activity was removed."""
PRIVATE_RESULT = Q(activity__isnull=False) & ~Q(activity__visibility=FOR_EVERYONE)
"""Filter for parkrun results that only the athlete may see, because their activity is not visible to everyone."""


class ShownAs(TextChoices):
    """Under which name an athlete appears in a club. The labels are the choices of a form."""

    FULL = "full", "my whole name"
    SHORT = "short", "my first name and an initial"
    HIDDEN = "hidden", "a member, without a name"


MOST_OPEN_FIRST = (ShownAs.FULL, ShownAs.SHORT, ShownAs.HIDDEN)
"""The choices from the one that shows most of a name to the one that shows none."""


def name_shown(name: str, shown_as: str) -> str:
    """Return a person's name as a club sees it: "Alva Berg", "Alva B.", or "" if the person hides their name."""
    if shown_as == ShownAs.HIDDEN:
        return ""
    first, _, rest = name.strip().partition(" ")
    if shown_as == ShownAs.FULL or not rest.strip():
        return name
    return f"{first} {rest.split()[-1][0].upper()}."


def athlete_shown(athlete_id: int | None, name: str, *, on_screen: bool = False) -> AthleteShape | None:
    """Return the `athlete` of an entry as members or wall screens get it; None if the name is hidden.

    `name` is the result of `name_shown` for this club.
    """
    if not name or athlete_id is None:
        return None
    return {"name": name} if on_screen else {"id": athlete_id, "name": name}


NOT_NOTED = "not_noted"
"""The field in the `data` of a reply whose notification was left out (social/notifying.py)."""


def data_shown(data: dict[str, Any], name: str, *, on_screen: bool = False) -> dict[str, Any]:
    """Return the `data` of an entry as members or wall screens get it, given the name that this club sees.

    Leave out NOT_NOTED, which says that a reply caused no notification: its author must not learn of a mute. Without a
    name, leave out what would identify the athlete: the link to Strava, and the model of the device. Members whom a
    post mentions and who hide their names are left out, too, and all mentions on screens.
    """
    shown = {name: value for name, value in data.items() if name != NOT_NOTED}
    if not name and "url" in shown:
        shown["url"] = None
    if not name and shown.get("device"):
        shown["device"] = shown["device"].split()[0]  # the brand alone
    if mentions := [one for one in shown.pop("mentions", ()) if one["name"]]:
        shown["mentions"] = mentions
    if on_screen:
        shown.pop("url", None)
        shown.pop("mentions", None)
    return shown


class Consent(Protocol):
    """What a member lets one club see. A `Membership` has these attributes."""

    @property
    def shown_as(self) -> str: ...
    @property
    def shown_name(self) -> str: ...
    @property
    def shares_parkruns(self) -> bool: ...
    @property
    def is_captain(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class SeenAcrossClubs:
    """What one member sees of another, over all clubs that both are in."""

    name: str
    """The name to show; "" if the person hides it in all these clubs."""
    is_captain: bool
    shares_parkruns: bool


def seen_across_clubs(consents: Sequence[Consent]) -> SeenAcrossClubs:
    """Combine what a person lets each of several clubs see, for a viewer who is a member of all of them.

    The name is the most open one. If the viewer knows the name from one club, nothing may link it to what the person
    does without a name in another. So clubs in which the person hides their name do not count, with one exception: if
    the person hides it in all clubs, all of them count for `shares_parkruns`.
    """
    most_open = min(consents, key=lambda one: MOST_OPEN_FIRST.index(ShownAs(one.shown_as)))
    named = [one for one in consents if one.shown_as != ShownAs.HIDDEN]
    return SeenAcrossClubs(
        name=most_open.shown_name,
        is_captain=any(one.is_captain for one in named),
        shares_parkruns=any(one.shares_parkruns for one in named or consents),
    )
