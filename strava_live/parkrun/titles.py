"""What an activity's title says about parkrun, in any script and any case, and how names are compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i"})


def folded(text: str) -> str:
    """The text without case, accents, fancy letters and invisible characters: for comparing only."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    return "".join(kept).translate(LETTERS)


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words that a name or a title is made of; the word parkrun itself tells nothing apart."""
    plain = folded(text).replace("'", "").replace("’", "").replace("parkrun", " ")
    return tuple(word for word in re.findall(r"[^\W_]+", plain) if word not in ("junior", "juniors"))


# Cyrillic, Japanese, Korean and both kinds of Chinese, folded as a title is.
_elsewhere = "|".join(folded(word) for word in ("паркран", "パークラン", "파크런", "公园跑", "公園跑"))
_parkrun = re.compile(rf"park[-_.]?run|{_elsewhere}")
_two_words = re.compile(r"\bpark\s+run\b")
# The athlete says that it was none.
_denied = re.compile(
    r"\(?\b(?:not|no|non|missed)\b\W{0,3}(?:(?:a|the|my)\W)?park[- ]?run|notparkrun"
    r"|instead of (?:a |the |my )?park[- ]?run|freedom ?run|virtual park[- ]?run"
)
# Run on the way there, before or after.
_around = re.compile(
    r"\b(?:to|from|before|after|pre|post)\b[\s-]*park[- ]?run|warm(?:ing)?[\s-]*up|cool(?:ing)?[\s-]*down"
    r"|einlaufen|auslaufen|volunteer|marshal"
)


# A day on which an event may have been held besides Saturdays.
_special = re.compile(
    r"\b(?:christmas|xmas|boxing day|new year|easter|good friday|whit (?:sun|mon)day|pentecost|ascension|thanksgiving"
    r"|(?:bank|public) holiday|special|anniversary|national day|australia day|anzac|independence"
    r"|weihnacht|neujahr|silvester|ostern|ostermontag|pfingst|feiertag)"
)


@dataclass(frozen=True, slots=True)
class Title:
    """says: there is parkrun in it. loosely: only as two words, which can be any run in a park. denied: it says that it
    was none. around: it tells of running before or after one. junior: of a junior parkrun. special: of a special day.
    """

    says: bool = False
    loosely: bool = False
    denied: bool = False
    around: bool = False
    junior: bool = False
    special: bool = False


NOTHING = Title()


def read_title(title: str) -> Title:
    plain = folded(title)
    # Most titles are "Morning Run".
    if "run" not in plain and plain.isascii():
        return NOTHING
    says = _parkrun.search(plain) is not None
    return Title(
        says=says,
        loosely=not says and _two_words.search(plain) is not None,
        denied=_denied.search(plain) is not None,
        around=_around.search(plain) is not None,
        junior="junior" in plain,
        special=_special.search(plain) is not None,
    )
