"""What people write of themselves and to each other, made safe to show: nothing in it hides, or turns round what stands
around it, or cannot be stored."""

import unicodedata

SPACES = {"Zl", "Zp", "Cc"}
# Emoji that are newer than this Python's tables count as unassigned, and must not be lost.
NOT_SHOWN = {"Cf", "Cs", "Co"}
SEEN = "LNPSC"
"""Kinds of characters. Of the last, `visible` leaves those that this Python does not know yet, and joiners."""
JOINERS = "\u200c\u200d"
"""They belong to emoji and to whole scripts."""
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that are drawn as nothing."""
FLAG = "\U0001f3f4"
TAGS = range(0xE0020, 0xE0080)
"""After a black flag they make it the flag of England, Scotland or Wales."""


def visible(text: str, *, keeping: str = "") -> str:
    """Without what is not seen; whatever only moves the pen is a space, unless it is to be kept."""
    kept: list[str] = []
    in_flag = False
    for letter in text:
        in_flag = letter == FLAG or (in_flag and ord(letter) in TAGS)
        if letter in keeping or (in_flag and ord(letter) in TAGS) or letter in JOINERS:
            kept.append(letter)
        elif unicodedata.category(letter) in SPACES:
            kept.append(" ")
        elif unicodedata.category(letter) not in NOT_SHOWN and not is_no_character(letter):
            kept.append(letter)
    return "".join(kept)


def shows_something(text: str) -> bool:
    """Spaces, joiners, marks and what is drawn as nothing are no name and no post by themselves."""
    return any(unicodedata.category(letter)[0] in SEEN and letter not in BLANK + JOINERS for letter in visible(text))


def is_no_character(letter: str) -> bool:
    """The code points that Unicode will never give to anything."""
    return 0xFDD0 <= ord(letter) <= 0xFDEF or ord(letter) & 0xFFFE == 0xFFFE
