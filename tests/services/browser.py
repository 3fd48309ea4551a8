"""Find or install Chromium: the machine's own, or the distribution's package. Nothing is downloaded from elsewhere."""

import subprocess
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

from tests.services.machine import apt_install, find_program

NAMES = ("chromium", "chromium-browser", "google-chrome")
HEADLESS_SHELL = "chromium-headless-shell"


def browser_program() -> Path | None:
    program = find_program(*NAMES)
    if program is None and apt_install("chromium"):
        program = find_program(*NAMES)
    return program if program and can_be_driven() else None


def headless_program() -> Path | None:
    """Return Chromium's headless shell, or None. It takes a third less of a processor than the whole browser."""
    if (program := find_program(HEADLESS_SHELL)) is None and apt_install(HEADLESS_SHELL):
        program = find_program(HEADLESS_SHELL)
    return program


def can_be_driven() -> bool:
    """Return whether Playwright can drive a browser: its Node must run. Install a library that may be missing."""
    return driver_runs() or (apt_install("libatomic1") and driver_runs())


def driver_runs() -> bool:
    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True).returncode == 0
