"""Decoding routes in Google's encoded polyline format."""

import pytest

from strava_live.polyline import decode

EXAMPLE = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
POINTS = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]


def test_points_are_those_of_googles_example() -> None:
    assert list(decode(EXAMPLE)) == POINTS


@pytest.mark.parametrize("end", ["_p", "_p~iF", "\x00", " ", "é", "\x7f"])
def test_decoding_ends_at_a_cut_or_a_character_that_is_not_of_the_format(end: str) -> None:
    assert list(decode(EXAMPLE + end + "~")) == POINTS


def test_first_point_needs_only_the_first_characters() -> None:
    assert next(decode(EXAMPLE[:14])) == POINTS[0]
