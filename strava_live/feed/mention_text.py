"""The text of a post that mentions members, as it is stored: with `@[<id>]` in place of each name.

The names are in the entry's `data`, so that an entry is encoded without a query, and a new name of a member is written
to one place. A text that has no mention is stored as its author typed it.
"""

import re
from collections.abc import Iterable

from typing_extensions import TypedDict

STORED = re.compile(r"@\[(\[|[0-9]*\])")
"""`@[<id>]` for a member, `@[]` for one who has left the club, and `@[[` for `@[` as the author typed it."""


class NamedMention(TypedDict):
    """One person in `Entry.data["mentions"]`."""

    id: int
    name: str
    """The name that the club sees; "" for a hidden member."""


def in_place_of_name(user_id: int) -> str:
    return f"@[{user_id}]"


def escape(text: str) -> str:
    """Escape a part of a post's text that is not a mention, if the post has mentions."""
    return text.replace("@[", "@[[")


def without_person(text: str, user_id: int) -> str:
    """Return a stored text without this person's id: `@[]` replaces each mention of them."""
    return text.replace(in_place_of_name(user_id), "@[]")


def renamed(mentions: Iterable[NamedMention], user_id: int, name: str) -> list[NamedMention]:
    """Return mentions with another name for this person."""
    return [{"id": one["id"], "name": name} if one["id"] == user_id else one for one in mentions]


def with_names(text: str, mentions: Iterable[NamedMention], *, unnamed: str) -> str:
    """Return a stored text with its mentions as people read them. `unnamed` stands for a person without a name."""
    names = {f"{one['id']}]": one["name"] or unnamed for one in mentions}
    return STORED.sub(lambda found: "@[" if found[1] == "[" else f"@{names.get(found[1], unnamed)}", text)
