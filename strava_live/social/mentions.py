"""Find the members whom a post mentions: `@` and a name as the club shows it, such as `@Ana B.`, in any case.

The longest name wins. If two members have the same name, the post must come with the id of the one who is meant.
Without the id, the name stays as it was typed and mentions neither. Hidden members have no name here, so they cannot be
mentioned.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from strava_live.clubs.models import Membership
from strava_live.feed.mention_text import NamedMention, escape, in_place_of_name
from strava_live.social.post_text import BadPost

MOST_MENTIONS = 20
MOST_OFFERED = 8
"""The most members that are offered while an author types a name."""
MANY_MENTIONS = f"A post can mention up to {MOST_MENTIONS} members."

Names = Mapping[str, Sequence[NamedMention]]
"""The members of each name, by the name in lower case."""


class MentioningText(NamedTuple):
    """The text of a post as it is stored, and the members whom it mentions, in the order of the text."""

    stored: str
    mentions: list[NamedMention]


def find_mentions(club_id: int, text: str, chosen: Sequence[int]) -> MentioningText:
    """Replace the name in each mention by the member's id. Raise BadPost if there are too many mentions.

    `chosen` are the ids of members whom the author has picked by name, in the order of the text.
    """
    if "@" not in text:
        return MentioningText(text, [])
    parts: list[str] = []
    mentioned: list[NamedMention] = []
    begin = 0
    picked = list(chosen)
    for at, end, people in names_in(text, names_in_club(club_id)):
        if (who := which(people, picked)) is not None:
            parts += [escape(text[begin:at]), in_place_of_name(who["id"])]
            mentioned.append(who)
            begin = end
    if len(mentioned) > MOST_MENTIONS:
        raise BadPost(MANY_MENTIONS)
    if not mentioned:
        return MentioningText(text, [])
    stored = "".join([*parts, escape(text[begin:])])
    return MentioningText(stored, list({one["id"]: one for one in mentioned}.values()))


def names_in_club(club_id: int) -> Names:
    names: dict[str, list[NamedMention]] = {}
    for member in Membership.objects.active().in_club(club_id).select_related("user").order_by("pk"):
        if name := member.shown_name:
            names.setdefault(name.lower(), []).append({"id": member.user_id, "name": name})
    return names


def names_in(text: str, names: Names) -> Iterator[tuple[int, int, Sequence[NamedMention]]]:
    """Yield the place of each `@` with a name, the end of the name, and the members of this name.

    The `@` in an email address begins no mention, and `@Ana` is not found in `@Anabel`.
    """
    lengths = sorted({len(one["name"]) for people in names.values() for one in people}, reverse=True)
    at = text.find("@")
    while at >= 0:
        end = at + 1
        if at == 0 or not text[at - 1].isalnum():
            for length in lengths:
                people = names.get(text[at + 1 : at + 1 + length].lower())
                if people and not text[at + 1 + length : at + 2 + length].isalnum():
                    end = at + 1 + length
                    yield at, end, people
                    break
        at = text.find("@", end)


def which(people: Sequence[NamedMention], picked: list[int]) -> NamedMention | None:
    """Return which of the members with one name is meant; None if that is not clear.

    Each id that the author picked counts for one mention. The last id for a name also counts for all later mentions of
    this name.
    """
    ids = [one for one in picked if any(one == person["id"] for person in people)]
    if ids:
        if len(ids) > 1:
            picked.remove(ids[0])
        return next(person for person in people if person["id"] == ids[0])
    return people[0] if len(people) == 1 else None


def members_named(club_id: int, beginning: str, *, without: int) -> list[NamedMention]:
    """Return the members to offer after an author has typed `@` and the beginning of a name.

    Names that begin with what was typed come first, then names of which a later word does. Hidden members are never
    offered.
    """
    typed = beginning.strip().lower()
    found = [
        person
        for name, people in names_in_club(club_id).items()
        if name.startswith(typed) or f" {typed}" in name
        for person in people
        if person["id"] != without
    ]
    return sorted(found, key=lambda one: (not one["name"].lower().startswith(typed), one["name"].lower(), one["id"]))[
        :MOST_OFFERED
    ]
