"""Read the content of a list of events from a file or an https address, with limits on size and time."""

import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from time import monotonic
from typing import IO
from urllib.parse import urlsplit

from strava_live.parkrun.listing import UnusableListing

LARGEST_BYTES = 20_000_000
TIMEOUT_S, WHOLE_S = 20.0, 60.0
"""The longest time that a server may send nothing, and the longest time of the whole download."""
PIECE_BYTES = 65_536
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Hosts from which a list may be fetched without https."""


def content_of(source: str) -> bytes:
    """Return the content of a file or an address. Raise `UnusableListing` if it cannot be read."""
    return fetch_content(source) if "://" in source else read_file(Path(source))


def read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise UnusableListing(f"{path} cannot be read: {error.strerror}.") from error
    check_size(content, str(path))
    return content


class HttpsRedirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects only to addresses that `check_address` accepts."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch_content(address: str) -> bytes:
    check_address(address)
    request = urllib.request.Request(address, headers={"User-Agent": "strava_live", "Accept": "*/*"})  # noqa: S310 - checked
    deadline = monotonic() + WHOLE_S
    content = bytearray()
    try:
        with urllib.request.build_opener(HttpsRedirects).open(request, timeout=TIMEOUT_S) as answer:
            while piece := answer.read1(PIECE_BYTES):
                content += piece
                check_size(content, address)
                if monotonic() > deadline:
                    raise UnusableListing(f"{address} took longer than {WHOLE_S:.0f} seconds.")
    except urllib.error.HTTPError as error:
        raise UnusableListing(f"{address} answered {error.code} {error.reason}.") from error
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, UnusableListing):
            raise
        raise UnusableListing(f"{address} cannot be fetched: {getattr(error, 'reason', error)}.") from error
    return bytes(content)


def check_address(address: str) -> None:
    """Raise `UnusableListing` unless the address is https, or http on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise UnusableListing(f"{address} is not a valid address: {error}.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        raise UnusableListing(f"{address} does not begin with https://.")


def check_size(content: bytes | bytearray, where: str) -> None:
    if len(content) > LARGEST_BYTES:
        megabytes = LARGEST_BYTES // 1_000_000
        raise UnusableListing(f"{where} is larger than {megabytes} MB, so it is not a list of parkruns.")
