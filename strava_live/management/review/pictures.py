"""Take pictures of pages with a browser: Playwright, which the tests need, and the machine's Chromium."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
TALLEST = 3200
"""The greatest height of a picture in pixels. What a page has below that is not pictured."""
PATIENCE_MS = 30_000
LIVE_WITHIN_MS = 5_000
IS_SETTLED = """() => document.fonts.status === "loaded" &&
  [...document.querySelectorAll("[data-connection]")].every((line) => line.hidden || /^Live/.test(line.textContent))"""
OPEN_QUESTIONS = """() => { for (const one of document.querySelectorAll("details.ask")) one.open = true; }"""
"""JavaScript that opens the sections which are closed at first, such as the question whether to disconnect Strava."""


class NoBrowser(RuntimeError):
    """There is no browser to take pictures with. The message says what to install."""


class PicturedDevice(NamedTuple):
    name: str
    width: int
    height: int
    scale: float


DEVICES = (PicturedDevice("phone", 390, 844, 2), PicturedDevice("desktop", 1280, 800, 1))


def chromium_program(chosen: str = "") -> str:
    """Return the path of Chromium: `chosen`, or the machine's own. Raise NoBrowser if there is none."""
    found = [path for name in ((chosen,) if chosen else NAMES) if (path := shutil.which(name))]
    if found:
        return found[0]
    if chosen:
        raise NoBrowser(f"{chosen} is no program. Name Chromium's with --browser.")
    raise NoBrowser("Chromium is not installed. On Debian: apt-get install chromium. Or name it with --browser.")


@contextmanager
def browser(program: str) -> "Iterator[Browser]":
    """Start the browser. Raise NoBrowser if Playwright is not installed or the browser does not start."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 a deployment does not have it
    except ImportError:
        raise NoBrowser("Playwright is not installed. Install it with: pip install playwright") from None
    with sync_playwright() as running:
        try:
            started = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        except Error as error:
            raise NoBrowser(f"{program} did not start: {error.message.splitlines()[0]}") from None
        yield started
        started.close()


class Camera:
    """A browser tab that takes pictures of a site's pages, as one viewer sees them on one device."""

    def __init__(self, running: "Browser", site: str, session: str, device: PicturedDevice) -> None:
        self.site, self.device = site, device
        options: Any = {
            "viewport": {"width": device.width, "height": device.height},
            "device_scale_factor": device.scale,
            "locale": "en-GB",
            "timezone_id": "Europe/London",
            "reduced_motion": "reduce",
            "color_scheme": "light",
        }
        self.context = running.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)
        if session:
            self.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        self.page = self.context.new_page()

    def take(self, path: str, file: Path) -> int:
        """Take a picture of a page, and return the status of the site's answer."""
        answer = self.page.goto(self.site + path)
        wait_until_settled(self.page)
        self.page.evaluate(OPEN_QUESTIONS)
        # A window as tall as the page, because the bar at the bottom of a phone would cover the middle of a long page.
        height = min(TALLEST, int(self.page.evaluate("document.documentElement.scrollHeight")))
        self.page.set_viewport_size({"width": self.device.width, "height": max(height, self.device.height)})
        self.page.screenshot(path=file, animations="disabled")
        self.page.set_viewport_size({"width": self.device.width, "height": self.device.height})
        return answer.status if answer else 0

    @property
    def path(self) -> str:
        """The path of the page that is open. The site may have redirected to it from another one."""
        return self.page.url.removeprefix(self.site)

    def close(self) -> None:
        self.context.close()


def wait_until_settled(page: "Page") -> None:
    """Wait for fonts, and for a live page's socket, for LIVE_WITHIN_MS at most. The picture is taken in any case."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeout  # noqa: PLC0415 a deployment does not have it

    try:
        page.wait_for_function(IS_SETTLED, timeout=LIVE_WITHIN_MS)
    except PlaywrightTimeout:
        return
