"""Contrast of the colours in static/css/tokens.css: 4.5:1 for text on its background, 3:1 for edges and focus."""

import re
from pathlib import Path

import pytest

from tests.contrast import contrast, pairs

TOKENS = Path(__file__).parent.parent / "static" / "css" / "tokens.css"
ROLE = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TEXT = {
    "ink": ("page", "surface", "surface-sunk", "meadow-tint", "sun-tint", "sky-high", "sky-low"),
    "ink-soft": ("page", "surface", "surface-sunk", "sun-tint", "meadow-tint"),
    "link": ("page", "surface", "surface-sunk", "meadow-tint", "sun-tint"),
    "on-meadow": ("meadow", "meadow-strong"),
    "on-meadow-tint": ("meadow-tint",),
    "on-sun": ("sun",),
    "on-sun-tint": ("sun-tint",),
    "danger": ("page", "surface"),
    "on-danger": ("danger",),
    "on-danger-tint": ("danger-tint",),
    "on-strava": ("strava", "strava-strong"),
    "on-hill": ("hill-near",),
    "on-hill-soft": ("hill-near",),
}
EDGES = {
    "line-strong": ("page", "surface", "sun-tint"),
    "focus": ("page", "surface", "surface-sunk", "meadow-tint", "sun-tint"),
    "meadow": ("page", "surface"),
    "danger": ("danger-tint",),
}
SCHEMES = ("light", "dark")


def roles(scheme: str) -> dict[str, str]:
    """Return the colour of each role (`--ink` and so on) in a colour scheme.

    Only the first value of a role is read. The later ones, for `prefers-contrast`, only raise the contrast.
    """
    found: dict[str, str] = {}
    for name, light, dark in ROLE.findall(TOKENS.read_text()):
        found.setdefault(name, light if scheme == "light" else dark)
    return found


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), pairs(TEXT))
def test_text_reaches_its_contrast(scheme: str, text: str, ground: str) -> None:
    role = roles(scheme)
    assert contrast(role[text], role[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "ground"), pairs(EDGES))
def test_edges_reach_their_contrast(scheme: str, edge: str, ground: str) -> None:
    role = roles(scheme)
    assert contrast(role[edge], role[ground]) >= 3
