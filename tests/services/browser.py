"""A real browser: Chromium of the machine or of the distribution's packages. None is downloaded from elsewhere."""

from pathlib import Path

from tests.services.machine import apt_install, find_program

NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_program() -> Path | None:
    if found := find_program(*NAMES):
        return found
    return find_program(*NAMES) if apt_install("chromium") else None
