"""Contrast of a wall screen's colours, in static/css/screen_tokens.css: 7:1 for text on its background."""

import re
from pathlib import Path

import pytest

from tests.contrast import contrast, pairs

TOKENS = Path(__file__).parent.parent / "static" / "css" / "screen_tokens.css"
ROLE = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
TEXT = {
    "ink": ("page", "sky-high", "sky-low", "hill-far"),
    "ink-soft": ("page", "sky-high", "sky-low", "hill-far"),
    "sun-text": ("page", "sky-high", "sky-low"),
    "meadow": ("page",),
    "trouble": ("page",),
    "on-sun": ("sun",),
    "on-cheer": ("cheer", "cheer-mark", "cheer-ray"),
    "on-cheer-soft": ("cheer", "cheer-ray"),
    "on-feat": ("feat", "feat-mark", "feat-ray"),
}


def roles(look: str) -> dict[str, str]:
    dark, light = TOKENS.read_text().split(".look-light")
    return dict(ROLE.findall(dark)) | (dict(ROLE.findall(light)) if look == "light" else {})


@pytest.mark.parametrize("look", ["dark", "light"])
@pytest.mark.parametrize(("text", "ground"), pairs(TEXT))
def test_text_reads_from_afar(look: str, text: str, ground: str) -> None:
    role = roles(look)
    assert contrast(role[text], role[ground]) >= 7
