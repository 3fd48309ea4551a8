"""Find whose results a text contains, and write a question to the athlete if these may be another parkrunner's."""

import re
from dataclasses import dataclass

from strava_live.parkrun.titles import folded

BARCODE = re.compile(r"\bA(\d{2,10})\b|parkrunner/(\d{2,10})", re.ASCII)
"""A parkrun id, as in the heading "Alva BERG (A1234567)" of a results page, or in the page's address."""
NAMED = re.compile(r"^[^\w\n]{0,10}([^\n(\t]{2,60}?) {0,3}\(A\d{2,10}\)", re.MULTILINE | re.ASCII)
GREETED = re.compile(r"^[ \t]{0,10}(?:hello|hi|dear|hey)[ \t]{1,5}([^\n,!.]{2,60})", re.IGNORECASE | re.MULTILINE)
MOST_OWNERS = 5
"""At most this many ids, and this many names, are kept of a text."""


@dataclass(frozen=True, slots=True)
class PasteOwner:
    """The parkrun ids and the names of parkrunners in a text."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def find_owner(text: str) -> PasteOwner:
    ids = dict.fromkeys((found[1] or found[2]).lstrip("0") for found in BARCODE.finditer(text))
    names = dict.fromkeys(found[1].strip() for pattern in (NAMED, GREETED) for found in pattern.finditer(text))
    return PasteOwner(tuple(ids)[:MOST_OWNERS], tuple(names)[:MOST_OWNERS])


def ownership_question(owner: PasteOwner, *, parkrun_id: str, names: tuple[str, ...]) -> str:
    """Return a question to the athlete if the results may be another parkrunner's. Otherwise return "".

    `parkrun_id` (without the "A") and `names` are the athlete's own. If the text has an id and the athlete's is known,
    only ids are compared. Otherwise the question is about a name in the text that has no word in common with any of
    `names`, or else about an id in the text.
    """
    if owner.ids and parkrun_id:
        others = [number for number in owner.ids if number != parkrun_id]
        called = f" ({owner.names[0]})" if owner.names else ""
        return f"These are A{others[0]}'s results{called}. You are A{parkrun_id}." if others else ""
    own_words = {word for name in names for word in name_words(name)}
    strangers = [name for name in owner.names if not own_words & set(name_words(name))]
    if strangers:
        return f"These results are for {strangers[0]}. Is that you?"
    if len(owner.ids) > 1:
        return "These are the results of several parkrunners."
    return f"These are A{owner.ids[0]}'s results. Is that you?" if owner.ids else ""


def name_words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", folded(name))
