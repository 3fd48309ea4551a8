"""Find what an activity's title says about parkrun, and simplify names, so that they can be compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i"})
"""Letters that Unicode does not split into a plain letter and an accent."""


def folded(text: str) -> str:
    """Simplify a text for comparisons: lower case, plain letters instead of é, 𝗽 or ø, no invisible characters."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    return "".join(kept).translate(LETTERS)


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a name or title, without "parkrun" and "junior", which distinguish no event."""
    plain = folded(text).replace("'", "").replace("’", "").replace("parkrun", " ")
    return tuple(word for word in re.findall(r"[^\W_]+", plain) if word not in ("junior", "juniors"))


def is_junior(name: str) -> bool:
    """Return whether the name is a junior event's."""
    return "junior" in folded(name)


OTHER_SCRIPTS = "|".join(folded(word) for word in ("паркран", "パークラン", "파크런", "公园跑", "公園跑"))
"""The word parkrun in Cyrillic, Japanese, Korean and both kinds of Chinese."""
PARKRUN = re.compile(rf"park[-_.]?run|{OTHER_SCRIPTS}")
PARK_RUN = re.compile(r"\bpark\s+run\b")
NOT_PARKRUN = re.compile(
    r"\(?\b(?:not|no|non|missed)\b\W{0,3}(?:(?:a|the|my)\W)?park[- ]?run|notparkrun"
    r"|instead of (?:a |the |my )?park[- ]?run|freedom ?run|virtual park[- ]?run"
)
BEFORE_OR_AFTER = re.compile(
    r"\b(?:to|from|before|after|pre|post)\b[\s-]*park[- ]?run|warm(?:ing)?[\s-]*up|cool(?:ing)?[\s-]*down"
    r"|einlaufen|auslaufen|volunteer|marshal"
)
SPECIAL_DAY = re.compile(
    r"\b(?:christmas|xmas|boxing day|new year|easter|good friday|whit (?:sun|mon)day|pentecost|ascension|thanksgiving"
    r"|(?:bank|public) holiday|special|anniversary|national day|australia day|anzac|independence"
    r"|weihnacht|neujahr|silvester|ostern|ostermontag|pfingst|feiertag)"
)


@dataclass(frozen=True, slots=True)
class TitleClues:
    """The clues in a title. Several may be True together, but not both `parkrun` and `park_run`."""

    parkrun: bool = False
    """The title has the word parkrun."""
    park_run: bool = False
    """The title has "park run" as two words only, which may mean any run in a park."""
    denied: bool = False
    """The title says that the activity was not a parkrun."""
    before_or_after: bool = False
    """The title mentions a warm-up, a cool-down, volunteering or the way to or from a parkrun."""
    junior: bool = False
    special_day: bool = False
    """The title names a holiday or calls the parkrun special."""


NO_CLUES = TitleClues()


def read_title(title: str) -> TitleClues:
    """Return the clues of a title."""
    plain = folded(title)
    # Most titles, such as "Lunch Ride", have no "run" in them, and no other clue matters then.
    if "run" not in plain and plain.isascii():
        return NO_CLUES
    parkrun = PARKRUN.search(plain) is not None
    return TitleClues(
        parkrun=parkrun,
        park_run=not parkrun and PARK_RUN.search(plain) is not None,
        denied=NOT_PARKRUN.search(plain) is not None,
        before_or_after=BEFORE_OR_AFTER.search(plain) is not None,
        junior="junior" in plain,
        special_day=SPECIAL_DAY.search(plain) is not None,
    )
