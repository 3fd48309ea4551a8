"""Usernames that look alike: a new one is refused if it looks like one that is taken, or mixes alphabets.

The skeleton of a name is what it looks like: compatibility forms are folded, and each letter is replaced by the Latin
letter of the same shape. The table follows Unicode's confusables (UTS 39) for Latin, Cyrillic and Greek, which share
the most shapes. Accents count: José and Jose are two people.
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
    | str.maketrans("ɑɡıɩɪʟᴄᴏᴠᴡᴢꜱ", "agiiilcovwzs")  # Latin of phonetic alphabets
    | str.maketrans("01", "ol")
)
OF_ONE_ALPHABET = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "IDEOGRAPHIC": "CJK", "HANGUL": "CJK", "BOPOMOFO": "CJK"}
"""What Japanese, Korean and Chinese write side by side."""
OF_EVERY_ALPHABET = {"MODIFIER"}


def folded(name: str) -> str:
    """Replace full-width and other compatibility forms by the letters they stand for, and compose accents (NFKC)."""
    return unicodedata.normalize("NFKC", name)


def mixes_alphabets(name: str) -> bool:
    letters = {alphabet_of(letter) for letter in name if letter.isalpha()} - OF_EVERY_ALPHABET
    foreign_digits = any(sign.isdecimal() and not sign.isascii() for sign in name)
    return len(letters) > 1 or (foreign_digits and bool(letters & {"LATIN", "CYRILLIC", "GREEK"}))


def alphabet_of(letter: str) -> str:
    """Return the first word of its Unicode name: LATIN SMALL LETTER A, KATAKANA-HIRAGANA PROLONGED SOUND MARK."""
    word = unicodedata.name(letter, "UNNAMED").split()[0].split("-")[0]
    return OF_ONE_ALPHABET.get(word, word)


def skeletons(name: str) -> set[str]:
    """Return the skeletons of the name as it is written and in small letters: sign-in ignores case."""
    return {skeleton(name), skeleton(name.casefold())}


def skeleton(name: str) -> str:
    shown = unicodedata.normalize("NFD", folded(name)).translate(CAPITALS).casefold().translate(SMALLS)
    return unicodedata.normalize("NFC", "".join(letter for letter in shown if letter not in BLANK))


def looks_taken(name: str) -> bool:
    """Compare with every username, about 5 ms for a thousand of them; only new accounts ask."""
    wanted = skeletons(name)
    return any(wanted & skeletons(taken) for taken in User.objects.values_list("username", flat=True))


def hold_look_alikes(name: str) -> None:
    """Make other transactions that take a name like this wait until this one ends.

    On Postgres each skeleton is an advisory lock, and two names that look alike share one. SQLite has one writer.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for one in sorted(skeletons(name)):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"username {one}"])
