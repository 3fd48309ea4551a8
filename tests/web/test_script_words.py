"""The sentences that pages give to their scripts: each is there, each is used, and scripts have none of their own."""

import re
from pathlib import Path

import pytest

from site_config.joined_modules import joined_script
from strava_live.web.script_words import BUCKET, FEED, SCREEN, STATUS, SYNC, Plural, Sentences, script_words

STATIC = Path(__file__).parent.parent.parent / "static"
PAGES = [
    ("js/bucket.js", BUCKET),
    ("js/feed.js", FEED),
    ("js/sync.js", SYNC),
    ("js/screen.js", SCREEN),
    ("js/status.js", STATUS),
]
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
TEXT = re.compile(r"""(["`])((?:(?!\1).)*)\1""")
VALUE = re.compile(r"\$\{[^}]*\}")
SENTENCE = re.compile(r"^[A-Z][a-z']+(?: [a-z]{2,}|…|\.)|^[A-Z][a-z]{2,}$|1 [a-z]{3,}|[a-z] [a-z]+[.!]$")
"""Words with a capital letter or a full stop, or a word after a value (written as 1)."""
NAMES = {"Enter", "Escape", "Notification"}


def script_of(name: str) -> str:
    return joined_script(name, lambda path: (STATIC / path).read_text())


@pytest.mark.parametrize(("name", "sentences"), PAGES)
def test_every_sentence_that_a_script_names_is_in_its_page(name: str, sentences: Sentences) -> None:
    named = set(re.findall(r"""\bsay\("(\w+)\"""", script_of(name)))

    assert named
    assert named <= sentences.keys()


@pytest.mark.parametrize(("name", "sentences"), PAGES)
def test_every_sentence_of_a_page_is_used(name: str, sentences: Sentences) -> None:
    """A script names a sentence in full, or builds its name: over_${code}."""
    script = script_of(name)
    endings = tuple(re.findall(r"say\(`\$\{\w+\}(_\w+)`", script))
    beginnings = tuple(re.findall(r"say\(`(\w+_)\$\{\w+\}`", script))

    unused = [one for one in sentences if f'"{one}"' not in script]

    assert [one for one in unused if not one.endswith(endings or "-") and not one.startswith(beginnings)] == []


def test_scripts_have_no_sentences_of_their_own() -> None:
    texts = {path.name: TEXT.findall(COMMENT.sub("", path.read_text())) for path in STATIC.glob("js/**/*.js")}

    assert len(texts) > 40
    found = [(name, text) for name, some in texts.items() for _, text in some if SENTENCE.search(VALUE.sub("1", text))]
    assert [(name, text) for name, text in found if text not in NAMES] == []


@pytest.mark.parametrize("text", ["Untitled", "Not deleted.", "${count} cheers", "Posted.", "Show ${count} new"])
def test_sentences_are_recognised(text: str) -> None:
    assert SENTENCE.search(VALUE.sub("1", text))


def test_sentences_with_two_forms() -> None:
    cheers = Plural("{count} cheer", "{count} cheers")

    assert [cheers.of(count) for count in (0, 1, 1312)] == ["0 cheers", "1 cheer", "1,312 cheers"]
    assert script_words({"cheers": cheers, "live": "Live"}) == {
        "cheers": {"one": "{count} cheer", "other": "{count} cheers"},
        "live": "Live",
    }
