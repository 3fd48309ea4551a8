"""The error for a request that our daphne refuses before it reaches Django (see daphne_http): a page, or JSON."""

from html import escape

from django.conf import settings

from strava_live.error_codes import ErrorCode
from strava_live.protocol import ErrorBody, compact
from strava_live.protocol.api_common import ROOT

BAD_REQUEST, REQUEST_TIMEOUT, CONTENT_TOO_LARGE = 400, 408, 413
REASONS = {BAD_REQUEST: "Bad Request", REQUEST_TIMEOUT: "Request Timeout", CONTENT_TOO_LARGE: "Content Too Large"}
SENTENCES = {
    BAD_REQUEST: "We couldn't read what your browser sent. Please go back and try again.",
    REQUEST_TIMEOUT: "That took too long to reach us. Please check your connection and try again.",
    CONTENT_TOO_LARGE: "That's too big for us: please send at most {megabytes} MB at a time.",
}
# The colours are those of static/css/tokens.css.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{sentence}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 0; padding: 3rem 1.5rem; font: 1.3rem/1.5 "Avenir Next", "Segoe UI", system-ui, sans-serif;
  color: #13261d; background: #f1f6f1 }}
main {{ max-width: 38rem; margin: auto }}
b {{ color: #14573f }}
@media (prefers-color-scheme: dark) {{ body {{ color: #ecf3ee; background: #0d1714 }} b {{ color: #8fdcb6 }} }}
</style>
<main><b>{site_name}</b><p>{sentence}</main>
"""


CODES = {
    BAD_REQUEST: ErrorCode.BAD_REQUEST,
    REQUEST_TIMEOUT: ErrorCode.REQUEST_TIMEOUT,
    CONTENT_TOO_LARGE: ErrorCode.TOO_LARGE,
    503: ErrorCode.TRY_AGAIN,
}
"""The code for each status, in the JSON of the API. For every other status it is SERVER_ERROR."""


def refusal(status: int, *, with_body: bool, path: bytes = b"") -> bytes:
    """Return a complete HTTP response for a status. The caller must close the connection after it."""
    as_json = is_of_api(path)
    content = error_json(status) if as_json else error_page(status)
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\n"
        f"Content-Type: {'application/json' if as_json else 'text/html; charset=utf-8'}\r\n"
        f"Content-Length: {len(content)}\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (content if with_body else b"")


def is_of_api(path: bytes) -> bool:
    """Return whether errors at this path must be JSON."""
    return path.startswith(ROOT.encode())


def error_json(status: int) -> bytes:
    code = CODES.get(status, ErrorCode.SERVER_ERROR)
    return compact(ErrorBody(code=code, message=code.meaning)).encode()


def error_page(status: int) -> bytes:
    sentence = SENTENCES[status].format(megabytes=settings.REQUEST_BODY_MOST // 2**20)
    return PAGE.format(sentence=escape(sentence, quote=False), site_name=escape(settings.SITE_NAME)).encode()
