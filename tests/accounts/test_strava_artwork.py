"""Strava's official button and logo, once an operator has added the files."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.strava_artwork import find_once, missing_artwork

pytestmark = pytest.mark.once


@pytest.mark.django_db
def test_operators_files_replace_the_neutral_button_and_logo(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    neutral = client.get("/accounts/signup/").text
    assert "Sign up with Strava" in neutral
    assert "<img" not in neutral

    (tmp_path / "strava").mkdir()
    (tmp_path / "strava" / "connect.svg").write_text("<svg/>")
    (tmp_path / "strava" / "logo.png").write_bytes(b"")
    settings.STATICFILES_DIRS = [tmp_path, *settings.STATICFILES_DIRS]
    finders.get_finder.cache_clear()  # type: ignore[attr-defined]
    find_once.cache_clear()
    try:
        official = client.get("/accounts/signup/").text
        assert missing_artwork() == []
    finally:
        settings.STATICFILES_DIRS = settings.STATICFILES_DIRS[1:]
        finders.get_finder.cache_clear()  # type: ignore[attr-defined]
        find_once.cache_clear()

    assert 'src="/static/strava/connect.svg" alt="Connect with Strava"' in official
    assert "button-strava" not in official
    assert 'src="/static/strava/logo.png" alt="Compatible with Strava."' in official
