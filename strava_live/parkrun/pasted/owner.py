"""Whose results a text says it holds, and whether that is the athlete who pastes it."""

import re
from dataclasses import dataclass

from strava_live.parkrun.titles import folded

# Before the table of a parkrunner's page stands "Alva BERG (A1234567)"; the address of the page holds the number too.
BARCODE = re.compile(r"\bA(\d{2,10})\b|parkrunner/(\d{2,10})", re.ASCII)
NAMED = re.compile(r"^[^\w\n]{0,10}([^\n(\t]{2,60}?) {0,3}\(A\d{2,10}\)", re.MULTILINE | re.ASCII)
GREETED = re.compile(r"^[ \t]{0,10}(?:hello|hi|dear|hey)[ \t]{1,5}([^\n,!.]{2,60})", re.IGNORECASE | re.MULTILINE)
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """The parkrun ids and the names that stand in the text."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def owner_in(text: str) -> Owner:
    ids = dict.fromkeys((found[1] or found[2]).lstrip("0") for found in BARCODE.finditer(text))
    names = dict.fromkeys(found[1].strip() for pattern in (NAMED, GREETED) for found in pattern.finditer(text))
    return Owner(tuple(ids)[:MOST_NAMED], tuple(names)[:MOST_NAMED])


def doubt_about(owner: Owner, *, parkrun_id: str, names: tuple[str, ...]) -> str:
    """Why it may be somebody else's, as a sentence; "" when nothing speaks for that. An id settles it, where the
    athlete has told us theirs; a name is theirs when they share a word of it."""
    others = [number for number in owner.ids if number != parkrun_id]
    if owner.ids and parkrun_id:
        return f"These are A{others[0]}'s results{_called(owner)}. You are A{parkrun_id}." if others else ""
    ours = {word for name in names for word in _words(name)}
    strangers = [name for name in owner.names if not ours & set(_words(name))]
    if strangers:
        return f"These results are for {strangers[0]}. Is that you?"
    if len(owner.ids) > 1:
        return "These are the results of several parkrunners."
    return f"These are A{owner.ids[0]}'s results. Is that you?" if owner.ids else ""


def _called(owner: Owner) -> str:
    return f" ({owner.names[0]})" if owner.names else ""


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", folded(name))
