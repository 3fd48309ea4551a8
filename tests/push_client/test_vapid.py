"""The site's key for push services: made, derived, read and refused."""

import pytest

from strava_live.push_client.vapid import VapidKey, is_private_key, key_derived_from, new_private_key


def test_new_keys_differ_and_can_be_read() -> None:
    first, second = new_private_key(), new_private_key()
    assert first != second
    assert is_private_key(first)
    assert len(VapidKey.read(first).public) == 87, "65 bytes, as a browser's PushManager needs them"


def test_derived_key_is_always_the_same() -> None:
    assert key_derived_from("secret") == key_derived_from("secret") != key_derived_from("other")


@pytest.mark.parametrize(
    "text", ["", "abc", "A" * 43, "_" * 43, "x" * 44, "x" * 42, "ä" * 43, "A" * 42 + "=", "A" * 42 + "+", " " * 43]
)
def test_text_that_is_no_key(text: str) -> None:
    """0 and numbers above the order of the curve are not keys."""
    assert not is_private_key(text)
