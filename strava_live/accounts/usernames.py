"""Find out whether a new username looks like an existing one, or mixes alphabets. Sign-up refuses both.

A name has up to two skeletons: one of the name as written, and one of the name in lower case. Two names look alike if
they have a skeleton in common. In a skeleton, each letter is replaced by the Latin letter of the same shape, if there
is one. Full-width and similar forms become ordinary letters first. The tables follow Unicode's confusables (UTS 39) for
Latin, Cyrillic and Greek, which share the most shapes. Accents count: José and Jose are different names.
"""

import unicodedata

from django.db import connection

from strava_live.accounts.models import User
from strava_live.accounts.plain_text import BLANK

CAPITALS = (
    str.maketrans("АВЕЅІЈКМНОРСТУХҮԚԜӀ", "ABESlJKMHOPCTYXYQWl")  # Cyrillic
    | str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHlKMNOPTYX")  # Greek
    | str.maketrans("I", "l")
)
SMALLS = (
    str.maketrans("авгеѕіјкморстухһүԁԛԝӏ", "abresijkmopctyxhydqwl")  # Cyrillic
    | str.maketrans("αγηικνορτυχω", "aynikvoptuxw")  # Greek
    | str.maketrans("ɑɡıɩɪʟᴄᴏᴠᴡᴢꜱ", "agiiilcovwzs")  # phonetic letters
    | str.maketrans("01", "ol")
)
OF_ONE_ALPHABET = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "IDEOGRAPHIC": "CJK", "HANGUL": "CJK", "BOPOMOFO": "CJK"}
"""Scripts that Japanese, Korean and Chinese mix in one word. They count as one alphabet."""
OF_EVERY_ALPHABET = {"MODIFIER"}
"""First words of the Unicode names of letters that may stand beside letters of any alphabet."""


def normalize(name: str) -> str:
    """Replace full-width and other compatibility forms by ordinary letters, and compose accents (NFKC)."""
    return unicodedata.normalize("NFKC", name)


def mixes_alphabets(name: str) -> bool:
    letters = {alphabet_of(letter) for letter in name if letter.isalpha()} - OF_EVERY_ALPHABET
    foreign_digits = any(sign.isdecimal() and not sign.isascii() for sign in name)
    return len(letters) > 1 or (foreign_digits and bool(letters & {"LATIN", "CYRILLIC", "GREEK"}))


def alphabet_of(letter: str) -> str:
    """Return the first word of a letter's Unicode name, such as LATIN; "CJK" for the scripts in OF_ONE_ALPHABET."""
    word = unicodedata.name(letter, "UNNAMED").split()[0].split("-")[0]
    return OF_ONE_ALPHABET.get(word, word)


def skeletons(name: str) -> set[str]:
    """Return the skeletons of the name as written and in lower case, because sign-in ignores case."""
    return {skeleton(name), skeleton(name.casefold())}


def skeleton(name: str) -> str:
    shown = unicodedata.normalize("NFD", normalize(name)).translate(CAPITALS).casefold().translate(SMALLS)
    return unicodedata.normalize("NFC", "".join(letter for letter in shown if letter not in BLANK))


def looks_taken(name: str) -> bool:
    """Return True if an existing username looks like `name`.

    This compares `name` with every username, and takes about 5 ms for a thousand of them. Only sign-up calls it.
    """
    wanted = skeletons(name)
    return any(wanted & skeletons(taken) for taken in User.objects.values_list("username", flat=True))


def lock_look_alikes(name: str) -> None:
    """Make other sign-ups with a similar name wait here until this transaction has ended.

    On Postgres, take an advisory lock for each skeleton: names that look alike have one in common. SQLite allows only
    one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for one in sorted(skeletons(name)):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"username {one}"])
