"""Measure how many bytes a page downloads on a first visit: HTML, scripts, styles, fonts and images."""

from collections.abc import Callable

from playwright.sync_api import CDPSession, Page

MOST_BYTES = 110_000


def count_bytes(session: CDPSession) -> Callable[[], int]:
    """Count the bytes that a page receives from now on, compressed and with headers. Return a function for the sum."""
    arrived: list[int] = []
    session.on("Network.loadingFinished", lambda event: arrived.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    return lambda: sum(arrived)


def weight_of(page: Page, address: str) -> int:
    """Open `address` without a cache, and return how many bytes were received."""
    session = page.context.new_cdp_session(page)
    arrived = count_bytes(session)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address, wait_until="networkidle")
    session.detach()
    return arrived()
