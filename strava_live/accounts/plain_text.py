"""Remove from users' texts characters that are invisible, reverse the direction of text, or cannot be stored."""

import re
import unicodedata

SPACES = {"Zl", "Zp", "Cc"}
"""The Unicode categories whose characters become spaces: line and paragraph separators, and control characters."""
# NOT_SHOWN is without "Cn" (unassigned): emoji that are newer than this Python's Unicode tables have that category.
NOT_SHOWN = {"Cf", "Cs", "Co"}
"""The Unicode categories whose characters are removed: format characters, surrogates, and private use."""
SEEN = "LNPSC"
"""The first letters of the Unicode categories whose characters have a shape. C is for unassigned characters (Cn), which
may be new emoji."""
JOINERS = "\u200c\u200d"
"""The zero-width non-joiner and joiner, which emoji and some scripts need."""
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that are drawn as empty space."""
FLAG = "\U0001f3f4"
TAGS = range(0xE0020, 0xE0080)
"""Characters that turn a FLAG before them into the flag of England, Scotland or Wales."""
EMPTY_LINES = re.compile(r"\n{3,}")
"""Two or more successive empty lines."""

MOST_TIMES = 10
"""A text that is longer than this many times the allowed length is refused before invisible characters are removed."""


def is_far_too_long(text: str, most: int) -> bool:
    """Return True if a text that may have `most` characters is so long that it should be refused as it is.

    Call this before the functions below. They read each character, which would take seconds for megabytes.
    """
    return len(text) > MOST_TIMES * most


def visible(text: str, *, keeping: str = "") -> str:
    """Return `text` with a space for each control character or line separator, and without most invisible characters.

    Characters in `keeping`, joiners and the tags of a flag stay as they are.
    """
    kept: list[str] = []
    in_flag = False
    for letter in text:
        in_flag = letter == FLAG or (in_flag and ord(letter) in TAGS)
        if letter in keeping or (in_flag and ord(letter) in TAGS) or letter in JOINERS:
            kept.append(letter)
        elif unicodedata.category(letter) in SPACES:
            kept.append(" ")
        elif unicodedata.category(letter) not in NOT_SHOWN and not is_noncharacter(letter):
            kept.append(letter)
    return "".join(kept)


def visible_lines(text: str) -> str:
    """Return a text of several lines without invisible characters, repeated empty lines, and space around it."""
    lines = visible(text.replace("\r\n", "\n").replace("\r", "\n"), keeping="\n").split("\n")
    return EMPTY_LINES.sub("\n\n", "\n".join(line if shows_something(line) else "" for line in lines)).strip()


def shows_something(text: str) -> bool:
    """Return True if the text has a character with a shape: not only spaces, joiners, accents or blank characters."""
    return any(unicodedata.category(letter)[0] in SEEN and letter not in BLANK + JOINERS for letter in visible(text))


def is_noncharacter(letter: str) -> bool:
    """Return True for code points that Unicode guarantees never to assign."""
    return 0xFDD0 <= ord(letter) <= 0xFDEF or ord(letter) & 0xFFFE == 0xFFFE
