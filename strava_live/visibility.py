"""Who may see what of an athlete: the one place for these rules. Pages, sockets, walls and counts apply them.

- A club sees an athlete's parkruns only while the athlete shares them with this club, and never a parkrun whose
  activity is not visible to everyone at Strava.
- Members and screens see an athlete under the name that the athlete chose for this club. A hidden athlete is
  "a member": no id, no link to Strava, and no model of a watch, which could tell who it is.
- Screens get neither ids nor links, because anyone who passes by can read them.
- Captains see the full name of each member and of each person who asks to join.
- A person with an invitation who is not a member sees the club's name and how many members it has, and no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, TextChoices

from strava_live.protocol import AthleteShape

FOR_EVERYONE = "everyone"
"""Strava's visibility of an activity that clubs may see. The others are `followers_only` and `only_me`."""
SHAREABLE_RESULT = Q(activity=None, withheld=False) | Q(activity__visibility=FOR_EVERYONE)
"""Parkrun results that clubs may see while their athlete shares parkruns."""
PRIVATE_RESULT = Q(activity__isnull=False) & ~Q(activity__visibility=FOR_EVERYONE)
"""Parkrun results that add to the athlete's own count only."""


class ShownAs(TextChoices):
    FULL = "full", "my whole name"
    SHORT = "short", "my first name and an initial"
    HIDDEN = "hidden", "a member, without a name"


MOST_OPEN_FIRST = (ShownAs.FULL, ShownAs.SHORT, ShownAs.HIDDEN)


def name_shown(name: str, shown_as: str) -> str:
    """Return the name as a club and its screens see it: Alva Berg, Alva B., or "" for a hidden athlete."""
    if shown_as == ShownAs.HIDDEN:
        return ""
    first, _, rest = name.strip().partition(" ")
    if shown_as == ShownAs.FULL or not rest.strip():
        return name
    return f"{first} {rest.split()[-1][0].upper()}."


def athlete_shown(athlete_id: int | None, name: str, *, on_screen: bool = False) -> AthleteShape | None:
    """Return an entry's athlete as members or screens get it. `name` is the name shown in this club."""
    if not name or athlete_id is None:
        return None
    return {"name": name} if on_screen else {"id": athlete_id, "name": name}


def data_shown(data: dict[str, Any], name: str, *, on_screen: bool = False) -> dict[str, Any]:
    """Return an entry's data without what would identify a hidden athlete, or lead from a screen to an athlete."""
    shown = dict(data)
    if not name and "url" in shown:
        shown["url"] = None
    if not name and shown.get("device"):
        shown["device"] = shown["device"].split()[0]  # the make alone
    if on_screen:
        shown.pop("url", None)
    return shown


class Consent(Protocol):
    """What a member lets one club see; a Membership."""

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
    """What a viewer sees of a person with whom they share one club or several. A `name` of "" is "a member"."""

    name: str
    is_captain: bool
    shares_parkruns: bool


def seen_across_clubs(consents: Sequence[Consent]) -> SeenAcrossClubs:
    """Combine what a person lets each of the viewer's clubs see: the most open name, and parkruns shared under a name.

    Parkruns that are shared without a name in one club do not appear under the name that another club shows: the
    viewer would learn whose they are. A hidden captain is not marked as a captain, for the same reason.
    """
    most_open = min(consents, key=lambda one: MOST_OPEN_FIRST.index(ShownAs(one.shown_as)))
    named = [one for one in consents if one.shown_as != ShownAs.HIDDEN]
    return SeenAcrossClubs(
        name=most_open.shown_name,
        is_captain=any(one.is_captain for one in named),
        shares_parkruns=any(one.shares_parkruns for one in named or consents),
    )
